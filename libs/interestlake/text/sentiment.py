"""Sentiment trained with Spark NLP: labels from ratings or from a built-in grammar, a Vivekn model, its accuracy."""

import hashlib
from collections.abc import Callable
from itertools import product
from pathlib import Path

import yaml
from pyspark.ml import PipelineModel
from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F
from sparknlp.annotator import ViveknSentimentApproach

GRAMMAR = Path(__file__).with_name("data") / "sentiment.yml"
LABELS = ("positive", "negative")
HIGH, LOW = 0.75, 0.25
HELD_OUT_FIFTH = 0
SENTENCES_PER_LABEL = 600


def label_by_rating(max_labelled_texts: int) -> Callable[[DataFrame], DataFrame]:
    """documents(text_hash, kind, rating, split) -> labels(text_hash, label), as many positive as negative.

    Reviews of the train split only. A rating in the top quarter of the source's scale (smallest to largest rating
    seen) is positive, one in the bottom quarter negative; a text rated twice counts by its mean. Both labels are cut
    to the size of the smaller one and to half of `max_labelled_texts`, smallest text hash first. Lazy.
    """

    def transform(documents: DataFrame) -> DataFrame:
        rated = documents.where("kind = 'review' AND split = 'train' AND rating IS NOT NULL")
        scale = rated.agg(F.min("rating").alias("low"), F.max("rating").alias("high")).where("high > low")
        place = (F.col("rating") - F.col("low")) / (F.col("high") - F.col("low"))
        texts = rated.groupBy("text_hash").agg(F.avg("rating").alias("rating"))
        labelled = texts.join(F.broadcast(scale)).withColumn(
            "label", F.when(place >= HIGH, LABELS[0]).when(place <= LOW, LABELS[1])
        )
        clear = labelled.dropna(subset=["label"])
        sizes = clear.groupBy("label").count()
        smaller = sizes.agg(F.min("count").alias("cut"), F.count("*").alias("labels")).where("labels = 2")
        first = F.row_number().over(Window.partitionBy("label").orderBy("text_hash"))
        # a bound known to the plan: each task sends its first rows of a label, not all of them
        numbered = clear.withColumn("row", first).where(F.col("row") <= max_labelled_texts // 2)
        return numbered.join(F.broadcast(smaller)).where(F.col("row") <= F.col("cut")).select("text_hash", "label")

    return transform


def built_in_sentences(spark: SparkSession) -> DataFrame:
    """labelled(text_hash, text, label): sentences of the grammar in data/sentiment.yml, 600 of each label. Lazy."""
    rows = [(hashlib.sha256(text.encode()).hexdigest(), text, label) for label in LABELS for text in _sentences(label)]
    return spark.createDataFrame(rows, "text_hash string, text string, label string")


def _sentences(label: str) -> list[str]:
    grammar = yaml.safe_load(GRAMMAR.read_text(encoding="utf-8"))
    other = LABELS[1 - LABELS.index(label)]
    plain = _spoken(grammar, "subjects", "verbs", "adverbs", label)
    negated = _spoken(grammar, "subjects", "verbs", "negations", other)
    closing = grammar[f"{label}_sentences"]
    # ordered by hash: a fixed sample that spreads over the whole product
    spread = sorted(plain, key=_digest)[: SENTENCES_PER_LABEL * 5 // 6]
    spread += sorted(negated, key=_digest)[: SENTENCES_PER_LABEL - len(spread)]
    return [f"{text} {closing[i % len(closing)]}." if i % 3 == 0 else text for i, text in enumerate(spread)]


def _spoken(grammar: dict[str, list[str]], *parts: str) -> list[str]:
    return [" ".join(words) + "." for words in product(*(grammar[part] for part in parts))]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def fifth(text_hash: str) -> Column:
    """Which fifth (0..4) a text falls in, by the first 16 bits of its hash."""
    return F.conv(F.substring(text_hash, 1, 4), 16, 10).cast("int") % 5


def train_sentiment(words: PipelineModel, labelled: DataFrame) -> tuple[PipelineModel, float]:
    """`labelled`(text_hash, text, label) -> (Vivekn model, accuracy on the held-out fifth in [0,1]).

    Naive Bayes with negation (Narayanan, Arora and Bhatia, 2013) as in Spark NLP; `words` makes columns document and
    normal. The model never sees the held-out fifth, which is also left out of the one that is returned. Runs about
    6 Spark jobs; the accuracy is 0 where the fifth is empty.
    """
    tokens = words.transform(labelled.repartition(2, "text_hash").sortWithinPartitions("text_hash")).cache()
    train, held_out = (tokens.where(condition) for condition in (fifth("text_hash") != HELD_OUT_FIFTH,
                                                                 fifth("text_hash") == HELD_OUT_FIFTH))  # fmt: skip
    approach = ViveknSentimentApproach().setInputCols(["document", "normal"]).setOutputCol("sentiment")
    model = approach.setSentimentCol("label").setPruneCorpus(0).fit(train)
    right = F.avg((F.col("sentiment.result")[0] == F.col("label")).cast("double")).alias("accuracy")
    accuracy = model.transform(held_out).agg(right).first()["accuracy"]
    tokens.unpersist()
    return model, accuracy or 0.0
