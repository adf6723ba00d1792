"""What a loader gave -> rows of the bronze tables: pseudonyms for people, masks in texts, equal records collapsed."""

from collections.abc import Callable

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from ..privacy.identity import Origin
from ..privacy.masking import mask
from ..privacy.pseudonyms import pseudonymise
from .contract import fullest, keep_best
from .quarantined import quarantined

Transform = Callable[[DataFrame], DataFrame]
SEPARATOR = "\u001f"
REPEATED = ("play", "view", "purchase")  # any other event says one thing, however often it is said
SAME = ("user_id", "item_id", "event_type", "event_ts", "label")


def bronze_events(origin: Origin, key: bytes) -> Transform:
    """Loaded events -> bronze.events; of equal records (same event_id) one stays. Lazy, two shuffles.

    event_id: sha-256 over source, pseudonym, item, type, microseconds and, for a tag, its text; and over the occurrence
    of a repeated play, view or purchase without a time of day: a file that says it n times has it n times, and two
    files that say it n and m times the larger. Of records with one id the largest value stays, then the longest text.
    """
    label = F.when(F.col("event_type") == "tag", F.col("text")).otherwise("")
    micros = F.coalesce(F.unix_micros("event_ts").cast("string"), F.lit(""))
    parts = [F.lit(origin.source), "user_id", "item_id", "event_type", micros, "label"]

    def transform(events: DataFrame) -> DataFrame:
        masked = events.transform(pseudonymise("user_id", people=origin.people, key=key))
        masked = masked.transform(prefixed(origin, "item_id")).withColumn("text", mask(F.col("text")))
        numbered = masked.withColumn("label", label).transform(_numbered())
        occurrence = F.when(F.col("occurrence") > 1, F.col("occurrence").cast("string"))  # null is left out
        return (
            numbered.withColumn("event_id", F.sha2(F.concat_ws(SEPARATOR, *parts, occurrence), 256))
            .drop("label", "occurrence")
            .transform(keep_best(("event_id",), lambda _: _largest()))
            .withColumn("source", F.lit(origin.source))
        )

    return transform


def _numbered() -> Transform:
    """Events -> with occurrence, from 1: the place among the equal records of its file, by content."""
    at_a_time = F.coalesce(F.col("event_ts") != F.date_trunc("day", "event_ts"), F.lit(False))
    repeated = F.col("event_type").isin(*REPEATED) & ~at_a_time
    place = F.row_number().over(Window.partitionBy("file", *SAME).orderBy(*_largest()))

    def transform(events: DataFrame) -> DataFrame:
        once = events.where(~repeated).withColumn("occurrence", F.lit(1))
        return once.unionByName(events.where(repeated).withColumn("occurrence", place))

    return transform


def _largest() -> list[Column]:
    return [-F.coalesce("value", F.lit(-1.0)), -F.coalesce(F.length("text"), F.lit(0)), F.xxhash64("text")]


def bronze_items(origin: Origin) -> Transform:
    """Loaded items -> bronze.items; of records with one item id the fullest stays. Lazy."""

    def transform(items: DataFrame) -> DataFrame:
        once = items.transform(prefixed(origin, "item_id")).transform(keep_best(("item_id",), fullest))
        return once.drop("file", "line").withColumn("source", F.lit(origin.source))

    return transform


def bronze_friends(origin: Origin, key: bytes) -> Transform:
    """Loaded friends -> bronze.friends, each directed link once. Lazy."""

    def transform(friends: DataFrame) -> DataFrame:
        links = friends.transform(pseudonymise("user_id", "friend_id", people=origin.people, key=key))
        return links.select("user_id", "friend_id").dropDuplicates().withColumn("source", F.lit(origin.source))

    return transform


def bronze_facts(origin: Origin, items: DataFrame) -> Transform:
    """Loaded facts -> bronze.facts, each triple once; of several items one subject stands for, the smallest. Lazy.

    items: the loaded items. Behind a prefix stand what facts are about, and objects that are such or an item;
    addresses and blank nodes stay, and so does any other object, which is a word or a number.
    """

    def transform(facts: DataFrame) -> DataFrame:
        if origin.item_prefix:
            own = facts.select("subject").unionByName(items.select(F.col("item_id").alias("subject"))).distinct()
            own = own.where(~F.col("subject").rlike(r"://|^_:")).withColumn("own", F.lit(origin.item_prefix))
            there = facts.join(own, "subject", "left").withColumnRenamed("own", "before")
            there = there.join(own.toDF("object", "own"), "object", "left")
            facts = there.withColumns(
                {
                    "subject": F.concat(F.coalesce("before", F.lit("")), "subject"),
                    "object": F.concat(F.coalesce("own", F.lit("")), "object"),
                }
            ).transform(prefixed(origin, "subject_item_id"))
        once = facts.groupBy("subject", "predicate", "object").agg(F.min("subject_item_id").alias("subject_item_id"))
        return once.withColumn("source", F.lit(origin.source))

    return transform


def bronze_quarantine(origin: Origin) -> Transform:
    """Loaded quarantine -> bronze.quarantine. Lazy."""
    return quarantined(origin.source)


def truth_rows(origin: Origin, key: bytes) -> Transform:
    """Truth rows with their ids, where they have any, as in the lake. Lazy."""

    def transform(rows: DataFrame) -> DataFrame:
        if "item_id" in rows.columns:
            rows = rows.transform(prefixed(origin, "item_id"))
        if "user_id" in rows.columns:
            rows = rows.transform(pseudonymise("user_id", people=origin.people, key=key))
        return rows

    return transform


def prefixed(origin: Origin, name: str) -> Transform:
    """Rows -> the same with the source's prefix before an item id. Null stays null. Lazy."""
    if not origin.item_prefix:
        return lambda rows: rows
    return lambda rows: rows.withColumn(name, F.concat(F.lit(origin.item_prefix), name))
