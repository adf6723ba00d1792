"""What a run and its benchmark found on a data set, held side by side, and the two tables of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .worlds import DataSet

FUSED, EQUAL = "fused", 1e-3
ABSENT = float("inf")  # a model that only one of the two has is no rounding


@dataclass(frozen=True)
class Found:
    """run, benchmark: model -> test nDCG@10, the fused list as "fused"; weights: model -> its share; seconds: of the
    first whole run; counted: they are of its stages alone, as the process was not watched; again: of a run that kept
    the choice, None = not asked for; oracle: of the best model per person."""

    data: DataSet
    run: Mapping[str, float]
    benchmark: Mapping[str, float]
    weights: Mapping[str, float]
    people: int
    oracle: float
    seconds: float
    counted: bool = False
    again: float | None = None

    @property
    def best(self) -> str:
        """The single model with the best nDCG in the run."""
        return max((name for name in self.run if name != FUSED), key=lambda name: (self.run[name], name))

    @property
    def gain(self) -> float:
        """nDCG of the fused list over the best single model's."""
        return self.run[FUSED] / self.run[self.best] if self.run[self.best] > 0 else float("nan")

    @property
    def furthest(self) -> tuple[float, str]:
        """The largest difference of a model's two figures, and the model's name."""
        apart = {name: abs(self.run[name] - self.benchmark[name]) if name in self.run and name in self.benchmark
                 else ABSENT for name in {*self.run, *self.benchmark}}  # fmt: skip
        name = max(sorted(apart), key=apart.get)
        return apart[name], name


def wanted(value: float, least: float | None) -> str:
    """What it should reach, and whether it does."""
    if least is None:
        return "-"
    return f">= {least:.3f} {'hit' if value >= least else 'MISSED'}"


def comparison(found: Sequence[Found]) -> list[str]:
    """A row per data set. Differences above EQUAL are MISSED."""
    rows = [("data set", "run s", "again s", "people", "fused: lake", "benchmark", "wanted", "best single: lake",
             "benchmark", "fused / best", "wanted", "furthest apart", "oracle")]  # fmt: skip
    for one in found:
        apart, name = one.furthest
        verdict = "equal" if apart <= EQUAL else f"{name} MISSED"
        seconds = f"{one.seconds:.0f}{' in stages' if one.counted else ''}"
        again = "-" if one.again is None else f"{one.again:.0f}"
        theirs = one.benchmark.get(one.best, float("nan"))
        rows.append((
            one.data.name, seconds, again, f"{one.people:,}", f"{one.run[FUSED]:.4f}", f"{one.benchmark[FUSED]:.4f}",
            wanted(one.run[FUSED], one.data.fused), f"{one.best} {one.run[one.best]:.4f}", f"{theirs:.4f}",
            f"{one.gain:.3f}", wanted(one.gain, one.data.gain), f"{apart:.1e} {verdict}", f"{one.oracle:.4f}",
        ))  # fmt: skip
    return aligned(rows)


def every_model(found: Sequence[Found]) -> list[str]:
    """A row per model, best first by its mean where it took part: nDCG in the run, and its share of the fused score."""
    names = {name for one in found for name in one.run}

    def mean(name: str) -> float:
        own = [one.run[name] for one in found if name in one.run]
        return sum(own) / len(own)

    rows = [("model", *(head for one in found for head in (one.data.name, "share")))]
    for name in sorted(names, key=lambda name: (name != FUSED, -mean(name), name)):
        cells = []
        for one in found:
            share = one.weights.get(name, 0.0)
            cells += [f"{one.run[name]:.4f}" if name in one.run else "-", f"{share:.2f}" if share >= 0.005 else "-"]
        rows.append((name, *cells))
    return aligned(rows)


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Cells -> lines, the first column to the left, the others to the right."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = []
    for row in rows:
        first, *others = zip(row, widths, strict=True)
        lines.append("  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]))
    return lines
