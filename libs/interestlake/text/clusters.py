"""Topics as clusters of text vectors, named by the words that tell one cluster from the others."""

from collections.abc import Callable

from pyspark.ml.clustering import KMeans, KMeansModel
from pyspark.ml.functions import array_to_vector
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from ..core.partitions import partitions_for

VECTOR = "features"
TEXTS_PER_PARTITION = 25_000


def fit_clusters(vectors: DataFrame, clusters: int, iterations: int, seed: int) -> KMeansModel | None:
    """vectors(text_hash, vector of unit length) -> spherical k-means (Dhillon and Modha, 2001), by cosine.

    At most as many clusters as texts; None below two texts. Partitions are cut by text hash, so the start and the sums
    are the same on any cluster up to the order of partitions. Runs about 2 Spark jobs an iteration, and one that counts
    the texts.
    """
    texts = vectors.count()
    if texts < 2:
        return None
    partitions = partitions_for(texts, TEXTS_PER_PARTITION)
    spread = vectors.transform(_featured).repartition(partitions, "text_hash")
    ordered = spread.sortWithinPartitions("text_hash").cache()
    means = KMeans(k=min(clusters, texts), maxIter=iterations, seed=seed, featuresCol=VECTOR, predictionCol="topic_id")
    model = means.setDistanceMeasure("cosine").setInitSteps(5).fit(ordered)
    ordered.unpersist()
    return model


def assign_clusters(model: KMeansModel) -> Callable[[DataFrame], DataFrame]:
    """vectors(text_hash, vector) -> (text_hash, topic_id), the cluster of the nearest centre by cosine. Lazy."""
    return lambda vectors: model.transform(vectors.transform(_featured)).select("text_hash", "topic_id")


def _featured(vectors: DataFrame) -> DataFrame:
    return vectors.select("text_hash", array_to_vector("vector").alias(VECTOR))


def cluster_words(assigned: DataFrame, words: int, min_texts: int) -> Callable[[DataFrame], DataFrame]:
    """assigned(text_hash, topic_id); texts(text_hash, tokens) -> (topic_id, terms: strongest first, ties by term).

    Lazy. Class-based tf-idf (Grootendorst, 2022): weight(t, c) = tf_tc / tf_c * ln(1 + A / tf_t), with tf_tc the times
    t stands in the texts of cluster c, tf_c the words of c, tf_t the times t stands anywhere and A the mean number of
    words of a cluster. Terms in fewer than `min_texts` texts are left out; `words` terms are kept.
    """

    def transform(texts: DataFrame) -> DataFrame:
        said = texts.join(assigned, "text_hash").select("text_hash", "topic_id", F.explode("tokens").alias("term"))
        counted = said.groupBy("topic_id", "term").agg(
            F.count("*").alias("tf"), F.countDistinct("text_hash").alias("texts")
        )
        everywhere = Window.partitionBy("term")
        inside = Window.partitionBy("topic_id")
        weighed = counted.select(
            "*", F.sum("tf").over(everywhere).alias("tf_t"), F.sum("texts").over(everywhere).alias("texts_t"),
            F.sum("tf").over(inside).alias("tf_c"),
        )  # fmt: skip
        mean = counted.agg((F.sum("tf") / F.countDistinct("topic_id")).alias("mean"))
        scored = weighed.join(F.broadcast(mean)).withColumn(
            "weight", F.round(F.col("tf") / F.col("tf_c") * F.log1p(F.col("mean") / F.col("tf_t")), 9)
        )
        order = Window.partitionBy("topic_id").orderBy(F.desc("weight"), "term")
        strongest_words = scored.where(F.col("texts_t") >= min_texts).withColumn("place", F.row_number().over(order))
        listed = F.array_sort(F.collect_list(F.struct("place", "term", "weight")))
        rows = strongest_words.where(F.col("place") <= words).groupBy("topic_id").agg(listed.alias("ranked"))
        terms = F.transform("ranked", lambda one: F.struct(one["term"].alias("term"), one["weight"].alias("weight")))
        return rows.select("topic_id", terms.alias("terms"))

    return transform
