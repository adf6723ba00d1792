"""What a loader gave -> rows of the bronze tables: pseudonyms for people, masks in texts, equal records collapsed."""

from collections.abc import Callable

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..privacy.masking import mask
from ..privacy.pseudonyms import pseudonymise
from .contract import keep_first

Transform = Callable[[DataFrame], DataFrame]
SEPARATOR = "\u001f"


def bronze_events(source: str, key: bytes) -> Transform:
    """Loaded events -> bronze.events; of equal records (same event_id) the first by (file, line) stays. Lazy.

    event_id: sha-256 over source, pseudonym, item, type, microseconds and, for a tag, its text.
    """
    label = F.when(F.col("event_type") == "tag", F.col("text"))
    parts = [F.lit(source), F.col("user_id"), F.col("item_id"), F.col("event_type")]
    parts += [F.coalesce(F.unix_micros("event_ts").cast("string"), F.lit("")), F.coalesce(label, F.lit(""))]

    def transform(events: DataFrame) -> DataFrame:
        return (
            events.transform(pseudonymise("user_id", key=key))
            .withColumn("text", mask(F.col("text")))
            .withColumn("event_id", F.sha2(F.concat_ws(SEPARATOR, *parts), 256))
            .transform(keep_first("event_id"))
            .withColumn("source", F.lit(source))
        )

    return transform


def bronze_items(source: str) -> Transform:
    """Loaded items -> bronze.items; of records with one item id the first by (file, line) stays. Lazy."""
    return lambda items: items.transform(keep_first("item_id")).drop("file", "line").withColumn("source", F.lit(source))


def bronze_friends(source: str, key: bytes) -> Transform:
    """Loaded friends -> bronze.friends, each directed link once. Lazy."""

    def transform(friends: DataFrame) -> DataFrame:
        links = friends.transform(pseudonymise("user_id", "friend_id", key=key)).select("user_id", "friend_id")
        return links.dropDuplicates().withColumn("source", F.lit(source))

    return transform


def bronze_facts(source: str) -> Transform:
    """Loaded facts -> bronze.facts, each triple once; of several items one subject stands for, the smallest. Lazy."""

    def transform(facts: DataFrame) -> DataFrame:
        once = facts.groupBy("subject", "predicate", "object").agg(F.min("subject_item_id").alias("subject_item_id"))
        return once.withColumn("source", F.lit(source))

    return transform


def bronze_quarantine(source: str) -> Transform:
    """Loaded quarantine -> bronze.quarantine. Lazy."""
    return lambda rows: rows.withColumn("source", F.lit(source))


def truth_rows(key: bytes) -> Transform:
    """Truth rows with their user ids, where they have any, as pseudonyms. Lazy."""
    return lambda rows: rows.transform(pseudonymise("user_id", key=key)) if "user_id" in rows.columns else rows
