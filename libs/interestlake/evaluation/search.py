"""A small, budgeted search over one model's parameters: one at a time, wider where the best lies on an edge."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..core.progress import PROGRESS

PATIENCE = 1.5  # the clock may run so far over the minutes before no further fit begins


@dataclass(frozen=True)
class Grid:
    """Values of one parameter in order. A number's grid goes on beyond its ends by `factor`, within low..high.

    factor: ratio of neighbouring values beyond the ends; None = the values are all there are. start: place of the
    value tried first.
    """

    values: tuple
    factor: float | None = None
    low: float = 0.0
    high: float = float("inf")
    start: int | None = None

    @property
    def first(self) -> Any:
        return self.values[len(self.values) // 2 if self.start is None else self.start]

    def starting_at(self, value: Any) -> "Grid":
        """The grid whose search begins at `value`, which joins its values where it is new and the grid may widen."""
        if value in self.values:
            return replace(self, start=self.values.index(value))
        if self.factor is None:
            return self
        values = tuple(sorted((*self.values, value)))
        return replace(self, values=values, start=values.index(value))

    def beyond(self, values: list, best: Any) -> object | None:
        """The next value past the end that `best` lies on, or None."""
        if self.factor is None or best == 0:
            return None
        if best == max(values):
            grown = best * self.factor
            grown = round(grown) if isinstance(best, int) else grown
            return grown if grown <= self.high and grown not in values else None
        if best == min(values):
            shrunk = best / self.factor
            shrunk = round(shrunk) if isinstance(best, int) else shrunk
            return shrunk if shrunk >= self.low and shrunk not in values else None
        return None


@dataclass
class Trials:
    """What a search tried: parameters and validation value, in order; `best` is the first of the largest."""

    tried: list[tuple[dict, float]] = field(default_factory=list)

    @property
    def best(self) -> tuple[dict, float]:
        return max(self.tried, key=lambda entry: entry[1])


def search(
    grids: Mapping[str, Grid],
    value_of: Callable[[dict], float],
    budget: int,
    goes_on: Callable[[], bool] = lambda: True,
) -> Trials:
    """Coordinate search of at most `budget` fits -> the trials. `goes_on` is asked before every fit but the first.

    Starts from every grid's first value and goes through the parameters in order; the best of each is kept before the
    next is tried, and a best value on the edge of its grid widens the grid. A second round follows where the first
    changed something and budget is left.
    """
    trials, seen = Trials(), {}

    def measured(params: dict) -> float | None:
        key = tuple(sorted(params.items()))
        if key not in seen:
            if len(seen) >= budget or (seen and not goes_on()):
                return None
            seen[key] = value_of(params)
            count.add()
            trials.tried.append((dict(params), seen[key]))
        return seen[key]

    with PROGRESS.counting("search", budget, "fits") as count:
        current = {name: grid.first for name, grid in grids.items()}
        measured(current)
        for _ in range(2):
            before = dict(current)
            for name, grid in grids.items():
                values, best = list(grid.values), current[name]
                waiting = list(values)
                while waiting:
                    for value in waiting:
                        measured({**current, name: value})
                    scored = [(seen.get(tuple(sorted({**current, name: v}.items())), float("-inf")), v) for v in values]
                    top = max(score for score, _ in scored)
                    tied = [v for score, v in scored if score == top]
                    best = current[name] if current[name] in tied else tied[0]
                    tells = top > min(score for score, _ in scored)  # else no value is better than another
                    further = grid.beyond(values, best) if tells else None
                    waiting = [] if further is None or len(seen) >= budget else [further]
                    values += waiting
                current = {**current, name: best}
            if current == before:
                break
    return trials
