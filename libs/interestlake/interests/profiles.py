"""Everything a profile says of a person's interests, put together from the map, the sums over time and the clusters."""

from collections.abc import Callable
from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.params.all import Interests, Profiles
from .entities import entity_candidates, entity_labels
from .interest_map import interest_map
from .item_interests import choose_interests
from .significance import benjamini_hochberg, beta_confidence
from .trend import Support, judge_trend, pooled


@dataclass(frozen=True)
class Nodes:
    """held(item_id, interest_id, weight in (0,1]); names(interest_id, kind, name, item_count)."""

    held: DataFrame
    names: DataFrame


def with_entities(nodes: Nodes, facts: DataFrame, params: Interests) -> Nodes:
    """The nodes and, beside them, entities of the facts, chosen by the same rules as every other kind. Lazy."""
    chosen = facts.transform(entity_candidates).transform(choose_interests(params))
    counted = chosen.groupBy("interest_id", "kind", "name").agg(F.count("*").cast("int").alias("item_count"))
    labelled = counted.join(entity_labels(facts), "name", "left")
    names = labelled.select("interest_id", "kind", F.coalesce("label", "name").alias("name"), "item_count")
    columns = ("interest_id", "kind", "name", "item_count")
    return Nodes(
        nodes.held.unionByName(chosen.select("item_id", "interest_id", "weight")),
        nodes.names.select(*columns).unionByName(names),
    )


def population_rates(interactions: DataFrame, item_interests: DataFrame) -> DataFrame:
    """(interest_id, rate): share of all pairs of positive weight whose item carries the interest. Lazy."""
    liked = interactions.where("weight > 0").select("item_id")
    whole = liked.agg(F.count(F.lit(1)).alias("pairs"))
    carried = liked.join(item_interests.select("item_id", "interest_id"), "item_id").groupBy("interest_id")
    counted = carried.agg(F.count(F.lit(1)).alias("carried"))
    rate = (F.col("carried") / F.col("pairs")).alias("rate")
    return counted.crossJoin(F.broadcast(whole)).select("interest_id", rate)


def build_interest_profiles(
    nodes: Nodes, sums: DataFrame, rates: DataFrame, params: Profiles
) -> Callable[[DataFrame], DataFrame]:
    """interactions -> gold.interest_profiles rows without cluster and run_id.

    sums: `attention_sums` of the same interactions; rates: `population_rates`. strength, share, evidence, first and
    last seen as in `interest_map`, over pairs of positive weight; confidence as in `beta_confidence`; trend as in
    `judge_trend`. Lazy.
    """

    def transform(interactions: DataFrame) -> DataFrame:
        liked = interactions.where("weight > 0")
        mapped = liked.transform(interest_map(nodes.held, nodes.names, params.max_per_user))
        judge = judge_trend(params.seasons, params.significance, support_of(params))
        mapped_sums = sums.join(mapped.select("user_id", "interest_id"), ["user_id", "interest_id"])
        rows = mapped_sums.transform(judge).select(
            "user_id", "interest_id", "items", "carriers", "events", "slope", "slope_error", "trend"
        )
        sure = beta_confidence(F.col("carriers"), F.col("items"), F.col("rate"), params.prior_items)
        named = nodes.names.select("interest_id", "kind", F.col("name").alias("label"))
        joined = mapped.join(rows, ["user_id", "interest_id"]).join(rates, "interest_id").join(named, "interest_id")
        return joined.withColumn("confidence", sure).select(
            "user_id", F.col("interest_id").alias("interest"), "kind", "label", "strength", "confidence", "share",
            "events", "first_seen", "last_seen", "slope", "slope_error", "trend", "evidence",
        )  # fmt: skip

    return transform


def support_of(params: Profiles) -> Support:
    return Support(params.min_items, params.min_carriers, params.min_days, params.trend_days)


def build_trends(nodes: Nodes, params: Profiles) -> Callable[[DataFrame], DataFrame]:
    """`attention_sums` -> gold.interest_trends rows without run_id.

    The people's sums about their own means are added up, so a slope is the mean change within people, whoever joined
    or left. A trend is called by the false discovery rate over all interests instead of one test's level.
    Interests with fewer than `trend_people` people whose choices span `trend_days` are unknown.
    One Spark job, which computes a row for each interest.
    """

    def transform(sums: DataFrame) -> DataFrame:
        judge = judge_trend(params.seasons, params.significance, support_of(params))
        backed = F.when(F.col("people") >= params.trend_people, F.col("timed")).otherwise(0)
        backed = sums.transform(pooled(params.trend_days)).withColumn("timed", backed)
        judged = backed.transform(judge).transform(benjamini_hochberg)
        chance = (F.col("trend") != "unknown") & (F.col("q_value") > params.significance)
        named = nodes.names.select("interest_id", "kind", F.col("name").alias("label"))
        return judged.join(named, "interest_id").select(
            F.col("interest_id").alias("interest"), "kind", "label", "people", "slope", "slope_error", "q_value",
            F.when(~chance, F.col("period_days")).alias("period_days"),
            F.when(chance, "steady").otherwise(F.col("trend")).alias("trend"),
        )  # fmt: skip

    return transform
