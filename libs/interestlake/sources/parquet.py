"""Parquet files -> the same fielded rows as text lines, numbered by row."""

from functools import reduce

import pyarrow
import pyarrow.parquet
from py4j.protocol import Py4JJavaError
from pyspark.errors import AnalysisException
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import (
    ArrayType,
    DataType,
    DateType,
    DecimalType,
    DoubleType,
    FloatType,
    LongType,
    MapType,
    StringType,
    StructType,
    TimestampNTZType,
    TimestampType,
)  # fmt: skip

from ..core.errors import BadInput
from .files import InputFile, refuse_unreadable
from .formats import require_columns

Kinds = tuple[tuple[str, str], ...]  # name and Parquet type of each column
WHOLE = 2.0**53  # up to here every whole double is one integer
NANOS = "spark.sql.legacy.parquet.nanosAsLong"


def read_parquet(spark: SparkSession, files: tuple[InputFile, ...], wanted: tuple[str, ...]) -> DataFrame:
    """(path, block, position, skip, is_header, fault, fields): `wanted` columns as text, arrays as JSON. Lazy.

    A column may have another type from file to file: each is read as its own. Whole floating numbers are written
    without a point, for pandas makes such of integers where one is missing; NaN is null. Timestamps, of nanoseconds
    too, and dates become ISO text: their mapping says `time_unit: iso`. Raises BadInput where a file is no Parquet, a
    column is missing, or its type is none that Spark reads.
    """
    refuse_unreadable(files)
    alike: dict[Kinds | None, list[InputFile]] = {}
    for file in files:
        alike.setdefault(_kinds(file), []).append(file)
    return reduce(DataFrame.unionAll, (_rows(spark, kinds, same, wanted) for kinds, same in alike.items()))


def columns_of(spark: SparkSession, file: InputFile) -> tuple[str, ...]:
    """The names of a file's columns. Raises BadInput where it is no Parquet."""
    refuse_unreadable((file,))
    kinds = _kinds(file)
    return tuple(name for name, _ in kinds) if kinds else tuple(spark.read.parquet(file.address).columns)


def _kinds(file: InputFile) -> Kinds | None:
    """By the file's footer; None where the file is not on this machine, and Spark's own reading decides."""
    if not file.path.startswith("file:"):
        return None
    try:
        schema = pyarrow.parquet.read_schema(file.place[1])
    except (pyarrow.ArrowException, OSError) as error:
        raise BadInput.of(f"reading {file.name}", found="no schema", expected="Parquet files",
                          where="--input") from error  # fmt: skip
    return tuple((field.name, str(field.type)) for field in schema)


def _rows(spark: SparkSession, kinds: Kinds | None, files: list[InputFile], wanted: tuple[str, ...]) -> DataFrame:
    shown = ", ".join(file.name for file in files[:5])
    nanos = {name for name, kind in kinds or () if kind.startswith("timestamp[ns")}
    if nanos:
        spark.conf.set(NANOS, "true")  # else Spark refuses the whole file
    try:
        # files that Spark alone has seen are asked one and all, else the first would speak for them
        rows = spark.read.options(mergeSchema=str(kinds is None).lower()).parquet(*(file.address for file in files))
    except (AnalysisException, Py4JJavaError) as error:
        odd = ", ".join(f"{name}: {kind}" for name, kind in kinds or ()) or _last_line(error)
        raise BadInput.of(f"reading {shown}", found=f"no schema that Spark reads ({odd})",
                          expected="Parquet files of one set of columns, of text, numbers and timestamps",
                          where="--input") from error  # fmt: skip
    require_columns(tuple(rows.columns), wanted, f"file {shown}", "--mapping")
    fields = [_text(name, rows.schema[name].dataType, name in nanos).alias(name) for name in wanted]
    return rows.select(
        F.col("_metadata.file_path").alias("path"),
        F.lit(0).cast("bigint").alias("block"),
        F.col("_metadata.row_index").alias("position"),
        F.lit(False).alias("skip"),
        F.lit(False).alias("is_header"),
        F.lit(None).cast("string").alias("fault"),
        F.struct(*fields).alias("fields"),
    )


def _text(name: str, kind: DataType, nanos: bool) -> Column:
    value = F.col("`" + name.replace("`", "``") + "`")
    if nanos and isinstance(kind, LongType):  # the older INT96 are nanoseconds too, and timestamps to Spark
        value = F.timestamp_micros(F.floor(value / F.lit(1000)))
        kind = TimestampType()
    if isinstance(kind, (ArrayType, MapType, StructType)):
        return F.to_json(value)
    if isinstance(kind, (TimestampType, TimestampNTZType, DateType)):
        return F.date_format(value, "yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX" if isinstance(kind, TimestampType)
                             else "yyyy-MM-dd'T'HH:mm:ss.SSSSSS" if isinstance(kind, TimestampNTZType)
                             else "yyyy-MM-dd")  # fmt: skip
    if isinstance(kind, (FloatType, DoubleType)):
        whole = (value == F.floor(value)) & (F.abs(value) <= WHOLE)
        return F.when(whole, value.cast("bigint").cast("string")).when(~F.isnan(value), value.cast("string"))
    if isinstance(kind, DecimalType) and kind.scale > 0:
        whole = value.cast(DecimalType(38, 0))
        return F.when(value == whole, whole.cast("string")).otherwise(value.cast("string"))
    return value if isinstance(kind, StringType) else value.cast("string")


def _last_line(error: Exception) -> str:
    return " ".join(str(error).split("\n")[0].split())[:300]
