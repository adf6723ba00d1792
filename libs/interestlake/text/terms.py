"""Vocabulary with a fixed order, and the strongest terms of each text by tf-idf."""

from collections.abc import Callable

from pyspark.ml.feature import IDF, CountVectorizerModel
from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as F

COUNTS = "counts"


def build_vocabulary(features: DataFrame, vocabulary_size: int, min_document_count: int) -> list[str]:
    """features(tokens) -> at most `vocabulary_size` terms that stand in `min_document_count` texts or more.

    Most frequent by document first, ties by the term itself, so that term numbers never depend on partitions (Spark's
    own CountVectorizer leaves the order of ties open). Runs 1 Spark job.
    """
    terms = features.select(F.explode(F.array_distinct("tokens")).alias("term")).groupBy("term").count()
    frequent = terms.where(F.col("count") >= min_document_count).orderBy(F.desc("count"), "term").limit(vocabulary_size)
    return [row["term"] for row in frequent.collect()]


def count_terms(vocabulary: list[str]) -> Callable[[DataFrame], DataFrame]:
    """features(text_hash, tokens) -> (text_hash, tokens, counts: sparse vector over `vocabulary`). Lazy.

    Raises ValueError for an empty vocabulary.
    """
    model = CountVectorizerModel.from_vocabulary(vocabulary, inputCol="tokens", outputCol=COUNTS, minTF=1.0)
    return lambda features: model.transform(features.select("text_hash", "tokens"))


def inverse_document_frequency(spark: SparkSession, counted: DataFrame, vocabulary: list[str]) -> DataFrame:
    """counted(counts) -> idf(term, idf) with idf = ln((n+1)/(df+1)) over the n texts of `counted`. 1 Spark job."""
    idf = IDF(inputCol=COUNTS, outputCol="tfidf").fit(counted).idf.toArray()
    return spark.createDataFrame(list(zip(vocabulary, idf.tolist(), strict=True)), "term string, idf double")


def weigh_terms(idf: DataFrame, terms_per_text: int) -> Callable[[DataFrame], DataFrame]:
    """features(text_hash, tokens) -> rows of silver.term_weights: tf * idf, strongest first, ties by term. Lazy.

    Terms outside `idf`(term, idf) are left out.
    """

    def transform(features: DataFrame) -> DataFrame:
        tf = features.select("text_hash", F.explode("tokens").alias("term")).groupBy("text_hash", "term").count()
        weighed = tf.join(F.broadcast(idf), "term").withColumn("tfidf", F.round(F.col("count") * F.col("idf"), 9))
        strongest = Window.partitionBy("text_hash").orderBy(F.desc("tfidf"), "term")
        best = weighed.withColumn("place", F.row_number().over(strongest)).where(F.col("place") <= terms_per_text)
        return best.select("text_hash", "term", F.col("count").cast("int").alias("tf"), "tfidf")

    return transform
