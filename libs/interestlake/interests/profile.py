"""z_u: how strongly a person holds each interest, from the person's items and the interests of the items."""

from collections.abc import Callable

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from .item_interests import kind_of

SPLITS = ("train", "validation", "test")


def build_profiles(splits: tuple[str, ...] = ("train",)) -> Callable[[DataFrame, DataFrame], DataFrame]:
    """(interactions, item_interests) -> profiles(user_id, interest_id, weight in (0,1]). Lazy.

    raw = sum over the person's items in `splits` of interaction weight x item weight; weight = raw over the person's
    largest of that kind. People without an interest-carrying item have no row.
    """

    def transform(interactions: DataFrame, item_interests: DataFrame) -> DataFrame:
        held = interactions.where(F.col("split").isin(*splits))
        scaled = scale_within_kind(sum_contributions(held, item_interests))
        return scaled.select("user_id", "interest_id", F.col("strength").alias("weight"))

    return transform


def join_contributions(interactions: DataFrame, item_interests: DataFrame) -> DataFrame:
    """-> (user_id, item_id, interest_id, contribution > 0, first_ts, last_ts), one row per person, item and interest."""
    chosen = interactions.where("weight > 0").select("user_id", "item_id", "weight", "first_ts", "last_ts")
    carried = item_interests.select("item_id", "interest_id", F.col("weight").alias("item_weight"))
    return chosen.join(carried, "item_id").withColumn("contribution", F.col("weight") * F.col("item_weight"))


def sum_contributions(interactions: DataFrame, item_interests: DataFrame) -> DataFrame:
    """-> (user_id, interest_id, raw > 0)."""
    joined = join_contributions(interactions, item_interests)
    # rounded, so that equal sums stay equal in whatever order they were added
    return joined.groupBy("user_id", "interest_id").agg(F.round(F.sum("contribution"), 9).alias("raw")).where("raw > 0")


def scale_within_kind(sums: DataFrame) -> DataFrame:
    """(user_id, interest_id, raw, ...) -> the same with strength = raw over the person's largest raw of the kind."""
    largest = F.max("raw").over(Window.partitionBy("user_id", kind_of("interest_id")))
    return sums.withColumn("strength", F.col("raw") / largest)
