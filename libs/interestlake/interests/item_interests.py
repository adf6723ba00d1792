"""Candidates of all kinds -> which interests an item carries, how strongly, and the vocabulary of interests."""

from collections.abc import Callable

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F


def build_item_interests(
    item_count: int, max_interests: int, max_per_item: int, min_items: int, max_item_share: float
) -> Callable[[DataFrame], DataFrame]:
    """candidates(item_id, kind, name_key, name, raw) -> (item_id, interest_id, kind, name, weight in (0,1]). Lazy.

    strength = raw * ln(1 + n / df) with n = `item_count` and df the items that carry the interest; weight = strength
    over the item's largest within the kind. In this order: an interest on fewer than `min_items` items or on more than
    `max_item_share` of all is dropped; each kind keeps its `max_interests` on most items; each item keeps its
    `max_per_item` strongest of a kind; what is then on fewer than `min_items` items is dropped. Ties go to the smaller id.
    """

    def transform(candidates: DataFrame) -> DataFrame:
        named = candidates.withColumn("interest_id", F.concat_ws(":", "kind", "name_key"))
        frequency = named.groupBy("interest_id", "kind").agg(F.count("*").alias("df"))
        telling = frequency.where((F.col("df") >= min_items) & (F.col("df") <= max_item_share * item_count))
        most_common = Window.partitionBy("kind").orderBy(F.desc("df"), "interest_id")
        kept = _first(telling, most_common, max_interests).select("interest_id", "df")
        strong = named.join(F.broadcast(kept), "interest_id").withColumn(
            "strength", F.round(F.col("raw") * F.log(1 + F.lit(float(item_count)) / F.col("df")), 9)
        )
        strongest = Window.partitionBy("item_id", "kind").orderBy(F.desc("strength"), "interest_id")
        capped = _first(strong, strongest, max_per_item)
        still = capped.withColumn("left", F.count("*").over(Window.partitionBy("interest_id")))
        still = still.where(F.col("left") >= min_items)
        largest = F.max("strength").over(Window.partitionBy("item_id", "kind"))
        return still.withColumn("weight", F.col("strength") / largest).select(
            "item_id", "interest_id", "kind", "name", "weight"
        )

    return transform


def list_interests(item_interests: DataFrame) -> DataFrame:
    """(item_id, interest_id, kind, name) -> rows of silver.interests with the items that carry each. Lazy."""
    counted = item_interests.groupBy("interest_id", "kind").agg(
        F.min("name").alias("name"), F.count("*").cast("int").alias("item_count")
    )
    return counted.select("interest_id", "kind", "name", "item_count")


def kind_of(interest_id: str) -> Column:
    """The part of an interest id before its first colon."""
    return F.substring_index(interest_id, ":", 1)


def _first(rows: DataFrame, window, count: int) -> DataFrame:
    return rows.withColumn("place", F.row_number().over(window)).where(F.col("place") <= count).drop("place")
