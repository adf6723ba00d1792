"""gold.interest_map: a person's strongest interests, their share of attention, and the items behind them."""

from collections.abc import Callable

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from .profile import join_contributions, scale_within_kind

EVIDENCE_ITEMS = 5


def build_interest_map(item_interests: DataFrame, max_per_user: int) -> Callable[[DataFrame], DataFrame]:
    """interactions -> rows of gold.interest_map. Lazy.

    raw = sum of interaction weight x item weight over the person's items, of every split; strength = raw over the
    person's largest raw of the kind. The `max_per_user` strongest are kept, ties by interest id, and share = strength
    over the sum of the kept ones. Evidence: at most five items with the largest contribution, ties by item id.
    """

    def transform(interactions: DataFrame) -> DataFrame:
        joined = join_contributions(interactions, item_interests)
        behind = F.sort_array(F.collect_list(F.struct((-F.round("contribution", 9)).alias("minus"), "item_id")))
        held = joined.groupBy("user_id", "interest_id").agg(
            F.round(F.sum("contribution"), 9).alias("raw"),
            F.count("*").cast("int").alias("item_count"),
            F.slice(behind, 1, EVIDENCE_ITEMS)["item_id"].alias("evidence"),
            F.min("first_ts").alias("first_seen"),
            F.max("last_ts").alias("last_seen"),
        )
        scaled = scale_within_kind(held.where("raw > 0"))
        person = Window.partitionBy("user_id")
        strongest = person.orderBy(F.desc("strength"), "interest_id")
        kept = scaled.withColumn("place", F.row_number().over(strongest)).where(F.col("place") <= max_per_user)
        return kept.withColumn("share", F.col("strength") / F.sum("strength").over(person)).select(
            "user_id", "interest_id", "strength", "share", "item_count", "evidence", "first_seen", "last_seen"
        )

    return transform
