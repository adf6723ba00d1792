"""LDA topics over term counts, and the topic mixture of each text."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from pyspark.ml.clustering import LDA, LDAModel
from pyspark.ml.functions import vector_to_array
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from ..core.partitions import partitions_for
from .terms import COUNTS

TERMS_PER_TOPIC = 15
TERMS_IN_NAME = 3
RELEVANCE = 0.6
# the data alone sets the partitions: the start of a text's mixture depends on its own
TEXTS_PER_PARTITION = 25_000


@dataclass(frozen=True)
class Topics:
    """A fitted model over `vocabulary`."""

    model: LDAModel
    vocabulary: list[str]


def fit_topics(counted: DataFrame, vocabulary: list[str], topics: int, iterations: int, seed: int) -> Topics | None:
    """counted(text_hash, counts) -> topics, at most as many as there are texts with terms; None below two such texts.

    Online variational Bayes (Hoffman, Blei and Bach, 2010) over all texts in each of `iterations` passes. Same rows
    and seed give the same topics on any cluster to 1e-6: partitions are cut by text hash, and only the order in which
    they are summed is free. Runs about 2 Spark jobs a pass, and one that counts the texts.
    """
    filled = counted.where(F.aggregate(vector_to_array(COUNTS), F.lit(0.0), lambda total, x: total + x) > 0)
    texts = filled.count()
    if texts < 2:
        return None
    partitions = partitions_for(texts, TEXTS_PER_PARTITION)
    spread = filled.select("text_hash", COUNTS).repartition(partitions, "text_hash")
    ordered = spread.sortWithinPartitions("text_hash").cache()
    lda = LDA(k=max(2, min(topics, texts)), maxIter=iterations, seed=seed, featuresCol=COUNTS, optimizer="online")
    # full passes take long steps: the default offset of 1024 is meant for thousands of small batches
    lda = lda.setSubsamplingRate(1.0).setLearningOffset(2.0).setOptimizeDocConcentration(True)
    model = lda.fit(ordered)
    ordered.unpersist()
    return Topics(model, vocabulary)


def describe_topics(spark: SparkSession, topics: Topics) -> DataFrame:
    """-> rows of silver.topics: strongest terms first by relevance (Sievert and Shirley, 2014), ties by term.

    relevance = 0.6 ln p(term | topic) + 0.4 ln (p(term | topic) / p(term)): a term that every topic holds names none.
    """
    weights = topics.model.topicsMatrix().toArray()  # (terms, topics)
    share = weights / weights.sum(axis=0)
    overall = weights.sum(axis=1, keepdims=True) / weights.sum()
    relevance = RELEVANCE * np.log(share) + (1 - RELEVANCE) * np.log(share / overall)
    rows = []
    for topic_id in range(weights.shape[1]):
        ranked = zip(-relevance[:, topic_id].round(6), topics.vocabulary, share[:, topic_id].tolist(), strict=True)
        terms = [(term, probability) for _, term, probability in heapq.nsmallest(TERMS_PER_TOPIC, ranked)]
        rows.append((topic_id, ", ".join(term for term, _ in terms[:TERMS_IN_NAME]), terms))
    return spark.createDataFrame(rows, "topic_id int, name string, terms array<struct<term:string,weight:double>>")


def assign_topics(topics: Topics) -> Callable[[DataFrame], DataFrame]:
    """counted(text_hash, counts) -> rows of silver.document_topics; texts without a known term are left out. Lazy.

    The strongest topic wins, the smaller number in a tie.
    """

    def transform(counted: DataFrame) -> DataFrame:
        mixed = topics.model.transform(counted.select("text_hash", COUNTS))
        assigned = mixed.select("text_hash", vector_to_array("topicDistribution").alias("distribution"))
        assigned = assigned.where(F.aggregate("distribution", F.lit(0.0), lambda total, x: total + x) > 0.5)
        strongest = F.expr("array_position(distribution, array_max(distribution)) - 1").cast("int")
        return assigned.select("text_hash", strongest.alias("topic_id"), "distribution")

    return transform
