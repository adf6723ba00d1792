"""What a stage is: a name, the tables it reads and writes, and one function."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from pyspark.sql import DataFrame, SparkSession

from ..config import RunOptions
from ..params import Params
from ..tables import Lake, Written
from ..tracking import Tracker


@dataclass
class StageContext:
    """Everything a stage may touch. Reads and writes go through it, so lineage and counts are never forgotten."""

    spark: SparkSession
    lake: Lake
    tracker: Tracker
    params: Params
    options: RunOptions
    log: logging.Logger
    read_versions: dict[str, int] = field(default_factory=dict)
    written: dict[str, Written] = field(default_factory=dict)

    def read(self, name: str) -> DataFrame:
        """The newest state of a table; its version is noted for lineage. Lazy."""
        version = self.lake.version(name)
        self.read_versions[name] = version
        return self.lake.read(name, version)

    def write(self, name: str, rows: DataFrame) -> Written:
        """Write by the table's contract under this run's id."""
        written = self.lake.write(name, rows, self.options.run_id)
        self.written[name] = written
        self.log.info("      %-32s %9d rows  version %d", name, written.rows, written.version)
        return written


@dataclass(frozen=True)
class Stage:
    """One step of the pipeline: `run(context)` reads, calls the library, writes, and returns figures to log."""

    name: str
    summary: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    section: str
    run: Callable[[StageContext], dict[str, float]]
