"""Where the pictures and sounds of items lie: a CSV of paths, a folder, or Parquet with bytes -> one row a file."""

from dataclasses import dataclass

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from ..core.errors import BadInput
from ..core.storage import filesystem, local_path
from .dialect import PLAIN
from .files import InputFile, list_files
from .formats import Transform, csv, csv_names, first_line, require_columns
from .records import read_records
from .rules import filled, judge
from .settle import settle

OPTION = "--media"
KINDS = ("image", "audio")
COLUMNS = ("item_id", "kind", "path", "content", "file", "line")


@dataclass(frozen=True)
class MediaRows:
    """`rows` (item_id, kind or null, path or null, content or null, file, line); `quarantine` (file, line, reason).

    A row has a path that executors open, or its bytes. `held` is what the caller unpersists, None where nothing is.
    """

    rows: DataFrame
    quarantine: DataFrame | None
    with_bytes: bool
    held: DataFrame | None = None


def read_media(spark: SparkSession, path: str, max_quarantine_share: float) -> MediaRows:
    """`path`: *.csv (item_id,path[,kind], paths relative to it), *.parquet (item_id, bytes[, kind]) or a folder.

    In a folder the first part of a file's place names its item: ITEM.png, ITEM/any.wav. kind is image or audio; where
    it is not said, the content decides. Files of a folder on another file system come with their bytes. Runs at most
    three Spark jobs. Raises BadInput where nothing is there, a column is missing, or too many lines of a CSV say
    nothing usable.
    """
    fs, address = filesystem(spark, path)
    if not fs.exists(address):
        raise BadInput.of(f"media {path}", found="nothing there", expected="a CSV, a folder or Parquet", where=OPTION)
    bare = path.rstrip("/").removesuffix(".gz").lower()
    if bare.endswith(".csv"):
        return _listed(spark, list_files(spark, (path,)), max_quarantine_share)
    if bare.endswith(".parquet"):
        return _stored(spark, path)
    if fs.getFileStatus(address).isFile():
        raise BadInput.of(
            f"media {path}", found="a file of another kind", expected="*.csv, *.parquet or a folder", where=OPTION
        )
    return _in_folder(spark, fs.getFileStatus(address).getPath().toString())


def _listed(spark: SparkSession, files: tuple[InputFile, ...], max_share: float) -> MediaRows:
    file = files[0]
    header = first_line(spark, file, OPTION)
    names = csv_names(header)
    require_columns(names, ("item_id", "path"), f"file {file.name}", OPTION)
    folder = file.path.rsplit("/", 1)[0]
    judged = read_records(spark, (file,), PLAIN, len(names)).transform(csv(header)).transform(_judge(names, folder))
    settled = settle(judged, (file,), max_share)
    named = settled.records.withColumnRenamed("media_path", "path")
    rows = named.withColumn("content", F.lit(None).cast("binary")).select(*COLUMNS)
    return MediaRows(rows, settled.quarantine, False, settled.held)


def _judge(names: tuple[str, ...], folder: str) -> Transform:
    fields = {name: F.col("fields")[name] for name in names}
    item_id, path = filled(fields["item_id"]), filled(fields["path"])
    absolute = path.startswith("/") | path.rlike("^[a-z][a-z0-9+.-]+:")
    rules = [
        (item_id.isNull(), "missing item_id: expected text"),
        (path.isNull(), "missing path: expected the place of a picture or sound"),
    ]
    kind = F.lower(filled(fields["kind"])) if "kind" in names else F.lit(None).cast("string")
    if "kind" in names:
        rules.append((~kind.isin(*KINDS), "unknown kind: expected image or audio"))
    located = F.when(absolute, path).otherwise(F.concat(F.lit(f"{folder}/"), path))
    return judge({"item_id": item_id, "kind": kind, "media_path": located}, rules)  # path is the CSV's own


def _stored(spark: SparkSession, path: str) -> MediaRows:
    frame = spark.read.parquet(path)
    require_columns(tuple(frame.columns), ("item_id", "bytes"), f"media {path}", OPTION)
    if frame.schema["bytes"].dataType.simpleString() != "binary":
        raise BadInput.of(
            f"media {path}",
            found=f"bytes as {frame.schema['bytes'].dataType.simpleString()}",
            expected="bytes as binary",
            where=OPTION,
        )
    kind = F.lower(filled(F.col("kind"))) if "kind" in frame.columns else F.lit(None).cast("string")
    name = F.element_at(F.split(F.col("_metadata.file_path"), "/"), -1)
    columns = (
        filled(F.col("item_id").cast("string")),
        kind,
        F.lit(None).cast("string"),
        F.col("bytes"),
        name,
        F.col("_metadata.row_index") + 1,
    )
    rows = frame.select(*(column.alias(name) for column, name in zip(columns, COLUMNS, strict=True)))
    return MediaRows(rows.where("item_id IS NOT NULL"), _nameless(rows), True)


def _nameless(rows: DataFrame) -> DataFrame:
    bad = rows.where("item_id IS NULL")
    return bad.select("file", "line", F.lit("missing item_id: expected text").alias("reason"))


def _in_folder(spark: SparkSession, root: str) -> MediaRows:
    # on this disk the content column is not asked for, so nothing is read here
    elsewhere = local_path(spark, root) is None
    found = spark.read.format("binaryFile").option("recursiveFileLookup", "true").load(root)
    prefix = root.rstrip("/") + "/"
    name = _below(F.col("path"), prefix)
    item_id = F.regexp_replace(F.element_at(F.split(name, "/"), 1), r"\.[A-Za-z0-9]+$", "")
    nothing = F.lit(None)
    rows = found.select(
        item_id.alias("item_id"),
        nothing.cast("string").alias("kind"),
        "path",
        (F.col("content") if elsewhere else nothing.cast("binary")).alias("content"),
        name.alias("file"),
        F.lit(1).cast("bigint").alias("line"),
    )
    return MediaRows(rows, None, elsewhere)


def _below(path: Column, prefix: str) -> Column:
    # file:/a and file:///a are one place
    return F.element_at(F.split(path, f"\\Q{prefix.split(':', 1)[-1].lstrip('/')}\\E", 2), -1)
