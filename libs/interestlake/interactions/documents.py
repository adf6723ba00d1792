"""Texts about items: title and description, reviews, tags; each with the split that may read it."""

from collections.abc import Callable

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from ..text.clean import clean_and_mask
from .split import event_split

Transform = Callable[[DataFrame], DataFrame]
MAX_CHARACTERS = 20_000
SPOKEN = ("review", "tag")


def item_texts() -> Transform:
    """bronze.items -> (item_id, title, description, cut), cleaned and masked; `cut` where a text was too long. Lazy."""

    def transform(items: DataFrame) -> DataFrame:
        title, description = (clean_and_mask(F.col(name)).alias(name) for name in ("title", "description"))
        cleaned = items.select("item_id", title, description, "categories")
        cut = F.coalesce(F.length("description") > MAX_CHARACTERS, F.lit(False)).alias("cut")
        return cleaned.select("item_id", "title", _shortened("description").alias("description"), "categories", cut)

    return transform


def item_documents() -> Transform:
    """Cleaned items -> documents of kind item, title and description in one text; none without either. Lazy."""
    joined = _shortened(F.concat_ws(" ", _sentence(F.col("title")), F.col("description")))

    def transform(items: DataFrame) -> DataFrame:
        nothing = F.lit(None)
        return (
            items.withColumn("text", F.trim(joined))
            .where(F.length("text") > 0)
            .transform(_identified("item", nothing.cast("string")))
            .withColumn("rating", nothing.cast("double"))
            .withColumn("event_ts", nothing.cast("timestamp"))
            .withColumn("split", F.lit("all"))
            .transform(_document_columns)
        )

    return transform


def event_documents(pairs: DataFrame, ends: DataFrame) -> Transform:
    """bronze.events -> documents of kinds review and tag, plus `cut`; equal texts of one pair collapse to the first.

    Each carries the split of its event (`split.event_split`): that of its user-item pair in `pairs` (user_id, item_id,
    split), or a later one of `ends` (`split.split_ends`) that had begun when it was written, so no text of a held-out
    pair and none of a later time is read in training. A pair that is none of `pairs` (only tagged) counts as train
    until its person's train split ends. Lazy.
    """

    def transform(events: DataFrame) -> DataFrame:
        spoken = events.where(F.col("event_type").isin(*SPOKEN) & F.col("text").isNotNull())
        cleaned = spoken.withColumn("text", clean_and_mask(F.col("text"))).where(F.length("text") > 0)
        cut = cleaned.withColumn("cut", F.length("text") > MAX_CHARACTERS).withColumn("text", _shortened("text"))
        rated = cut.withColumn("rating", F.when(F.col("event_type") == "review", F.col("value")))
        placed = rated.join(pairs.select("user_id", "item_id", "split"), ["user_id", "item_id"], "left")
        of_person = "user_id" in ends.columns
        placed = placed.join(ends, "user_id", "left") if of_person else placed.crossJoin(F.broadcast(ends))
        placed = placed.withColumn("split", F.coalesce("split", F.lit("train"))).withColumn("split", event_split())
        identified = placed.transform(_identified(F.col("event_type"), F.col("user_id")))
        others = ("text_hash", "kind", "item_id", "user_id", "text", "rating", "event_ts", "split", "cut")
        # the same words said twice about one item: the first time counts, a missing time last
        order = F.struct(F.coalesce("event_ts", F.lit("9999-12-31").cast("timestamp")), F.col("event_id"))
        first = identified.groupBy("doc_id").agg(F.min_by(F.struct(*others), order).alias("first"))
        return first.select("doc_id", "first.*")

    return transform


def _document_columns(rows: DataFrame) -> DataFrame:
    return rows.select(
        "doc_id", "text_hash", "kind", "item_id", "user_id", "text", "rating", "event_ts", "split", F.col("cut")
    )


def _identified(kind: str | Column, user_id: Column) -> Transform:
    kind = F.lit(kind) if isinstance(kind, str) else kind

    def transform(rows: DataFrame) -> DataFrame:
        hashed = rows.withColumn("text_hash", F.sha2("text", 256)).withColumn("kind", kind)
        hashed = hashed.withColumn("user_id", user_id)
        parts = [F.col("kind"), F.col("item_id"), F.coalesce("user_id", F.lit("")), F.col("text_hash")]
        return hashed.withColumn("doc_id", F.sha2(F.concat_ws("|", *parts), 256))

    return transform


def _sentence(title: Column) -> Column:
    return F.when(title.rlike(r"[.!?…]$"), title).otherwise(F.concat(title, F.lit(".")))


def _shortened(text: str | Column) -> Column:
    return F.substring(text, 1, MAX_CHARACTERS)
