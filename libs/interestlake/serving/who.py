"""`Directory` by Spark: who is there, and what."""

from collections.abc import Collection

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from ..core.lake import Lake
from ..core.spark_rows import records
from ..core.stage import expect_lake
from ..core.text_literals import in_list
from ..privacy.found_again import source_ids
from ..privacy.names import Keys
from ..privacy.person import LakePeople
from ..recommending.segments import SEGMENT_NAMES, SEGMENTS
from .directory import NEAR_TITLES, NEEDED, NEEDED_FROM, most_edits
from .titles import compared, folded, most_edits_of_title, names

PERSON = ("user_id", "segment", "item_count", "last_ts")
ITEM = ("item_id", "title", "categories", "people")


class LakeDirectory:
    """Of a lake; each call is one small Spark job. Raises BadInput where the lake has no people."""

    def __init__(self, lake: Lake):
        expect_lake(lake, NEEDED, NEEDED_FROM)
        self.people, self._lake = LakePeople(lake), lake
        self._users, self._items = lake.read("silver.users"), lake.read("silver.items")

    def count(self) -> int:
        return self._users.count()

    def to_try(self, limit: int) -> list[dict]:
        return records(people_to_try(self._users, limit), PERSON)

    def named(self, user_ids: Collection[str], limit: int) -> list[dict]:
        rows = with_segment(self._users.where(in_list("user_id", user_ids)))
        return records(rows.orderBy(F.desc("item_count"), "user_id").limit(limit), PERSON)

    def source_ids(self, user_ids: Collection[str], keys: Keys, count: int) -> dict[str, tuple[str, str]]:
        people = self._lake.spark.createDataFrame([(user_id,) for user_id in user_ids], "user_id string")
        ids = source_ids(people, keys, count) if user_ids else None
        return {row["user_id"]: (row["source"], row["source_id"]) for row in (ids.collect() if ids else ())}

    def by_title(self, text: str | None, limit: int) -> list[dict]:
        return records(items_by_title(self._items, text, limit), ITEM)

    def titled(self, text: str, limit: int) -> list[dict]:
        return records(items_titled(self._items, text, limit), ITEM)

    def near_ids(self, text: str, limit: int) -> list[dict]:
        return records(near_ids(self._items, text, limit), ITEM)

    def near_titles(self, text: str) -> list[dict]:
        return records(near_titles(self._items, text), ITEM)


def people_to_try(users: DataFrame, limit: int) -> DataFrame:
    """silver.users -> (user_id, segment, item_count, last_ts), at most `limit` rows, the longest histories first.

    Segments take turns, so that short histories are among them; within one the longest, ties by user_id. segment: of
    SEGMENT_NAMES by item_count, the items of the train split. Lazy.
    """
    rows = with_segment(users)
    longest = Window.partitionBy("segment").orderBy(F.desc("item_count"), "user_id")
    turns = rows.withColumn("turn", F.row_number().over(longest)).where(F.col("turn") <= limit)
    some = turns.orderBy("turn", F.desc("item_count"), "user_id").limit(limit).drop("turn")
    return some.orderBy(F.desc("item_count"), "user_id")


def with_segment(users: DataFrame) -> DataFrame:
    segment = F.lit(SEGMENT_NAMES[0])
    for name, least in zip(SEGMENT_NAMES[1:], SEGMENTS, strict=True):
        segment = F.when(F.col("item_count") >= least, name).otherwise(segment)
    return users.select("user_id", segment.alias("segment"), "item_count", "last_ts")


def items_by_title(items: DataFrame, text: str | None, limit: int) -> DataFrame:
    """silver.items -> (item_id, title, categories, people), at most `limit` rows, the most chosen first, ties by id.

    text: what the title holds, in any case, letter by letter; None = every item. Lazy.
    """
    found = items if text is None else items.where(_folded("title").contains(folded(text)))
    shown = found.select("item_id", "title", "categories", F.col("user_count").alias("people"))
    return shown.orderBy(F.desc("people"), "item_id").limit(limit)


def items_titled(items: DataFrame, text: str, limit: int) -> DataFrame:
    """silver.items -> (item_id, title, categories, people) of the items with this title: `Directory`. Lazy."""
    same = F.array_contains(F.udf(names, "array<string>")("title"), folded(text))
    return items_by_title(items.where(same), None, limit)


def _folded(column: str) -> Column:
    return F.udf(folded, "string")(column)


def near_ids(items: DataFrame, text: str, limit: int) -> DataFrame:
    """silver.items -> (item_id, title, categories, people) of at most `limit` ids near `text`: `Directory`. Lazy."""
    shown = items.select("item_id", "title", "categories", F.col("user_count").alias("people"),
                         F.levenshtein("item_id", F.lit(text)).alias("edits"))  # fmt: skip
    near = shown.where(F.col("edits") <= most_edits(text))
    return near.orderBy("edits", F.desc("people"), "item_id").limit(limit).drop("edits")


def near_titles(items: DataFrame, text: str) -> DataFrame:
    """silver.items -> (item_id, title, categories, people) of the NEAR_TITLES titles near `text`: `Directory`.
    Lazy."""
    typed = F.lit(folded(text))
    parts = F.udf(lambda title: compared(title, text), "array<string>")("title")
    edits = F.array_min(F.transform(parts, lambda part: F.levenshtein(part, typed)))
    shown = items.select("item_id", "title", "categories", F.col("user_count").alias("people"), edits.alias("edits"))
    near = shown.where(F.col("edits") <= most_edits_of_title(text))
    return near.orderBy("edits", F.desc("people"), "item_id").limit(NEAR_TITLES).drop("edits")
