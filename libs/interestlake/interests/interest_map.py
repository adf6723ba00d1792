"""A person's interests: strength, share of attention, the items behind each, first and last seen."""

from collections.abc import Callable

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from .profile import with_rarity
from .reading_order import class_of
from .strength import strength

EVIDENCE_ITEMS = 5


def interest_map(
    item_interests: DataFrame, vocabulary: DataFrame, max_per_user: int
) -> Callable[[DataFrame], DataFrame]:
    """interactions(user_id, item_id, weight, first_ts, last_ts) -> gold.interest_map rows.

    raw = sum over the person's items of pair weight * carry, see `with_rarity`. share: raw scaled to sum 1 within each
    kind, each kind counting alike, then to sum 1 over the interests kept. chosen = sum of pair weight * item weight
    of the person's sum of pair weights (choices), rate = the same of everybody over the same pairs; strength: see
    `strength`. Kept are `max_per_user`: by turns the one of largest share and the strongest, in
    reading order, ties to the smaller id. evidence: the 5 items that add most. Lazy.
    """

    def build(interactions: DataFrame) -> DataFrame:
        pairs = interactions.select("user_id", "item_id", F.col("weight").alias("liking"), "first_ts", "last_ts")
        adds = pairs.join(with_rarity(item_interests, vocabulary), "item_id").withColumn(
            "adds", F.round(F.col("liking") * F.col("carry"), 9)
        )
        ranked = F.sort_array(F.collect_list(F.struct((-F.col("adds")).alias("order"), "item_id")))
        sums = adds.groupBy("user_id", "interest_id", "kind").agg(
            F.round(F.sum("adds"), 9).alias("raw"),
            F.round(F.sum(F.col("liking") * F.col("weight")), 9).alias("chosen"),
            F.count("*").cast("int").alias("item_count"),
            F.slice(ranked, 1, EVIDENCE_ITEMS).getField("item_id").alias("evidence"),
            F.min("first_ts").alias("first_seen"),
            F.max("last_ts").alias("last_seen"),
        )
        kind, person = Window.partitionBy("user_id", "kind"), Window.partitionBy("user_id")
        scaled = (
            sums.where("raw > 0")
            .transform(_rated(pairs))
            .select(
                "*",
                strength(F.col("chosen"), F.col("choices"), F.col("rate"), F.col("kind")).alias("strength"),
                F.round(F.col("raw") / F.sum("raw").over(kind), 9).alias("attention"),
            )
        )
        by_share = person.orderBy(F.desc("attention"), "interest_id")
        first = class_of(F.col("kind"), F.col("interest_id"))
        by_strength = person.orderBy(first, F.desc("strength"), F.desc("attention"), "interest_id")
        turn = F.least(2 * F.row_number().over(by_share) - 1, 2 * F.row_number().over(by_strength))
        placed = scaled.withColumn("turn", turn)
        kept = placed.withColumn("place", F.row_number().over(person.orderBy("turn"))).where(
            F.col("place") <= max_per_user
        )
        return kept.select(
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


def _rated(pairs: DataFrame) -> Callable[[DataFrame], DataFrame]:
    """(user_id, interest_id, chosen, ...) -> with choices, the person's, and rate, everybody's share of `pairs`."""
    everything = pairs.agg(F.sum("liking").alias("all_liking"))
    own = pairs.groupBy("user_id").agg(F.round(F.sum("liking"), 9).alias("choices"))

    def transform(sums: DataFrame) -> DataFrame:
        everybody = sums.groupBy("interest_id").agg(F.sum("chosen").alias("everybody"))
        rated = everybody.crossJoin(F.broadcast(everything)).select(
            "interest_id", F.round(F.col("everybody") / F.col("all_liking"), 12).alias("rate")
        )
        return sums.join(rated, "interest_id").join(own, "user_id")

    return transform
