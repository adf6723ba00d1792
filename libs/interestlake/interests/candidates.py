"""What each kind of interest says of an item, before any is dropped: (item_id, kind, name_key, name, raw > 0).

`raw` counts evidence and is comparable within one kind only. Held-out documents never reach these functions:
`training_documents` cuts them off first.
"""

from collections.abc import Callable

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

COLUMNS = ("item_id", "kind", "name_key", "name", "raw")


def training_documents(documents: DataFrame) -> DataFrame:
    """documents -> those that the validation and test splits do not hide. Lazy."""
    return documents.where(F.col("split").isin("train", "all"))


def normal_name(name: str | Column) -> Column:
    """Lower case, trimmed, inner white space as one blank."""
    return F.lower(F.trim(F.regexp_replace(name, r"\s+", " ")))


def from_categories(items: DataFrame) -> DataFrame:
    """items(item_id, categories) -> candidates of kind category, raw 1. Lazy."""
    named = items.select("item_id", F.explode("categories").alias("category"))
    named = named.withColumn("name", F.trim(F.regexp_replace("category", r"\s+", " "))).where("length(name) > 0")
    return _candidates("category", named.withColumn("name_key", F.col("name")).withColumn("evidence", F.lit(1.0)), F.max)


def from_tags(documents: DataFrame) -> DataFrame:
    """training documents(kind, item_id, user_id, text) -> candidates of kind tag, raw = people who gave it. Lazy."""
    given = documents.where("kind = 'tag'").withColumn("name", normal_name("text")).where("length(name) > 0")
    once = given.select("item_id", "name", "user_id").distinct().withColumn("evidence", F.lit(1.0))
    return _candidates("tag", once.withColumn("name_key", F.col("name")), F.sum)


def from_keywords(features: DataFrame) -> Callable[[DataFrame], DataFrame]:
    """training documents(item_id, text_hash) -> candidates of kind keyword; features(text_hash, keywords). Lazy.

    raw = sum over the item's texts of 1 / (1 + YAKE score): the lower the score, the better the keyword.
    """

    def transform(documents: DataFrame) -> DataFrame:
        found = features.select("text_hash", F.explode("keywords").alias("k"))
        named = documents.select("item_id", "text_hash").join(found, "text_hash")
        named = named.withColumn("name", normal_name("k.keyword")).where("length(name) > 0")
        scored = named.withColumn("evidence", 1 / (1 + F.greatest(F.col("k.score"), F.lit(0.0))))
        return _candidates("keyword", scored.withColumn("name_key", F.col("name")), F.sum)

    return transform


def from_topics(mixtures: DataFrame, topics: DataFrame) -> Callable[[DataFrame], DataFrame]:
    """training documents(item_id, text_hash) -> candidates of kind topic. Lazy.

    `mixtures` is silver.document_topics, `topics` silver.topics. raw = mean probability of the topic over the item's
    texts; topics that are no likelier than chance (1 / number of topics) are left out.
    """

    def transform(documents: DataFrame) -> DataFrame:
        texts = documents.select("item_id", "text_hash").join(mixtures, "text_hash")
        spread = texts.select("item_id", F.size("distribution").alias("topics"), F.posexplode("distribution"))
        mean = spread.groupBy("item_id", F.col("pos").alias("topic_id")).agg(
            F.round(F.avg("col"), 9).alias("evidence"), F.max("topics").alias("topics")
        )
        likely = mean.where(F.col("evidence") > 1 / F.col("topics"))
        named = likely.join(F.broadcast(topics.select("topic_id", "name")), "topic_id")
        return _candidates("topic", named.withColumn("name_key", F.col("topic_id").cast("string")), F.max)

    return transform


def _candidates(kind: str, evidence: DataFrame, gather: Callable[[str], Column]) -> DataFrame:
    grouped = evidence.groupBy("item_id", "name_key", "name").agg(F.round(gather("evidence"), 9).alias("raw"))
    return grouped.withColumn("kind", F.lit(kind)).select(*COLUMNS)
