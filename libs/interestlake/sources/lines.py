"""Text files as numbered lines: which file, which block, which place in it; exact also where Spark splits a file."""

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from .files import InputFile

PLACE = ("path", "block", "position")


def read_lines(spark: SparkSession, files: tuple[InputFile, ...], fallback: str | None = None) -> DataFrame:
    """(path, block, position, text, fault): one row per line; lines end in \\n or \\r\\n, a byte order mark is dropped.

    `position` grows by one from line to line of a block, from a start that `settle` takes off again. `fault` is null
    or says that the line is not UTF-8; with `fallback` ("ISO-8859-1") such a line is read in that encoding. Lazy.
    """
    value, binary = F.col("value"), F.col("value").cast("binary")
    legal = F.decode(binary, "UTF-8") == value
    if fallback:
        text, fault = F.when(legal, value).otherwise(F.decode(binary, fallback)), F.lit(None).cast("string")
    else:
        text, fault = value, F.when(~legal, F.lit("not UTF-8: expected text in UTF-8"))
    # the running id of a partition, not an id of the row: blocks lie whole and in order within a partition
    numbered = (
        spark.read.option("lineSep", "\n")
        .text([file.path for file in files])
        .select(
            F.col("_metadata.file_path").alias("path"),
            F.col("_metadata.file_block_start").alias("block"),
            F.monotonically_increasing_id().alias("position"),
            "value",
        )
    )
    return numbered.select(*PLACE, _trimmed(text).alias("text"), fault.alias("fault"))


def _trimmed(text: Column) -> Column:
    return F.regexp_replace(text, "^\ufeff|\r$", "")
