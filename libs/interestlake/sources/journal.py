"""What a service noted -> rows of bronze tables: the lists that it showed, and what people did."""

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from ..core.journal import EVENTS, SERVED
from .bronze import SEPARATOR

ITEMS = "array<struct<item_id:string,score:double,propensity:double>>"
LINES = {
    SERVED: f"list_id string, user_id string, list_source string, made_by string, at double, items {ITEMS}",
    EVENTS: "user_id string, item_id string, event_type string, value double, at double, source string",
}
NEEDED = {SERVED: ("list_id", "user_id", "at", "items"), EVENTS: ("user_id", "item_id", "event_type", "at", "source")}
CUT = "_cut"  # the text of a line that is no whole JSON object


def read_lines(spark: SparkSession, kind: str, files: list[str]) -> tuple[DataFrame, DataFrame]:
    """Lines of a kind -> (those that are whole, with the file's name and place; those that are not). Lazy.

    Only the last line of a file whose writer was killed, or whose machine lost its power, is not whole.
    """
    lines = spark.read.schema(f"{LINES[kind]}, {CUT} string").option("columnNameOfCorruptRecord", CUT).json(files)
    lines = lines.withColumn("file", F.element_at(F.split(F.input_file_name(), "/"), -1))
    lacking = F.col(CUT).isNotNull()
    for name in NEEDED[kind]:
        lacking = lacking | F.col(name).isNull()
    return lines.where(~lacking).drop(CUT), lines.where(lacking)


def served_rows(lines: DataFrame) -> DataFrame:
    """Whole lines of lists -> bronze.served, a row a place, each list once. Lazy."""
    placed = lines.dropDuplicates(["list_id"]).select("*", F.posexplode("items").alias("place", "item"))
    return placed.select(
        "list_id", (F.col("place") + 1).alias("position"), "user_id", "item.item_id", "item.propensity", "item.score",
        "list_source", "made_by", F.timestamp_seconds("at").alias("served_at"),
    )  # fmt: skip


def event_rows(lines: DataFrame) -> DataFrame:
    """Whole lines of events -> bronze.events; equal ones are one, as `bronze_events` has it. Lazy.

    `line` is 1: a journal's files go when they are taken, so that nothing finds the line again.
    """
    at = F.timestamp_seconds("at")
    parts = ("source", "user_id", "item_id", "event_type", F.unix_micros(at).cast("string"), F.lit(""))
    found = lines.select(
        F.sha2(F.concat_ws(SEPARATOR, *parts), 256).alias("event_id"), "user_id", "item_id", "event_type", "value",
        F.lit(None).cast("string").alias("text"), at.alias("event_ts"), "source", "file",
        F.lit(1).cast("bigint").alias("line"),
    )  # fmt: skip
    largest = F.max_by(F.struct("*"), F.struct(F.coalesce("value", F.lit(-1.0)), "file"))
    return found.groupBy("event_id").agg(largest.alias("row")).select("row.*")
