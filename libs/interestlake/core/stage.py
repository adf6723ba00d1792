"""What a stage is: a name, the tables it reads and writes, and one function."""

import logging
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from .config import RunOptions
from .errors import BadInput
from .lake import Lake, Written
from .params.all import Params
from .present import present
from .tracking import Tracker

WRITERS = 4  # tables written side by side: a commit waits on the driver and on storage more than on cores


@dataclass
class StageContext:
    """Everything a stage may touch. Reads and writes go through it, so lineage and counts are never forgotten."""

    spark: SparkSession
    lake: Lake
    tracked: Tracker | None
    params: Params
    options: RunOptions
    log: logging.Logger
    read_versions: dict[str, int] = field(default_factory=dict)
    written: dict[str, Written] = field(default_factory=dict)

    @property
    def tracker(self) -> Tracker:
        """Of a run; what only reads for one answer has none."""
        return present(self.tracked)

    def read(self, name: str) -> DataFrame:
        """The newest state of a table; its version is noted for lineage. Lazy."""
        version = self.lake.version(name)
        self.read_versions[name] = version
        return self.lake.read(name, version)

    def write(self, name: str, rows: DataFrame) -> Written:
        """Write by the table's contract under this run's id."""
        return self.write_all({name: rows})[0]

    def write_all(
        self, tables: dict[str, DataFrame], in_place_of: Mapping[str, str | None] | None = None
    ) -> list[Written]:
        """`write` of tables none of which is read to make another, side by side; reported in the order given.

        in_place_of: table -> SQL condition of rows that go where the new ones lack them, as in `Lake.write`.
        """
        conditions = in_place_of or {}

        def write(name: str) -> Written:
            return self.lake.write(name, tables[name], self.options.run_id, conditions.get(name))

        with ThreadPoolExecutor(WRITERS) as pool:
            all_written = list(pool.map(write, tables))
        for written in all_written:
            self.note(written)
            self.tell(written)
        return all_written

    def tell(self, written: Written) -> None:
        """The log's line of what was written to a table."""
        self.log.info("      %-32s %9d rows  version %d", written.table, written.rows, written.version)

    def note(self, written: Written) -> Written:
        """Take a write of the lake's into this stage's lineage; rows of several writes of a table are summed."""
        before = self.written.get(written.table)
        rows = written.rows + (before.rows if before else 0)
        self.written[written.table] = Written(written.table, written.version, rows)
        return written

    def delete(self, name: str, condition: str) -> int:
        """Delete the rows that meet a SQL condition; returns how many."""
        return self.note(self.lake.delete(name, condition)).rows

    def update(self, name: str, condition: str, values: dict[str, str]) -> int:
        """Set columns to SQL expressions in the rows that meet a condition; returns how many."""
        return self.note(self.lake.update(name, condition, values)).rows


def side_by_side(*calls: Callable[[], Any]) -> list[Any]:
    """Results of independent calls, in order; while one plans on the driver, another's tasks run."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return [waiting.result() for waiting in [pool.submit(call) for call in calls]]


def expect_lake(lake: Lake, needed: Iterable[str] = (), command: str = "interestlake run") -> None:
    """Raises BadInput where there is no lake, or one without a table of `needed`, which `command` makes; no effect."""
    looked = tuple(needed) or ("ops.runs",)
    with ThreadPoolExecutor(len(looked)) as pool:
        missing = [name for name, there in zip(looked, pool.map(lake.exists, looked), strict=True) if not there]
    if missing:
        found = f"no {', '.join(missing)}" if lake.exists("ops.runs") else "none there"
        raise BadInput.of(f"lake {lake.root}", found=found, expected=f"a lake after `{command}`", where="--lake")


@dataclass(frozen=True)
class Stage:
    """One step of the pipeline: `run(context)` reads, calls the library, writes, and returns figures to log.

    pure: its rows follow from the tables it reads, its parameters, the seed and the code alone, so that it need not run
    where nothing of that has changed; `before` then still says what must not go on, by a BadInput.
    beside: it goes on while another run holds the lake, as a person's short request; else it has the lake to itself.
    """

    name: str
    summary: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    section: str
    run: Callable[[StageContext], dict[str, float]]
    pure: bool = False
    before: Callable[[StageContext], object] | None = None
    beside: bool = False
