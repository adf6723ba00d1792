"""What keeps a table fast and small: small files made large, files of old versions deleted, its contract held again."""

import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from .conflicts import patient
from .contract import contract_of, required
from .lake import REFUSALS, Lake
from .only_row import only_row
from .schemas.all import Table
from .session import settings
from .storage import filesystem

SMALL = 0.5  # of the size aimed at, below which a file is small
WHOLE = 0.2  # of a table's bytes in small files, from which on all of it is ordered anew
MEGABYTE = 1_000_000
HOUR_MS = 3_600_000
DELTA = "spark.databricks.delta.optimize"


@dataclass(frozen=True)
class Files:
    """The data files of a table's newest version, in bytes; unused: of older versions, name -> (bytes, time in ms)."""

    sizes: tuple[int, ...]
    unused: Mapping[str, tuple[int, int]]

    @property
    def median(self) -> float:
        return statistics.median(self.sizes) if self.sizes else 0.0

    def small(self, file_bytes: float) -> list[int]:
        """Sizes of those that are small beside `file_bytes`."""
        return [size for size in self.sizes if size < SMALL * file_bytes]

    def older(self, keep_hours: int, now_ms: float) -> list[str]:
        """Unused ones that have not been touched for so long."""
        return [name for name, (_, at_ms) in self.unused.items() if at_ms < now_ms - keep_hours * HOUR_MS]


def files_of(lake: Lake, name: str) -> Files:
    """The files of a table and of its change feed: two listings, and the newest version's own list."""
    used = {unquote(file.rsplit("/", 1)[-1]) for file in lake.input_files(name)}
    sizes, unused = [], {}
    for folder in (lake.path(name), f"{lake.path(name)}/_change_data"):
        system, path = filesystem(lake.spark, folder)
        for status in system.listStatus(path) if system.exists(path) else ():
            file = status.getPath().getName()
            if status.isFile() and file in used:
                sizes.append(int(status.getLen()))
            elif status.isFile():
                unused[f"{folder}/{file}"] = int(status.getLen()), int(status.getModificationTime())
    return Files(tuple(sizes), unused)


@patient(REFUSALS)
def compact(lake: Lake, name: str, files: Files, file_megabytes: float) -> bool:
    """Small files made to such of about `file_megabytes`, by Delta's OPTIMIZE; whether there was anything to do.

    Rows and change feed stay as they are. Where the small files hold much of the table, all of it is ordered by its key
    (Z-order), so that a merge of one range of keys reads few files; else they alone are joined. What each run writes
    whole is left as it is.
    """
    table, small = contract_of(name), files.small(file_megabytes * MEGABYTE)
    if table.mode == "replace" or len(small) < 2:
        return False
    ordered = sum(small) >= WHOLE * sum(files.sizes)
    size = int(file_megabytes * MEGABYTE)
    with settings(lake.spark, {f"{DELTA}.minFileSize": str(int(SMALL * size)), f"{DELTA}.maxFileSize": str(size)}):
        by = f" ZORDER BY ({', '.join(f'`{column}`' for column in table.key)})" if ordered else ""
        lake.spark.sql(f"OPTIMIZE delta.`{lake.path(name)}`{by}")
    return True


def delete_unused(lake: Lake, name: str, files: Files, keep_hours: int) -> bool:
    """Files that no version of the last `keep_hours` uses deleted, by Delta's VACUUM under its own check of the time;
    whether any was old enough. Versions older than that can no longer be read."""
    if not files.older(keep_hours, time.time() * 1000):
        return False
    lake.vacuum(name, keep_hours, checked=True)
    return True


def broken_rules(rows: DataFrame, table: Table) -> dict[str, int]:
    """Constraint of the contract -> rows that break it; without those that all rows meet. One Spark job.

    A column that is missing, or of another type, is one, with every row; `one_row_per_key` counts rows beside the
    first of each key.
    """
    types = {field.name: field.dataType.simpleString() for field in rows.schema}
    wrong = [f"column_{column.name}" for column in table.columns if types.get(column.name) != column.type]
    if wrong:
        count = rows.count()
        return dict.fromkeys(wrong, count)
    rules = (*table.checks, *required(table))
    # as Delta's own check: null is a fault, too
    broken = [F.count_if(~F.coalesce(F.expr(rule), F.lit(False))).alias(name) for name, rule in rules]
    of_key = rows.groupBy(*table.key).agg(F.count(F.lit(1)).alias("rows_of_key"), *broken)
    sums = [F.coalesce(F.sum(name), F.lit(0)).alias(name) for name, _ in rules]
    twice = F.coalesce(F.sum(F.col("rows_of_key") - 1), F.lit(0)).alias("one_row_per_key")
    counts = only_row(of_key.agg(*sums, twice)).asDict()
    return {name: count for name, count in counts.items() if count}
