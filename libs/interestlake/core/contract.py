"""Rows and the contracts of schemas/: what fits, what a table takes over, how two rows are compared. No I/O."""

import json

import pandas as pd
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from .errors import BadInput
from .schemas.all import ALL, Table


def one_row(spark: SparkSession, name: str, values: dict) -> DataFrame:
    """One row in the columns of the contract, from plain values; made in the plan, without a Python worker."""
    columns = F.from_json(F.lit(json.dumps(values)), ddl(name)).alias("row")
    return spark.range(0, 1, 1, 1).select(columns).select("row.*")


def rows_of(spark: SparkSession, name: str, rows: list[dict] | pd.DataFrame) -> DataFrame:
    """Rows of plain values, or a frame, in the columns of the contract; a column that is not there is null."""
    frame = pd.DataFrame(rows)
    names = [column.name for column in contract_of(name).columns]
    frame = frame.reindex(columns=names)
    values = frame.astype(object).where(frame.notna(), None) if not isinstance(rows, pd.DataFrame) else frame
    return spark.createDataFrame(values, ddl(name)) if len(frame) else empty(spark, name)


def empty(spark: SparkSession, name: str) -> DataFrame:
    """No rows in the columns of the contract."""
    return spark.createDataFrame([], ddl(name))


def ddl(name: str) -> str:
    """The columns of a contract as Spark's DDL."""
    return ", ".join(f"{column.name} {column.type}" for column in contract_of(name).columns)


def contract_of(name: str) -> Table:
    """The contract of a table; BadInput where there is none of that name."""
    if name not in ALL:
        raise BadInput.of("table name", found=name, expected=f"one of {', '.join(ALL)}", where="the call")
    return ALL[name]


def type_of(table: Table, name: str) -> str:
    """The type of one of its columns."""
    return next(column.type for column in table.columns if column.name == name)


def equal(name: str, type: str) -> str:
    """SQL: the column is the same in t and s, null included."""
    # Spark has no equality of maps
    return f"to_json(t.{name}) <=> to_json(s.{name})" if type.startswith("map") else f"t.{name} <=> s.{name}"


def with_later_columns(name: str, rows: DataFrame) -> DataFrame:
    """`rows` with null in each nullable column that the contract has had since they were written. Lazy."""
    later = [column for column in contract_of(name).columns if column.name not in rows.columns and column.nullable]
    return rows.withColumns({column.name: F.lit(None).cast(column.type) for column in later}) if later else rows


def conform(table: Table, rows: DataFrame, keep: DataFrame | None = None) -> DataFrame:
    """`rows` in the order of the contract's columns; BadInput where a column or type differs. Lazy.

    keep: the frame to take the columns from in their place, with its further column `gone`.
    """
    missing = [name for name in table.column_names if name not in rows.columns]
    extra = [name for name in rows.columns if name not in table.column_names]
    if missing or extra:
        raise BadInput.of(
            f"rows for {table.name}",
            found=f"columns {rows.columns}",
            expected=f"{list(table.column_names)} (missing {missing}, too many {extra})",
            where="the transform that made them",
        )
    types = {field.name: field.dataType.simpleString() for field in rows.schema}
    wrong = [f"{c.name}: {types[c.name]} instead of {c.type}" for c in table.columns if types[c.name] != c.type]
    if wrong:
        raise BadInput.of(
            f"rows for {table.name}", found="; ".join(wrong), expected="the contract's types", where="the transform"
        )
    if keep is not None:
        return keep.select(*(F.col(name) for name in table.column_names), "gone")
    return rows.select(*(F.col(name) for name in table.column_names))


def described(table: Table, rows: DataFrame) -> DataFrame:
    """`rows` with the contract's types and meanings in the schema, as the table takes them over."""
    # a cast also says that a list may hold nulls, which the rows at hand may not
    columns = (F.col(c.name).cast(c.type).alias(c.name, metadata={"comment": c.meaning}) for c in table.columns)
    return rows.select(*columns)


def required(table: Table) -> list[tuple[str, str]]:
    """(name, condition) of a constraint per column that is never null."""
    # a table made by its first rows takes nullable columns, so NOT NULL is a constraint by name
    return [(f"not_null_{c.name}", f"{c.name} IS NOT NULL") for c in table.columns if not c.nullable]
