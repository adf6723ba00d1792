"""Raw evidence that an item carries an interest, one function per kind; only texts that no split hides count."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

VISIBLE_SPLITS = ("train", "all")


def visible(documents: DataFrame) -> DataFrame:
    """Documents of train or of the catalogue: held-out reviews and tags must not shape an item. Lazy."""
    return documents.where(F.col("split").isin(*VISIBLE_SPLITS))


def category_candidates(items: DataFrame) -> DataFrame:
    """items(item_id, categories) -> candidates with score 1 per category. Lazy."""
    named = items.select("item_id", F.explode("categories").alias("name"))
    return named.select(
        "item_id", F.lit("category").alias("kind"), F.trim("name").alias("name"), F.lit(1.0).alias("score")
    )


def tag_candidates(documents: DataFrame) -> DataFrame:
    """documents of kind tag -> candidates; score = people who gave the tag; lower case, single blanks. Lazy."""
    name = F.lower(F.trim(F.regexp_replace("text", r"\s+", " ")))
    tags = visible(documents).where("kind = 'tag'").withColumn("name", name)
    return tags.groupBy("item_id", F.lit("tag").alias("kind"), "name").agg(
        F.countDistinct("user_id").cast("double").alias("score")
    )


def keyword_candidates(documents: DataFrame, features: DataFrame) -> DataFrame:
    """documents, text_features(text_hash, keywords) -> candidates; score = sum of 1 / (1 + YAKE score). Lazy.

    YAKE's score is lower for better keywords (Campos et al., 2020), hence the reciprocal.
    """
    texts = visible(documents).where("kind <> 'tag'").select("item_id", "text_hash")
    keywords = texts.join(features.select("text_hash", F.explode("keywords").alias("k")), "text_hash")
    scored = keywords.select(
        "item_id", F.lower(F.trim("k.keyword")).alias("name"), (1 / (1 + F.col("k.score"))).alias("s")
    )
    return scored.groupBy("item_id", F.lit("keyword").alias("kind"), "name").agg(F.sum("s").alias("score"))


def topic_candidates(documents: DataFrame, document_topics: DataFrame) -> DataFrame:
    """documents, document_topics -> candidates named by topic number; score = mean probability over the item's texts.

    Topics below an even share of the mixture are left out: they are what any text has. Lazy.
    """
    texts = visible(documents).where("kind <> 'tag'").select("item_id", "text_hash")
    mixed = texts.join(document_topics.select("text_hash", F.posexplode("distribution")), "text_hash")
    means = mixed.groupBy("item_id", "pos").agg(F.avg("col").alias("score"))
    even = document_topics.agg(F.max(F.size("distribution")).alias("topics"))
    likely = means.crossJoin(F.broadcast(even)).where("score > 1.0 / topics")
    return likely.select("item_id", F.lit("topic").alias("kind"), F.col("pos").cast("string").alias("name"), "score")
