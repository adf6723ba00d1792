"""Lines -> fields: one struct of strings per line, or the reason why there is none."""

import ast
import json
from collections.abc import Callable

import pandas as pd
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StringType, StructField, StructType

from ..core.errors import BadInput
from .dialect import PLAIN, Dialect
from .files import InputFile
from .lines import PLACE, read_lines, whole_archives

CORRUPT = "_corrupt_record"
MAX_HEADER_LINES = 20
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
    """Lines of JSON objects -> (path, block, position, skip, is_header, fault, fields), nested values as JSON text.

    fields: structs of `names`, by position as by name. A line with more than one object is at fault.
    """
    # inside a list, whatever follows the object is a fault too; by itself the parser would stop after the first
    whole = f"objects array<struct<{', '.join(f'{_ticked(name)}: string' for name in names)}>>, {CORRUPT} string"
    wrapped = F.concat(F.lit('{"objects":['), F.col("text"), F.lit("]}"))
    parsed = F.from_json(wrapped, whole, {"columnNameOfCorruptRecord": CORRUPT})
    objects = F.col("fields")["objects"]
    sound = F.col("fields")[CORRUPT].isNull() & F.ltrim("text").startswith("{") & (F.size(objects) == 1)
    fault = F.when(~F.coalesce(sound, F.lit(False)), F.lit("broken JSON: expected one JSON object per line"))
    first = _fielded(parsed, fault)
    return lambda lines: lines.transform(first).withColumn("fields", objects[0])


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


def csv(header_line: str, dialect: Dialect = PLAIN) -> Transform:
    """Records of CSV -> as `json_lines`, the fields named by the header, or by `dialect.names`.

    Of columns whose names differ by case at most, the first has the name. A record that is not whole on its line is
    at fault (`records.read_records` puts them together).
    """
    names = dialect.names or dialect.columns(header_line)
    # parsed under numbers and named by position: a column's name may hold anything
    ddl = ", ".join([*(f"f{place} STRING" for place in range(len(names))), f"{CORRUPT} STRING"])
    parsed = F.from_csv("text", ddl, {**dialect.spark_options, "columnNameOfCorruptRecord": CORRUPT})
    seen = [name.casefold() for name in names]
    given = [name if seen.index(seen[place]) == place else f"f{place}" for place, name in enumerate(names)]
    reason = f"broken CSV: expected {len(names)} fields"
    is_header = F.lit(False) if dialect.names else F.col("text") == header_line
    fault = F.when(F.col("fields")[CORRUPT].isNotNull(), F.lit(reason))
    return _fielded(parsed.cast(fields_of(*given)), fault, is_header)


def csv_names(header_line: str) -> tuple[str, ...]:
    """The column names of a header line."""
    return PLAIN.columns(header_line)


def first_line(spark: SparkSession, file: InputFile, where: str = "--input", dialect: Dialect = PLAIN) -> str:
    """The first record of a file, "" where it is empty. One small Spark job.

    Raises BadInput for other bytes than the dialect's encoding has, and for lines that end in CR alone.
    """
    with whole_archives((file,)):
        lines = read_lines(spark, (file,), dialect.fallback, dialect.encoding, spread=False)
        rows = lines.select("text", "fault").head(MAX_HEADER_LINES)
    if rows and rows[0]["fault"]:
        encoding = dialect.encoding
        found = "bytes that are no UTF-8" if encoding == "UTF-8" else f"bytes that are no {encoding}"
        expected = "UTF-8 text, or its `encoding` in the mapping" if encoding == "UTF-8" else f"text in {encoding}"
        raise BadInput.of(f"file {file.name}", found=found, expected=expected, where=where)
    if rows and "\r" in rows[0]["text"] and not dialect.stays_open(rows[0]["text"].split("\r")[0]):
        raise BadInput.of(f"file {file.name}", found="lines that end in CR alone", expected="LF or CRLF", where=where)
    for count in range(1, len(rows) + 1):
        whole = "\n".join(row["text"] for row in rows[:count])
        if not dialect.stays_open(whole):
            return whole
    return rows[0]["text"] if rows else ""


def require_columns(found: tuple[str, ...], wanted: tuple[str, ...], what: str, where: str) -> None:
    """BadInput where a wanted column is not among those found, or is there twice."""
    missing = [name for name in wanted if name not in found]
    if missing:
        expected = f"a column {', '.join(missing)}"
        if where == "--mapping" and len(missing) == len(wanted):
            expected += ", or `header: none` and `names` in the mapping of a file that has no line of names"
        raise BadInput.of(what, found=f"columns {', '.join(found) or 'none'}", expected=expected, where=where)
    double = [name for name in wanted if found.count(name) > 1]
    if double:
        raise BadInput.of(what, found=f"{found.count(double[0])} columns {double[0]}",
                          expected="one of that name", where=f"the file or {where}")  # fmt: skip


def _ticked(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


@F.pandas_udf(StringType())
def _literal_to_json(text: pd.Series) -> pd.Series:
    return text.map(_one_literal)


def _one_literal(line: str | None) -> str | None:
    if line is None:
        return None
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
