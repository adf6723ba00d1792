"""The faults a user can cause, each with the exit code its job ends with."""


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
    """The run finished, and the gate's metric does not allow the champion to move: exit code 3."""

    exit_code = 3


class ShortRead(InterestlakeError):
    """A feed delivered another number of rows than its table holds: the run stops, exit code 1."""
