"""Files of one format -> their fields: a text column per name, whatever the format."""

from typing import Any

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StringType, StructField, StructType

from .dialect import PLAIN, Dialect
from .files import InputFile
from .formats import csv, first_line, json_lines, python_literals, require_columns
from .lines import read_lines
from .parquet import read_parquet
from .records import read_records


def read_fields(
    spark: SparkSession,
    files: tuple[InputFile, ...],
    form: str,
    wanted: tuple[str, ...],
    dialect: Dialect = PLAIN,
    optional: tuple[str, ...] = (),
    where: str = "--input",
) -> tuple[DataFrame, dict[str, Column], str | None]:
    """Fielded lines, the column of each wanted name, and the header that each file begins with, if any.

    form: csv, jsonl, literals (a Python dict per line) or parquet. optional: columns of CSV that are given where the
    header has them. Lazy; of CSV two small Spark jobs. Raises BadInput, with `where` to set it, for a wanted column
    that the files lack or have twice.
    """
    fielded, places, header = _read(spark, files, form, wanted, dialect, where)
    names = (*wanted, *(name for name in optional if name in places))
    # by place, not by name: two columns may differ by case alone
    struct: Any = fielded.schema["fields"].dataType
    count = len(struct)
    placed = StructType([StructField(f"f{place}", StringType()) for place in range(count)])
    fielded = fielded.withColumn("fields", F.col("fields").cast(placed))
    return fielded, {name: F.col("fields")[f"f{places.index(name)}"] for name in names}, header


def _read(
    spark: SparkSession,
    files: tuple[InputFile, ...],
    form: str,
    wanted: tuple[str, ...],
    dialect: Dialect,
    where: str,
) -> tuple[DataFrame, tuple[str, ...], str | None]:
    """The fields of every record, the source's column at each place, and the header."""
    if form == "parquet":
        return read_parquet(spark, files, wanted), wanted, None
    if form == "jsonl":
        lines = read_lines(spark, files, dialect.fallback, dialect.encoding)
        return lines.transform(json_lines(*wanted)), wanted, None
    if form == "literals":
        return read_lines(spark, files).transform(python_literals(*wanted)), wanted, None
    header = "" if dialect.names else first_line(spark, files[0], where, dialect)
    names = dialect.names or dialect.columns(header)
    require_columns(names, wanted, f"file {files[0].name}", where)
    lines = read_records(spark, files, dialect, len(names))
    return lines.transform(csv(header, dialect)), names, None if dialect.names else header
