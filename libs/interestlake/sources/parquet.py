"""Parquet files -> the same fielded rows as text lines, numbered by row."""

from py4j.protocol import Py4JJavaError
from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, DateType, StringType, TimestampType

from ..core.errors import BadInput
from .files import InputFile
from .formats import require_columns


def read_parquet(spark: SparkSession, files: tuple[InputFile, ...], wanted: tuple[str, ...]) -> DataFrame:
    """(path, block, position, skip, is_header, fault, fields): `wanted` columns as text, arrays as JSON. Lazy.

    Timestamps and dates become ISO text: their mapping says `time_unit: iso`. Raises BadInput where a file is no
    Parquet or a column is missing.
    """
    shown = ", ".join(file.name for file in files[:5])
    try:
        rows = spark.read.parquet(*(file.path for file in files))
    except (AnalysisException, Py4JJavaError) as error:
        raise BadInput.of(f"reading {shown}", found="no schema", expected="Parquet files", where="--input") from error
    require_columns(tuple(rows.columns), wanted, f"file {shown}", "--mapping")
    fields = []
    for name in wanted:
        kind = rows.schema[name].dataType
        if isinstance(kind, ArrayType):
            text = F.to_json(F.col(f"`{name}`"))
        elif isinstance(kind, (TimestampType, DateType)):
            text = F.date_format(F.col(f"`{name}`"), "yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX")
        elif isinstance(kind, StringType):
            text = F.col(f"`{name}`")
        else:
            text = F.col(f"`{name}`").cast("string")
        fields.append(text.alias(name))
    return rows.select(
        F.col("_metadata.file_path").alias("path"),
        F.lit(0).cast("bigint").alias("block"),
        F.col("_metadata.row_index").alias("position"),
        F.lit(False).alias("skip"),
        F.lit(False).alias("is_header"),
        F.lit(None).cast("string").alias("fault"),
        F.struct(*fields).alias("fields"),
    )
