"""Text files as numbered lines: which file, which block, which place in it; exact also where Spark splits a file."""

from collections.abc import Iterator
from contextlib import contextmanager

from py4j.protocol import Py4JJavaError
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from ..core.errors import BadInput
from .files import InputFile, refuse_unreadable
from .packed import packed_bytes, tasks_after

PLACE = ("path", "block", "position")
BROKEN_ARCHIVE = ("java.io.EOFException", "java.util.zip.ZipException", "not a gzip file", "incorrect header check")


def read_lines(
    spark: SparkSession,
    files: tuple[InputFile, ...],
    fallback: str | None = None,
    encoding: str = "UTF-8",
    spread: bool = True,
) -> DataFrame:
    """(path, block, position, text, fault): one row per line; lines end in \\n or \\r\\n, a byte order mark is dropped.

    `position` grows by one from line to line of a block, from a start that `settle` takes off again. `fault` is null
    or says that the line is not in `encoding` (Java's name); with `fallback` ("ISO-8859-1") such a line is read in
    that one. The lines of a long .gz lie in one partition: they are spread over `packed.tasks_after` in one shuffle,
    unless `spread` is false. Lazy. Raises BadInput for archives and for names that Spark cannot open.
    """
    refuse_unreadable(files)
    value, binary = F.col("value"), F.col("value").cast("binary")
    text = value if encoding == "UTF-8" else F.decode(binary, encoding)
    legal = F.decode(binary, "UTF-8") == value if encoding == "UTF-8" else ~text.contains("\ufffd")
    expected = "text in UTF-8, or its `encoding` in the mapping" if encoding == "UTF-8" else f"text in {encoding}"
    fault = F.when(~legal, F.lit(f"not {encoding}: expected {expected}"))
    if fallback:
        text, fault = F.when(legal, value).otherwise(F.decode(binary, fallback)), F.lit(None).cast("string")
    # the running id of a partition, not an id of the row: blocks lie whole and in order within a partition
    numbered = (
        spark.read.options(lineSep="\n")
        .text([file.address for file in files])
        .select(
            F.col("_metadata.file_path").alias("path"),
            F.col("_metadata.file_block_start").alias("block"),
            F.monotonically_increasing_id().alias("position"),
            "value",
        )
    )
    tasks = tasks_after(packed_bytes(files)) if spread else 0
    if tasks:
        numbered = numbered.repartition(tasks, "position")  # by a column: dealt in turn, rows would be sorted first
    return numbered.select(*PLACE, _trimmed(text).alias("text"), fault.alias("fault"))


@contextmanager
def whole_archives(files: tuple[InputFile, ...]) -> Iterator[None]:
    """Around a Spark job over `files`: a compressed file that is cut off or none is BadInput."""
    try:
        yield
    except Py4JJavaError as error:
        if not any(sign in str(error) for sign in BROKEN_ARCHIVE):
            raise
        raise BadInput.of(
            f"reading {', '.join(file.name for file in files[:12])}",
            found="a compressed file that ends early or is none",
            expected="whole gzip files",
            where="--input",
        ) from error


def _trimmed(text: Column) -> Column:
    return F.regexp_replace(text, "^\ufeff|\r$", "")
