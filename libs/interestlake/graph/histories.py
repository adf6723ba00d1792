"""What each person holds: (user_id, node, weight, position) frames of items and of interests, and their cap."""

from collections.abc import Callable

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

Transform = Callable[[DataFrame], DataFrame]

# Products of two such weights are multiples of 2^-40: sums up to 8192 are exact in any order.
WEIGHT_QUANTUM = 2.0**-20


def quantised(weight: Column) -> Column:
    """Weight at a resolution of 2^-20 (about 1e-6), so that sums of products do not depend on their order."""
    return F.round(weight / WEIGHT_QUANTUM) * WEIGHT_QUANTUM


def item_histories() -> Transform:
    """interactions(user_id, item_id, weight in [0,1], position, split, ...) -> histories of the train split.

    Columns user_id, node (item_id), weight, position. Rows of other splits and of weight 0 are left out. Lazy.
    """

    def transform(interactions: DataFrame) -> DataFrame:
        liked = interactions.where((F.col("split") == "train") & (F.col("weight") > 0))
        return liked.select("user_id", F.col("item_id").alias("node"), "weight", "position")

    return transform


def interest_histories(item_interests: DataFrame, max_per_user: int) -> Transform:
    """item histories -> interest histories by item_interests(item_id, interest_id, weight in (0,1]).

    A person holds an interest once: strength = idf(interest) * sum over the items of weight * item weight, with
    idf = ln(1 + catalogue items / items that carry it), scaled to 1 for the person's strongest; position = place of
    the first item that carries it. The strongest `max_per_user` are kept, ties by interest id. Lazy.
    """

    def transform(histories: DataFrame) -> DataFrame:
        carried = item_interests.select(F.col("item_id").alias("node"), "interest_id", F.col("weight").alias("carry"))
        carriers = item_interests.groupBy("interest_id").agg(F.count("*").alias("carriers"))
        catalogue = item_interests.agg(F.countDistinct("item_id").alias("catalogue"))
        rarity = carriers.crossJoin(F.broadcast(catalogue)).select(
            "interest_id", F.log1p(F.col("catalogue") / F.col("carriers")).alias("idf")
        )
        product = quantised(F.col("weight")) * quantised(F.col("carry"))
        strengths = histories.join(carried, "node").groupBy("user_id", "interest_id")
        strengths = strengths.agg(F.sum(product).alias("strength"), F.min("position").alias("position"))
        strengths = strengths.join(rarity, "interest_id")
        strengths = strengths.withColumn("strength", F.col("strength") * F.col("idf"))
        strongest = Window.partitionBy("user_id").orderBy(F.desc("strength"), "interest_id")
        top = strengths.withColumn("place", F.row_number().over(strongest)).where(F.col("place") <= max_per_user)
        best = F.max("strength").over(Window.partitionBy("user_id"))
        scaled = top.withColumn("weight", F.col("strength") / best).where(F.col("weight") > 0)
        return scaled.select("user_id", F.col("interest_id").alias("node"), "weight", "position")

    return transform


def cap_histories(max_history: int, seed: int) -> Transform:
    """Histories with at most `max_history` rows per user, sampled by a hash of seed, user and node.

    The sample depends on nothing but these three, so it is the same on any cluster; ties go to the smaller node. Lazy.
    """

    def transform(histories: DataFrame) -> DataFrame:
        draw = F.xxhash64(F.lit(seed), F.col("user_id"), F.col("node"))
        drawn = Window.partitionBy("user_id").orderBy(draw, "node")
        ranked = histories.withColumn("draw_place", F.row_number().over(drawn))
        return ranked.where(F.col("draw_place") <= max_history).drop("draw_place")

    return transform


def ranked_by_position(histories: DataFrame) -> DataFrame:
    """Histories with `step`, the row's place among the user's own rows from 1: by position, then node. Lazy."""
    order = Window.partitionBy("user_id").orderBy("position", "node")
    return histories.withColumn("step", F.row_number().over(order))
