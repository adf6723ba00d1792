"""The faults a user can cause, each with the exit code its job ends with."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches


class InterestlakeError(Exception):
    """Base of every fault that is reported as one message instead of a traceback."""

    exit_code = 1


class BadInput(InterestlakeError, ValueError):
    """Input, configuration or a table is not what a stage needs: exit code 2.

    The message says what was found, what was expected and where to set it.
    """

    exit_code = 2

    @classmethod
    def of(cls, what: str, *, found: object, expected: object, where: str) -> "BadInput":
        return cls(f"{what}: found {found}; expected {expected}; set it in {where}")


class GateRefused(InterestlakeError):
    """A stage finished, and its answer is no, such as that the champion stays: exit code 3.

    figures: what the stage found, where it is finished with them; None for a command that writes no mark.
    """

    exit_code = 3

    def __init__(self, message: str, figures: Mapping[str, float] | None = None):
        super().__init__(message)
        self.figures = figures


class ShortRead(InterestlakeError):
    """A feed delivered another number of rows than its table holds: the run stops, exit code 1."""


class LostProcess(InterestlakeError):
    """One of the processes that train together ended before its time: the run stops, exit code 1."""


def nearest(word: str, words: Iterable[str], cutoff: float = 0.6) -> str:
    """What a message ends with where `word` is a near miss of one of `words`: "; did you mean X?", else nothing."""
    near = get_close_matches(word, list(words), 1, cutoff)
    return f"; did you mean {near[0]}?" if near else ""


class Unreadable(Exception):
    """A table cannot be read by this process without Spark, and why."""
