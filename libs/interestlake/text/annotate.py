"""Spark NLP over each distinct text: sentences, tokens, lemmas, n-grams, YAKE keywords, sentiment."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from pyspark.ml import Pipeline, PipelineModel
from pyspark.ml.feature import StopWordsRemover
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from sparknlp.annotator import (
    Lemmatizer,
    NGramGenerator,
    Normalizer,
    SentenceDetector,
    StopWordsCleaner,
    Tokenizer,
    ViveknSentimentModel,
    YakeKeywordExtraction,
)
from sparknlp.base import DocumentAssembler

from ..core.only_row import only_row
from .lemmas import DICTIONARY, FORM_DELIMITER, KEY_DELIMITER
from .sentiment import train_sentiment

# changes whenever the rows that a text gets change
PIPELINE_VERSION = 1
# possessive endings, marks inside words, quotes around words, bare numbers
NOISE = ["'s$", r"[^\p{L}\p{N}']", r"^'+|'+$", r"^\d+$"]
# "guitar/amp" is two words, and so is "price,anywhere"
JOINED_WORDS = r"(?<=\p{L})[-/](?=\p{L})"
MARK_WITHOUT_SPACE = r"([,;:!?]|(?<=\p{Ll})\.(?=\p{Lu}))(?=\p{L})"
NEUTRAL_BELOW = 0.2


@dataclass(frozen=True)
class Annotator:
    """Fitted steps, and how often the sentiment was right on held-out texts (share in [0,1])."""

    words: PipelineModel
    sentiment: ViveknSentimentModel
    terms: PipelineModel
    annotator_id: str
    sentiment_accuracy: float


def distinct_texts(documents: DataFrame) -> DataFrame:
    """documents -> texts(text_hash, text, is_fit): item texts and reviews, each distinct text once.

    `is_fit` says whether a document outside the validation and test splits holds the text: only those may shape
    vocabularies, topics and item interests. Lazy.
    """
    is_fit = F.max(F.col("split").isin("train", "all")).alias("is_fit")
    spoken = documents.where("kind IN ('item', 'review')")
    return spoken.groupBy("text_hash").agg(F.min("text").alias("text"), is_fit)


def annotator_id(labels: DataFrame, max_keywords: int) -> str:
    """Hash of what shapes the features: settings and sentiment `labels`(text_hash, label). Runs 1 Spark job."""
    pairs = F.sort_array(F.collect_list(F.concat("text_hash", "label")))
    digest = only_row(labels.agg(F.sha2(F.concat_ws(",", pairs), 256)))[0]
    return hashlib.sha256(f"{PIPELINE_VERSION}/{max_keywords}/{digest}".encode()).hexdigest()[:16]


def fit_annotator(spark: SparkSession, labelled: DataFrame, annotator_id: str, max_keywords: int) -> Annotator:
    """A pipeline for column `text`, its sentiment trained on `labelled`(text_hash, text, label). About 6 Spark jobs."""
    stop_words = StopWordsRemover.loadDefaultStopWords("english")
    words = Pipeline(stages=[
        DocumentAssembler().setInputCol("text").setOutputCol("document"),
        SentenceDetector().setInputCols(["document"]).setOutputCol("sentence"),
        Tokenizer().setInputCols(["sentence"]).setOutputCol("token"),
        Normalizer().setInputCols(["token"]).setOutputCol("normal").setLowercase(True)
        .setCleanupPatterns(NOISE).setMinLength(2),
    ]).fit(spark.createDataFrame([("",)], "text string"))  # fmt: skip
    sentiment, accuracy = train_sentiment(words, labelled)
    lemmatizer = Lemmatizer().setInputCols(["content"]).setOutputCol("lemma")
    terms = Pipeline(stages=[
        StopWordsCleaner().setInputCols(["normal"]).setOutputCol("content").setStopWords(stop_words),
        lemmatizer.setDictionary(str(DICTIONARY), key_delimiter=KEY_DELIMITER, value_delimiter=FORM_DELIMITER),
        NGramGenerator().setInputCols(["lemma"]).setOutputCol("ngram").setN(2).setDelimiter(" "),
        YakeKeywordExtraction().setInputCols(["token"]).setOutputCol("yake").setMinNGrams(1).setMaxNGrams(2)
        .setNKeywords(max_keywords).setStopWords(stop_words),
    ]).fit(words.transform(labelled.limit(1)))  # fmt: skip
    return Annotator(words, sentiment, terms, annotator_id, accuracy)


def annotate(annotator: Annotator, max_keywords: int, partitions: int) -> Callable[[DataFrame], DataFrame]:
    """texts(text_hash, text) -> rows of silver.text_features, one per text. Lazy.

    polarity = (s + m) / 2 with s the sign of the whole text and m the mean sign of its sentences, both in [-1,1]:
    the model gives the direction, the agreement of the sentences the strength. Keywords are YAKE's (Campos et al.,
    2020) with their words as lemmas; a keyword found twice keeps its best score.
    """

    def transform(texts: DataFrame) -> DataFrame:
        spread = texts.repartition(partitions, "text_hash").select("text_hash", _spaced("text").alias("text"))
        whole = annotator.sentiment.transform(annotator.words.transform(spread))
        # the same model again, with the sentences in the place of the whole text
        for name, swapped in (("document", "whole"), ("sentence", "document"), ("sentiment", "whole_sentiment")):
            whole = whole.withColumnRenamed(name, swapped)
        by_sentence = annotator.sentiment.transform(whole)
        polarity = F.round((mean_sign("whole_sentiment") + mean_sign("sentiment")) / 2, 6)
        features = annotator.terms.transform(by_sentence).select(
            "text_hash",
            F.size("document").alias("sentence_count"),
            F.col("lemma.result").alias("tokens"),
            F.col("ngram.result").alias("ngrams"),
            _keywords(max_keywords).alias("keywords"),
            polarity.alias("polarity"),
        )
        label = F.when(F.abs("polarity") < NEUTRAL_BELOW, "neutral")
        label = label.when(F.col("polarity") > 0, "positive").otherwise("negative")
        return features.withColumn("polarity_label", label).withColumn("annotator_id", F.lit(annotator.annotator_id))

    return transform


def _spaced(text: str) -> Column:
    straight = F.translate(text, "’", "'")
    return F.regexp_replace(F.regexp_replace(straight, JOINED_WORDS, " "), MARK_WITHOUT_SPACE, "$1 ")


def mean_sign(column: str) -> Column:
    sign = "CASE x.result WHEN 'positive' THEN 1D WHEN 'negative' THEN -1D ELSE 0D END"
    return F.expr(f"aggregate({column}, 0D, (sum, x) -> sum + {sign}) / greatest(1, size({column}))")


def _keywords(max_keywords: int) -> Column:
    """YAKE's annotations -> array of (keyword, score), best first, its words replaced by the lemmas at their place."""
    inside = "filter(lemma, l -> l.begin >= k.begin AND l.end <= k.end)"
    words = f"array_join(transform({inside}, l -> l.result), ' ')"
    scored = f"transform(yake, k -> struct(round(cast(k.metadata['score'] AS double), 6) AS score, {words} AS keyword))"
    best_first = f"array_sort(filter({scored}, k -> length(k.keyword) > 2))"
    first_of_each = "filter(found, (k, i) -> array_position(transform(found, f -> f.keyword), k.keyword) = i + 1)"
    named = "transform({}, k -> struct(k.keyword AS keyword, k.score AS score))"
    kept = f"transform(array({best_first}), found -> slice({named.format(first_of_each)}, 1, {max_keywords}))"
    return F.expr(f"{kept}[0]")
