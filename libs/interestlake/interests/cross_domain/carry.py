"""What crosses between catalogues: a person's interests by shared names, and the mean of the texts chosen."""

from collections.abc import Callable

from pyspark.ml.functions import array_to_vector, vector_to_array
from pyspark.ml.stat import Summarizer
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from ..expansion.histories import profile_rows
from ..profiles import Nodes

SAME_EVERYWHERE = ("category", "tag", "keyword", "entity")  # a topic's number means another topic elsewhere


def shared_nodes(source: Nodes, target: Nodes, same_topics: bool) -> tuple[Nodes, Nodes]:
    """Both catalogues' nodes, cut to the names that both have; topics only where both share one topic model. Lazy."""
    kinds = (*SAME_EVERYWHERE, *(("topic",) if same_topics else ()))
    names = source.names.where(F.col("kind").isin(*kinds)).select("interest_id")
    both = F.broadcast(names.join(target.names.select("interest_id"), "interest_id", "left_semi"))
    ours, theirs = (Nodes(n.held.join(both, "interest_id", "left_semi"), n.names.join(both, "interest_id", "left_semi"))
                    for n in (source, target))  # fmt: skip
    return ours, theirs


def item_texts(documents: DataFrame, embeddings: DataFrame) -> DataFrame:
    """documents(item_id, text_hash, split), embeddings(text_hash, vector) -> (item_id, text_vector): mean of what no
    split hides. Lazy."""
    visible = documents.where("split IN ('train', 'all')").select("item_id", "text_hash")
    vectors = embeddings.select("text_hash", array_to_vector("vector").alias("vector"))
    means = visible.join(vectors, "text_hash").groupBy("item_id").agg(Summarizer.mean(F.col("vector")).alias("mean"))
    return means.select("item_id", vector_to_array("mean").alias("text_vector"))


def carried_profiles(nodes: Nodes, texts: DataFrame, seeds: int) -> Callable[[DataFrame], DataFrame]:
    """interactions of the source -> (user_id, interests, weights, text_vector).

    `profile_rows` over the shared nodes, and the mean text vector of the person's items by weight; either is null
    where the person has none. Lazy.
    """

    def transform(interactions: DataFrame) -> DataFrame:
        rows = interactions.transform(profile_rows(nodes, seeds)).drop("held")
        liked = interactions.where("weight > 0").join(texts, "item_id")
        vector = array_to_vector("text_vector")
        means = (
            liked.withColumn("v", vector)
            .groupBy("user_id")
            .agg(Summarizer.mean(F.col("v"), F.col("weight")).alias("mean"))
        )
        texts_of_people = means.select("user_id", vector_to_array("mean").alias("text_vector"))
        return rows.join(texts_of_people, "user_id", "full")

    return transform


def by_hash(seed: int, column: str, parts: int = 2) -> Column:
    """A number from 0 to parts - 1 by a hash of the column."""
    return F.pmod(F.xxhash64(F.lit(seed), F.lit("shop"), column), F.lit(parts))
