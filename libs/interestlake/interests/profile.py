"""z_u: how strongly a person holds each interest, from the person's items and the interests they carry."""

from collections.abc import Callable

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F


def with_rarity(item_interests: DataFrame, vocabulary: DataFrame) -> DataFrame:
    """silver.item_interests, silver.interests -> (item_id, interest_id, kind, carry > 0). Lazy.

    carry = item weight * ln(1 + items / items that carry the interest): what everything carries says little of a
    person (Sparck Jones, 1972).
    """
    items = item_interests.agg(F.countDistinct("item_id").alias("items"))
    rare = vocabulary.crossJoin(F.broadcast(items)).select(
        "interest_id", "kind", F.log1p(F.col("items") / F.col("item_count")).alias("rarity")
    )
    carried = item_interests.join(F.broadcast(rare), "interest_id")
    return carried.select("item_id", "interest_id", "kind", (F.col("weight") * F.col("rarity")).alias("carry"))


def build_profiles(
    item_interests: DataFrame, vocabulary: DataFrame, splits: tuple[str, ...] = ("train",)
) -> Callable[[DataFrame], DataFrame]:
    """interactions(user_id, item_id, weight, split) -> profiles(user_id, interest_id, weight in (0,1]). Lazy.

    raw = sum over the person's items in `splits` of pair weight * carry; weight = raw / the person's largest raw of the
    kind. Without items that carry an interest a person has no row.
    """

    def build(interactions: DataFrame) -> DataFrame:
        held = interactions.where(F.col("split").isin(*splits))
        pairs = held.select("user_id", "item_id", F.col("weight").alias("liking"))
        adds = pairs.join(with_rarity(item_interests, vocabulary), "item_id")
        # rounded, so that the order in which a sum was taken shows nowhere
        raw = F.round(F.sum(F.col("liking") * F.col("carry")), 9).alias("raw")
        sums = adds.groupBy("user_id", "interest_id", "kind").agg(raw).where("raw > 0")
        largest = F.max("raw").over(Window.partitionBy("user_id", "kind"))
        return sums.select("user_id", "interest_id", (F.col("raw") / largest).alias("weight"))

    return build
