"""Lines -> fields: one struct of strings per line, or the reason why there is none."""

import ast
import json
from collections.abc import Callable

import pandas as pd
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StringType, StructField, StructType

from ..core.errors import BadInput
from .files import InputFile
from .lines import PLACE, read_lines

CORRUPT = "_corrupt_record"
Transform = Callable[[DataFrame], DataFrame]


def fields_of(*names: str) -> StructType:
    """A struct of strings, and the column in which Spark keeps a record that does not fit."""
    return StructType([StructField(name, StringType()) for name in (*names, CORRUPT)])


def _fielded(fields: Column, fault: Column, header: Column | None = None) -> Transform:
    def transform(lines: DataFrame) -> DataFrame:
        blank = F.trim("text") == ""
        is_header = F.lit(False) if header is None else header
        # parsed in a step of its own: asking a parser for one field at a time makes Spark parse once per field
        return lines.withColumn("fields", fields).select(
            *PLACE,
            (blank | is_header).alias("skip"),
            is_header.alias("is_header"),
            F.coalesce("fault", fault).alias("fault"),
            "fields",
        )

    return transform


def json_lines(*names: str) -> Transform:
    """Lines of JSON objects -> (path, block, position, skip, is_header, fault, fields), nested values as JSON text."""
    parsed = F.from_json("text", fields_of(*names), {"columnNameOfCorruptRecord": CORRUPT})
    broken = F.col("fields")[CORRUPT].isNotNull() | ~F.ltrim("text").startswith("{")
    return _fielded(parsed, F.when(broken, F.lit("broken JSON: expected one JSON object per line")))


def python_literals(*names: str) -> Transform:
    """Lines of Python dict literals (or JSON objects) -> as `json_lines`. Runs Python on executors."""

    def transform(lines: DataFrame) -> DataFrame:
        parsed = F.from_json("json", fields_of(*names), {"columnNameOfCorruptRecord": CORRUPT})
        fault = F.when(F.col("json").isNull(), F.lit("broken literal: expected one Python dict per line"))
        return lines.withColumn("json", _literal_to_json("text")).transform(_fielded(parsed, fault))

    return transform


def separated(separator: str, *names: str, header: bool = False) -> Transform:
    """Lines split at `separator`, without quoting -> as `json_lines`. A line must have exactly `names` fields.

    With `header`, lines that repeat the names are skipped; a file without one is read all the same.
    """
    parts = F.split("text", f"\\Q{separator}\\E", -1)
    fields = F.struct(*(parts[place].alias(name) for place, name in enumerate(names)))
    reason = f"wrong number of fields: expected {len(names)} ({', '.join(names)})"
    is_header = F.col("text").isin(separator.join(names), separator.join(name.lower() for name in names))
    return _fielded(fields, F.when(F.size(parts) != len(names), F.lit(reason)), is_header if header else None)


def csv(header_line: str, delimiter: str = ",") -> Transform:
    """Lines of CSV with RFC 4180 quoting -> as `json_lines`, the fields named by the header. One record is one line."""
    names = _split_header(header_line, delimiter)
    options = {"sep": delimiter, "quote": '"', "escape": '"', "columnNameOfCorruptRecord": CORRUPT}
    ddl = ", ".join(f"`{name}` STRING" for name in (*names, CORRUPT))
    parsed = F.from_csv("text", ddl, options)
    reason = f"broken CSV: expected {len(names)} fields"
    return _fielded(parsed, F.when(F.col("fields")[CORRUPT].isNotNull(), F.lit(reason)), F.col("text") == header_line)


def csv_names(header_line: str, delimiter: str = ",") -> tuple[str, ...]:
    """The column names of a header line."""
    return _split_header(header_line, delimiter)


def first_line(spark: SparkSession, file: InputFile, where: str = "--input") -> str:
    """The first line of a file, "" where it is empty. One small Spark job. Raises BadInput for other than UTF-8."""
    row = read_lines(spark, (file,)).select("text", "fault").head(1)
    if row and row[0]["fault"]:
        raise BadInput.of(f"file {file.name}", found="bytes that are no UTF-8", expected="UTF-8 text", where=where)
    return row[0]["text"] if row else ""


def require_columns(found: tuple[str, ...], wanted: tuple[str, ...], what: str, where: str) -> None:
    """BadInput where a wanted column is not among those found."""
    missing = [name for name in wanted if name not in found]
    if missing:
        raise BadInput.of(
            what, found=f"columns {', '.join(found) or 'none'}", expected=f"a column {', '.join(missing)}", where=where
        )


def _split_header(line: str, delimiter: str) -> tuple[str, ...]:
    import csv as python_csv

    return tuple(name.strip() for name in next(python_csv.reader([line], delimiter=delimiter), []))


@F.pandas_udf(StringType())
def _literal_to_json(text: pd.Series) -> pd.Series:
    return text.map(_one_literal)


def _one_literal(line: str | None) -> str | None:
    try:
        value = json.loads(line)
    except (TypeError, ValueError):
        try:
            value = ast.literal_eval(line)
        except (TypeError, ValueError, SyntaxError, MemoryError, RecursionError):
            return None  # the caller's column says "broken literal"
    try:
        return json.dumps(value) if isinstance(value, dict) else None
    except (TypeError, ValueError):
        return None
