"""MERGE by a contract's key: equal rows stay as they are, and of a large table only files that can match are read."""

from collections.abc import Callable

from delta.tables import DeltaTable
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from .contract import equal, type_of
from .lineage import cut
from .schemas.all import Table
from .text_literals import literal

LEAST_FILES = 16  # of a table from which on it is asked first which keys come
GONE, MEETS = "gone", "meets_lacking"
RANGES = 64  # of keys that a merge's condition names, so that far-apart keys leave out what lies between them


def merge(
    target: DeltaTable, table: Table, rows: DataFrame, files: int, deletes: bool = False, lacking: str | None = None
) -> None:
    """Put `rows` into `target` by the contract's key; only rows that differ are written, and files without one stay.

    deletes: rows have a further boolean column `gone`, and those where it is true are deleted. lacking: an SQL
    condition; rows of the target that meet it and that `rows` lacks are deleted. files: how many `target` has. Only
    rows that differ are given to Delta, which writes anew every file that holds a matched row, equal or not. From
    LEAST_FILES on, where nothing lacking is deleted, files whose keys lie outside those of `rows` are not opened: Delta
    knows the ends of each file's keys. Two Spark jobs of a table of so many files, and the merge's own.
    """
    on = " AND ".join(f"t.{key} = s.{key}" for key in table.key)
    given = rows if deletes else rows.withColumn(GONE, F.lit(False))
    there = target.toDF()
    if files >= LEAST_FILES and not lacking:
        given = cut(given)  # a second computation may bring other keys
        limit = reach(given, table.key[0])
        there = there.alias("t").where(limit)
        on += f" AND ({limit})"
    changed = given.transform(differing(there, table, lacking))
    if files >= LEAST_FILES and lacking:
        changed = cut(changed)
        on += f" AND ({reach(changed, table.key[0])})"
    put: dict[str, str | Column] = {column: f"s.{column}" for column in table.column_names}
    begun = target.alias("t").merge(changed.alias("s"), on).whenMatchedDelete(f"s.{GONE}")
    if len(table.column_names) > len(table.key):
        begun = begun.whenMatchedUpdate(set=put)
    begun.whenNotMatchedInsert(f"NOT s.{GONE}", put).execute()


def differing(there: DataFrame, table: Table, lacking: str | None) -> Callable[[DataFrame], DataFrame]:
    """Rows with a boolean column `gone` -> those of them that `there` has not as they are, and what goes. Lazy.

    `gone` rows stay where `there` has their key. Rows of `there` that meet `lacking` (SQL) and whose key the rows lack
    come as they are, `gone`.
    """
    on = " AND ".join(f"t.{key} = s.{key}" for key in table.key)
    values = [name for name in table.column_names if name not in table.key]
    same = " AND ".join(equal(name, type_of(table, name)) for name in values) or "true"
    known, given = (f"{side}.{table.key[0]} IS NOT NULL" for side in ("t", "s"))
    differs = f"IF(s.{GONE}, {known}, NOT ({known}) OR NOT ({same}))"

    def transform(rows: DataFrame) -> DataFrame:
        joined = rows.alias("s").join(there.alias("t"), F.expr(on), "full" if lacking else "left")
        if not lacking:
            return joined.where(differs).select("s.*")
        stays = F.expr(f"{given} AND {differs}") | F.expr(f"NOT ({given}) AND {known}") & F.col(MEETS)
        columns = [F.expr(f"IF({given}, s.{name}, t.{name})").alias(name) for name in table.column_names]
        return joined.where(stays).select(*columns, F.expr(f"NOT ({given}) OR s.{GONE}").alias(GONE))

    if lacking:
        there = there.alias("t").withColumn(MEETS, F.coalesce(F.expr(lacking), F.lit(False)))
    return transform


def reach(rows: DataFrame, key: str) -> str:
    """rows(key, texts or whole numbers) -> SQL that holds for t.key of each: at most RANGES ranges. One Spark job."""
    spread = rows.select(key).distinct().repartitionByRange(RANGES, key)
    ends = spread.groupBy(F.spark_partition_id()).agg(F.min(key).alias("first"), F.max(key).alias("last")).collect()
    ranges = sorted((row["first"], row["last"]) for row in ends if row["first"] is not None)
    conditions = (f"t.{key} BETWEEN {literal(first)} AND {literal(last)}" for first, last in ranges)
    return " OR ".join(conditions) or "false"
