"""Two ways of doing one thing, timed in turns: what else the machine does falls on both alike."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Compared:
    """Seconds per round; ratio: median over the rounds of ours / theirs of the same round."""

    ours: tuple[float, ...]
    theirs: tuple[float, ...]

    @property
    def ratio(self) -> float:
        return median(mine / other for mine, other in zip(self.ours, self.theirs, strict=True))

    @property
    def spread(self) -> tuple[float, float]:
        """The smallest and the largest ratio of a round."""
        ratios = [mine / other for mine, other in zip(self.ours, self.theirs, strict=True)]
        return min(ratios), max(ratios)


def seconds_of(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def alternate(ours: Callable[[], object], theirs: Callable[[], object], rounds: int) -> Compared:
    """One untimed call of each, then `rounds` timed ones in turns, the first of a round changing."""
    ours(), theirs()
    mine, others = [], []
    for turn in range(rounds):
        for call, seconds in ((ours, mine), (theirs, others))[:: 1 if turn % 2 else -1]:
            seconds.append(seconds_of(call))
    return Compared(tuple(mine), tuple(others))
