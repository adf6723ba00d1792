"""MERGE by a contract's key: equal rows stay as they are, and of a large table only files that can match are read."""

from delta.tables import DeltaTable
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from .contract import equal, type_of
from .lineage import cut
from .schemas.all import Table
from .text_literals import literal

LEAST_FILES = 16  # of a table from which on it is asked first which keys come
RANGES = 64  # of keys that a merge's condition names, so that far-apart keys leave out what lies between them


def merge(
    target: DeltaTable, table: Table, rows: DataFrame, files: int, deletes: bool = False, lacking: str | None = None
) -> None:
    """Put `rows` into `target` by the contract's key; only rows that differ are written.

    deletes: rows have a further boolean column `gone`, and those where it is true are deleted. lacking: an SQL
    condition; rows of the target that meet it and that `rows` lacks are deleted. files: how many `target` has; from
    LEAST_FILES on, where nothing lacking is deleted, `rows` are computed once and files whose keys lie outside theirs
    are not opened: Delta knows the ends of each file's keys. One Spark job, and the merge's own.
    """
    on = " AND ".join(f"t.{key} = s.{key}" for key in table.key)
    if files >= LEAST_FILES and not lacking:
        rows = cut(rows)  # a second computation may bring other keys
        on += f" AND ({reach(rows, table.key[0])})"
    values = [name for name in table.column_names if name not in table.key]
    same = " AND ".join(equal(name, type_of(table, name)) for name in values)
    begun = target.alias("t").merge(rows.alias("s"), on)
    put: dict[str, str | Column] = {column: f"s.{column}" for column in table.column_names}
    if deletes:
        begun = begun.whenMatchedDelete("s.gone")
    if values:
        begun = begun.whenMatchedUpdate(condition=f"NOT ({same})", set=put)
    begun = begun.whenNotMatchedInsert("NOT s.gone", put) if deletes else begun.whenNotMatchedInsert(values=put)
    (begun.whenNotMatchedBySourceDelete(lacking) if lacking else begun).execute()


def reach(rows: DataFrame, key: str) -> str:
    """rows(key, texts or whole numbers) -> SQL that holds for t.key of each: at most RANGES ranges. One Spark job."""
    spread = rows.select(key).distinct().repartitionByRange(RANGES, key)
    ends = spread.groupBy(F.spark_partition_id()).agg(F.min(key).alias("first"), F.max(key).alias("last")).collect()
    ranges = sorted((row["first"], row["last"]) for row in ends if row["first"] is not None)
    conditions = (f"t.{key} BETWEEN {literal(first)} AND {literal(last)}" for first, last in ranges)
    return " OR ".join(conditions) or "false"
