"""Whom and what a lake has: people to try a command on, and items by title. A few rows, however large the lake."""

from collections.abc import Mapping

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from ..recommending.chosen_tables import SEGMENT_NAMES
from ..recommending.segment_weights import SEGMENTS

NEAR_TITLES = 5


def people_to_try(users: DataFrame, limit: int) -> DataFrame:
    """silver.users -> (user_id, segment, item_count, last_ts), at most `limit` rows, the longest histories first.

    Segments take turns, so that short histories are among them; within one the longest, ties by user_id. segment: of
    SEGMENT_NAMES by item_count, the items of the train split. Lazy.
    """
    told = _told(users)
    longest = Window.partitionBy("segment").orderBy(F.desc("item_count"), "user_id")
    turns = told.withColumn("turn", F.row_number().over(longest)).where(F.col("turn") <= limit)
    some = turns.orderBy("turn", F.desc("item_count"), "user_id").limit(limit).drop("turn")
    return some.orderBy(F.desc("item_count"), "user_id")


def people_named(users: DataFrame, named: Mapping[str, str]) -> DataFrame:
    """The rows of `people_to_try` for the user_ids of `named`. Lazy."""
    return _told(users.where(F.col("user_id").isin(list(named)))).orderBy(F.desc("item_count"), "user_id")


def _told(users: DataFrame) -> DataFrame:
    segment = F.lit(SEGMENT_NAMES[0])
    for name, least in zip(SEGMENT_NAMES[1:], SEGMENTS, strict=True):
        segment = F.when(F.col("item_count") >= least, name).otherwise(segment)
    return users.select("user_id", segment.alias("segment"), "item_count", "last_ts")


def items_by_title(items: DataFrame, text: str | None, limit: int) -> DataFrame:
    """silver.items -> (item_id, title, categories, people), at most `limit` rows, the most chosen first, ties by id.

    text: what the title holds, in any case, letter by letter; None = every item. Lazy.
    """
    found = items if text is None else items.where(F.lower("title").contains(text.lower()))
    shown = found.select("item_id", "title", "categories", F.col("user_count").alias("people"))
    return shown.orderBy(F.desc("people"), "item_id").limit(limit)


def near_titles(items: DataFrame, text: str) -> DataFrame:
    """silver.items -> (item_id, title, categories, people) of the NEAR_TITLES titles that, whole or by one word, the
    fewest edits turn into `text`: at most half as many as it has letters. Lazy."""
    typed = F.lit(text.strip().lower())
    parts = F.concat(F.array(F.lower("title")), F.split(F.lower("title"), r"[\s,:;()]+"))
    edits = F.array_min(F.transform(parts, lambda part: F.levenshtein(part, typed)))
    shown = items.select("item_id", "title", "categories", F.col("user_count").alias("people"), edits.alias("edits"))
    near = shown.where(F.col("edits") <= len(text.strip()) // 2)
    return near.orderBy("edits", F.desc("people"), "item_id").limit(NEAR_TITLES).drop("edits")
