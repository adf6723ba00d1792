"""Candidates -> the interest vocabulary and the weights of the items that carry it."""

from collections.abc import Callable

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from ..core.params.all import Interests


def choose_interests(params: Interests) -> Callable[[DataFrame], DataFrame]:
    """candidates(item_id, kind, name, score > 0) -> silver.item_interests rows with kind and name.

    Per item and kind the `max_per_item` best; then interests on fewer than `min_items` items or on more than
    `max_item_share` of the items with that kind are dropped; then the `max_interests` most carried per kind stay. Ties:
    smaller name. weight = score / best score of the item and kind that stayed, in (0,1]. Lazy.
    """

    def choose(candidates: DataFrame) -> DataFrame:
        # rounded, so that the order in which a sum was taken decides no tie
        named = candidates.withColumn("score", F.round("score", 9)).where("length(name) > 0 AND score > 0")
        best = Window.partitionBy("item_id", "kind").orderBy(F.desc("score"), "name")
        top = named.withColumn("place", F.row_number().over(best)).where(F.col("place") <= params.max_per_item)
        catalogue = top.groupBy("kind").agg(F.countDistinct("item_id").alias("catalogue"))
        carried = top.groupBy("kind", "name").agg(F.count("*").alias("carriers"))
        fit = carried.join(F.broadcast(catalogue), "kind").where(
            (F.col("carriers") >= params.min_items)
            & (F.col("carriers") <= F.greatest(params.max_item_share * F.col("catalogue"), F.lit(params.min_items)))
        )
        most = Window.partitionBy("kind").orderBy(F.desc("carriers"), "name")
        vocabulary = fit.withColumn("place", F.row_number().over(most)).where(F.col("place") <= params.max_interests)
        chosen = top.join(F.broadcast(vocabulary.select("kind", "name")), ["kind", "name"])
        strongest = F.max("score").over(Window.partitionBy("item_id", "kind"))
        return chosen.select(
            "item_id",
            F.concat_ws(":", "kind", "name").alias("interest_id"),
            "kind",
            "name",
            (F.col("score") / strongest).alias("weight"),
        )

    return choose


def interest_vocabulary(topics: DataFrame) -> Callable[[DataFrame], DataFrame]:
    """chosen item interests, topics(topic_id, name) -> silver.interests rows; a topic reads as its terms. Lazy."""

    def build(chosen: DataFrame) -> DataFrame:
        counted = chosen.groupBy("interest_id", "kind", "name").agg(F.count("*").cast("int").alias("item_count"))
        named = topics.select(F.col("topic_id").cast("string").alias("name"), F.col("name").alias("terms"))
        named = named.withColumn("kind", F.lit("topic"))
        joined = counted.join(F.broadcast(named), ["kind", "name"], "left")
        return joined.select("interest_id", "kind", F.coalesce("terms", "name").alias("name"), "item_count")

    return build
