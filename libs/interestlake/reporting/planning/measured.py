"""Runs that were measured, and the constants that follow from them: a floor and a price per count, never below 0."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, cast

import numpy as np
from scipy.optimize import nnls

from ...core.config import PACKAGED
from ...core.errors import BadInput
from ...core.yaml_file import read_yaml
from .workload import GROWS_WITH, Workload

SHIPPED = Path(PACKAGED) / "plan" / "measured.yml"
GIGABYTE = 1e9
FIGURES = ("tasks", "rest", "driver", "jvm", "workers", "shuffled")


@dataclass(frozen=True)
class StageRow:
    """One stage of one measured run.

    tasks: seconds of all its Spark tasks together; rest: seconds of the wall beyond tasks / cores, the driver's part;
    driver, jvm, workers: peak GB resident per kind of process; shuffled: GB written to shuffles.
    """

    people: int
    items: int
    events: int
    reviews: int
    stage: str
    tasks: float
    rest: float
    driver: float
    jvm: float
    workers: float
    shuffled: float

    @property
    def workload(self) -> Workload:
        return Workload(self.people, self.items, self.events, self.reviews)


def shipped_rows(path: Path = SHIPPED) -> list[StageRow]:
    """The rows that `python -m bench.whole_lake --ship` wrote. Raises BadInput for a file of another form."""
    return [_row(entry, path) for entry in cast(dict, read_yaml(path, f"file {path}"))["stages"]]


def _row(entry: Mapping[str, Any], path: Path) -> StageRow:
    names = [field.name for field in fields(StageRow)]
    if sorted(entry) != sorted(names):
        raise BadInput.of(f"file {path}", found=f"a row of {', '.join(sorted(entry))}", expected=", ".join(names),
                          where="make bench-lake, which writes it with --ship")  # fmt: skip
    return StageRow(**entry)


def fitted(rows: Sequence[StageRow], names: Sequence[str], figure: str) -> np.ndarray:
    """(1 + len(names),) constants >= 0: floor, then price per million of each count; least squares of relative errors.

    Non-negative least squares (Lawson and Hanson 1974): a stage never takes less because there is more to do.
    """
    values = np.array([getattr(row, figure) for row in rows])
    counts = np.array([[1.0, *(row.workload.counts[name] for name in names)] for row in rows])
    # an error of a tenth counts the same at every size; below a second, or a tenth of a GB, it is noise
    weight = 1 / np.maximum(values, 1.0 if figure in ("tasks", "rest") else 0.1)
    return nnls(counts * weight[:, None], values * weight)[0]


def predicted(constants: np.ndarray, workload: Workload, names: Sequence[str]) -> float:
    """A figure of one stage at this size."""
    return float(constants @ np.array([1.0, *(workload.counts[name] for name in names)]))


@dataclass(frozen=True)
class Constants:
    """stage -> figure -> constants of `fitted`; at_most: the largest counts that were measured."""

    of: Mapping[str, Mapping[str, np.ndarray]]
    at_most: Workload

    @classmethod
    def of_rows(cls, rows: Iterable[StageRow]) -> "Constants":
        rows = list(rows)
        stages = {row.stage for row in rows}
        per_stage = {
            stage: {
                figure: fitted([row for row in rows if row.stage == stage], names, figure) for figure in FIGURES
            }
            for stage, names in GROWS_WITH.items() if stage in stages
        }  # fmt: skip
        largest = [max(asdict(row.workload)[name] for row in rows) for name in ("people", "items", "events", "reviews")]
        return cls(per_stage, Workload(*largest))

    def figures(self, stage: str, workload: Workload) -> dict[str, float]:
        """figure -> what the stage takes of it at this size, of FIGURES."""
        names = GROWS_WITH[stage]
        return {figure: predicted(constants, workload, names) for figure, constants in self.of[stage].items()}
