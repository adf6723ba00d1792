"""The order in which a person's interests are read: kinds that people name before words that were cut out of texts."""

from collections.abc import Callable

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from .reading_key import AS_EVERYBODY, NAMED_KINDS


def is_bare_word(kind: Column, name: Column) -> Column:
    """A keyword of one word: cut out of a text, named by nobody. `name`: the name or the id, which ends in it."""
    return (kind == "keyword") & ~F.contains(F.trim(name), F.lit(" "))


def class_of(kind: Column, name: Column) -> Column:
    """0: categories, tags, entities; 1: phrases and topics; 2: bare words."""
    return F.when(kind.isin(*NAMED_KINDS), 0).when(is_bare_word(kind, name), 2).otherwise(1)


def is_told(kind: Column, strength: Column) -> Column:
    """`reading_key.is_told` of columns."""
    return kind.isin(*NAMED_KINDS) | (strength > AS_EVERYBODY)


def first_interests(vocabulary: DataFrame, k: int) -> Callable[[DataFrame], DataFrame]:
    """gold.interest_map rows -> (user_id, interest_id, kind, name, place <= k), in reading order. Lazy.

    Only what a person chooses beyond what everybody does, so that some have fewer than k. vocabulary(interest_id, kind,
    name).
    """

    def transform(interest_map: DataFrame) -> DataFrame:
        beyond = interest_map.where(F.col("strength") > AS_EVERYBODY)
        named = beyond.join(vocabulary.select("interest_id", "kind", "name"), "interest_id")
        first = class_of(F.col("kind"), F.col("interest_id"))
        order = Window.partitionBy("user_id").orderBy(first, F.desc("strength"), F.desc("share"), "interest_id")
        placed = named.withColumn("place", F.row_number().over(order)).where(F.col("place") <= k)
        return placed.select("user_id", "interest_id", "kind", "name", "place")

    return transform
