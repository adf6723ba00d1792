"""Ranking by information: which features a person's items carry more often than all items do, and who has them too.

P(U): shares of the features (predicate = object) among all features of all items. P(U | O): the same among those of
the items O that a person chose, with Dirichlet's prior (Zhai and Lafferty 2004). The sum over features of
P(f | O) ln(P(f | O) / P(f)) is D_KL(P(U | O) || P(U)) in nats (Kullback and Leibler 1951); an item's score is the sum
over its own features, divided by their number to a power.
"""

from collections.abc import Callable

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

Transform = Callable[[DataFrame], DataFrame]
FEATURE = ("predicate", "object")


def item_features(facts: DataFrame, min_items: int) -> Transform:
    """silver.items -> (item_id, predicate, object), each once: categories as predicate "category", and facts of items.

    facts: silver.facts that hold; those whose subject stands for an item of the table count. A feature that fewer than
    `min_items` items carry is left out. Lazy.
    """

    def transform(items: DataFrame) -> DataFrame:
        listed = items.select("item_id", F.lit("category").alias("predicate"), F.explode("categories").alias("object"))
        said = facts.where("subject_item_id IS NOT NULL").select(F.col("subject_item_id").alias("item_id"), *FEATURE)
        of_items = said.join(items.select("item_id"), "item_id", "left_semi")
        features = listed.unionByName(of_items).dropDuplicates(["item_id", *FEATURE])
        if min_items < 2:
            return features
        common = features.groupBy(*FEATURE).count().where(F.col("count") >= min_items).drop("count")
        return features.join(common, list(FEATURE), "left_semi")

    return transform


def feature_shares() -> Transform:
    """(item_id, predicate, object) -> (predicate, object, share): P(U), sums to 1. Lazy."""

    def transform(features: DataFrame) -> DataFrame:
        counts = features.groupBy(*FEATURE).agg(F.count(F.lit(1)).alias("items"))
        total = counts.agg(F.sum("items").alias("all"))
        return counts.crossJoin(F.broadcast(total)).select(*FEATURE, (F.col("items") / F.col("all")).alias("share"))

    return transform


def contributions(features: DataFrame, shares: DataFrame, smoothing: float) -> Transform:
    """(user_id, item_id, weight > 0) -> (user_id, predicate, object, share, told, rest, contribution), one row per
    person and feature of their items.

    contribution = P(f | O) ln(P(f | O) / P(f)), nats; told = contribution - rest * share, what the feature gives beyond
    one that no item of the person has, which gives rest * P(f), rest = a ln a, a = smoothing / (n + smoothing). Linear
    in events x features of an item. Lazy.
    """

    def transform(history: DataFrame) -> DataFrame:
        person = Window.partitionBy("user_id")
        counted = history.join(features, "item_id").groupBy("user_id", *FEATURE).agg(F.sum("weight").alias("count"))
        count, total, share = F.col("count"), F.col("total"), F.col("share")
        given = (count + smoothing * share) / (total + smoothing)
        unseen = smoothing / (total + smoothing)
        rest = unseen * F.log(unseen) if smoothing > 0 else F.lit(0.0)
        return (
            counted.withColumn("total", F.sum("count").over(person))
            .join(shares, list(FEATURE))
            .withColumn("contribution", given * F.log(given / share))
            .withColumn("rest", rest)
            .withColumn("told", F.col("contribution") - F.col("rest") * share)
            .select("user_id", *FEATURE, "share", "told", "rest", "contribution")
        )

    return transform


def divergences() -> Transform:
    """Rows of `contributions` -> (user_id, divergence): D_KL(P(U | O) || P(U)) in nats, >= 0. Lazy.

    Features that no item of the person has add rest * (1 - the shares of those that one has).
    """

    def transform(parts: DataFrame) -> DataFrame:
        unseen = F.max("rest") * (1 - F.sum("share"))
        return parts.groupBy("user_id").agg((F.sum("contribution") + unseen).alias("divergence"))

    return transform


def rank_items(
    features: DataFrame,
    shares: DataFrame,
    seen: DataFrame,
    length_power: float,
    max_features: int,
    top: int,
    max_reasons: int = 5,
) -> Transform:
    """Rows of `contributions` -> (user_id, item_id, rank from 1, score, reasons), at most `top` unseen items a person.

    score = sum over the item's features of their contribution / (number of features)^length_power. A person's
    `max_features` features of the largest |told| propose items, so the cost is people x max_features x items of a
    feature; what the others say is left out. seen: (user_id, item_id) that are not listed again. reasons: the features
    that gave most, array of (predicate, object, contribution) of contributions above 0, largest first. Ties by item_id.
    Lazy.
    """

    def transform(parts: DataFrame) -> DataFrame:
        strongest = Window.partitionBy("user_id").orderBy(F.desc(F.round(F.abs("told"), 12)), *FEATURE)
        first = parts.withColumn("place", F.row_number().over(strongest)).where(F.col("place") <= max_features)
        sizes = (
            features.join(shares, list(FEATURE))
            .groupBy("item_id")
            .agg(F.count(F.lit(1)).alias("size"), F.sum("share").alias("covered"))
        )
        # negated, an ascending sort of structs puts the largest first and breaks ties by name
        less = F.round(-F.col("contribution"), 12).alias("less")
        reason = F.when(F.col("contribution") > 0, F.struct(less, *FEATURE))
        scored = (
            first.join(features, list(FEATURE))
            .groupBy("user_id", "item_id")
            .agg(
                F.sum("told").alias("sum"),
                F.max("rest").alias("rest"),
                F.sort_array(F.collect_list(reason)).alias("reasons"),
            )
            .join(seen, ["user_id", "item_id"], "left_anti")
            .join(sizes, "item_id")
            .withColumn("score", (F.col("sum") + F.col("rest") * F.col("covered")) / F.col("size") ** length_power)
        )
        best = Window.partitionBy("user_id").orderBy(F.desc(F.round("score", 12)), "item_id")
        named = F.transform(
            F.slice("reasons", 1, max_reasons),
            lambda one: F.struct(
                one["predicate"].alias("predicate"), one["object"].alias("object"), (-one["less"]).alias("contribution")
            ),
        )
        ranked = scored.withColumn("rank", F.row_number().over(best)).where(F.col("rank") <= top)
        return ranked.select("user_id", "item_id", "rank", "score", named.alias("reasons"))

    return transform
