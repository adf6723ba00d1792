"""Interests that are never inferred: those whose name holds a hidden word, and all of items whose name does."""

from collections.abc import Callable, Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..text.holds_word import holds_word


def hidden_items(words: Sequence[str]) -> Callable[[DataFrame], DataFrame]:
    """items(item_id, title, categories) -> (item_id) of those whose title or category holds one of `words`. Lazy."""
    named = F.concat_ws(" | ", "title", "categories")
    return lambda items: items.where(holds_word(words)(named)).select("item_id")


def without_hidden(words: Sequence[str], items: DataFrame, topics: DataFrame) -> Callable[[DataFrame], DataFrame]:
    """candidates(item_id, kind, name, score) -> the same without those that must not be inferred of anybody. Lazy.

    A topic is known by its name, the terms that a person would read.
    """
    if not words:
        return lambda candidates: candidates
    holds = holds_word(words)
    number = F.col("topic_id").cast("string").alias("name")  # what names a topic before it is read
    bad_topics = topics.where(holds(F.col("name"))).select(F.lit("topic").alias("kind"), number)

    def transform(candidates: DataFrame) -> DataFrame:
        shown = candidates.where((F.col("kind") == "topic") | ~holds(F.col("name")))
        shown = shown.join(F.broadcast(bad_topics), ["kind", "name"], "left_anti")
        shown = shown.join(items.transform(hidden_items(words)), "item_id", "left_anti")
        return shown.select("item_id", "kind", "name", "score")

    return transform
