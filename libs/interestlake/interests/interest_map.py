"""A person's interests: strength, share of attention, the items behind each, first and last seen."""

from collections.abc import Callable

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from .profile import with_rarity

EVIDENCE_ITEMS = 5


def interest_map(
    item_interests: DataFrame, vocabulary: DataFrame, max_per_user: int
) -> Callable[[DataFrame], DataFrame]:
    """interactions(user_id, item_id, weight, first_ts, last_ts) -> gold.interest_map rows.

    raw = sum over the person's items of pair weight * carry, see `with_rarity`. strength = raw / the person's largest
    raw of the kind. share: raw scaled to sum 1 within each kind, each kind counting alike, then to sum 1 over the
    `max_per_user` interests kept (largest share first, ties to the smaller id). evidence: the 5 items that add most.
    Lazy.
    """

    def build(interactions: DataFrame) -> DataFrame:
        pairs = interactions.select("user_id", "item_id", F.col("weight").alias("liking"), "first_ts", "last_ts")
        adds = pairs.join(with_rarity(item_interests, vocabulary), "item_id").withColumn(
            "adds", F.round(F.col("liking") * F.col("carry"), 9)
        )
        ranked = F.sort_array(F.collect_list(F.struct((-F.col("adds")).alias("order"), "item_id")))
        sums = adds.groupBy("user_id", "interest_id", "kind").agg(
            F.round(F.sum("adds"), 9).alias("raw"),
            F.count("*").cast("int").alias("item_count"),
            F.slice(ranked, 1, EVIDENCE_ITEMS).getField("item_id").alias("evidence"),
            F.min("first_ts").alias("first_seen"),
            F.max("last_ts").alias("last_seen"),
        )
        kind = Window.partitionBy("user_id", "kind")
        person = Window.partitionBy("user_id")
        scaled = sums.where("raw > 0").select(
            "*",
            (F.col("raw") / F.max("raw").over(kind)).alias("strength"),
            F.round(F.col("raw") / F.sum("raw").over(kind), 9).alias("attention"),
        )
        order = person.orderBy(F.desc("attention"), "interest_id")
        strongest_rows = scaled.withColumn("place", F.row_number().over(order)).where(F.col("place") <= max_per_user)
        return strongest_rows.select(
            "user_id",
            "interest_id",
            "strength",
            (F.col("attention") / F.sum("attention").over(person)).alias("share"),
            "item_count",
            "evidence",
            "first_seen",
            "last_seen",
        )

    return build
