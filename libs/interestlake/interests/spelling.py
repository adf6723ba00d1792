"""One node per thing: spellings, cases, plurals and kinds of one name come together."""

import re
import unicodedata

import pandas as pd
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from ..text.words import singular_of

KINDS = ("category", "tag", "keyword")  # the first that has a name keeps it
SEPARATORS = re.compile(r"[\s\-_/.,:;!?()\[\]\"]+")
APOSTROPHES = re.compile(r"['’`]")


def spelling_key(name: str) -> str:
    """What all spellings of one name share: no case, accents, blanks, hyphens or plural; & is and. `#`, `+` stay.

    >>> spelling_key("Sci-Fi") == spelling_key("sci fi") == spelling_key("SciFi")
    True
    >>> spelling_key("Café Owners") == spelling_key("cafe owner")
    True
    """
    plain = unicodedata.normalize("NFKD", name.casefold().replace("&", " and "))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = [singular_of(word) for word in SEPARATORS.split(plain) if word]
    return APOSTROPHES.sub("", "".join(words)) or name


def merge_spellings(candidates: DataFrame) -> DataFrame:
    """candidates(item_id, kind, name, score > 0) -> the same with one kind and name per `spelling_key`. Lazy.

    Kept is the first kind of KINDS, then the spelling on most items, then the smaller one. Scores of one item add up
    within a kind. A tag that is a category's name makes its item one of the category, as people said so, with a
    category's score of 1; a keyword under another kind's name is left out: words in a text make no member. Topics stay.
    """

    @F.pandas_udf("string")
    def key(names: pd.Series) -> pd.Series:
        return names.map(spelling_key)

    named = candidates.where(F.col("kind").isin(*KINDS))
    counted = named.groupBy("kind", "name").agg(F.countDistinct("item_id").alias("carriers"))
    keyed = counted.withColumn("key", key("name")).withColumn("order", _place("kind"))
    first = Window.partitionBy("key").orderBy("order", F.desc("carriers"), "name")
    heads = keyed.select(
        "kind", "name", F.first("kind").over(first).alias("kept_kind"), F.first("name").over(first).alias("kept_name")
    )
    joined = named.join(heads, ["kind", "name"])
    joined = joined.where((F.col("kind") == F.col("kept_kind")) | (F.col("kind") == "tag"))
    summed = joined.groupBy("item_id", F.col("kept_kind").alias("kind"), F.col("kept_name").alias("name")).agg(
        F.sum("score").alias("score")
    )
    scored = summed.withColumn("score", F.when(F.col("kind") == "category", 1.0).otherwise(F.col("score")))
    others = candidates.where(~F.col("kind").isin(*KINDS)).select("item_id", "kind", "name", "score")
    return scored.select("item_id", "kind", "name", "score").unionByName(others)


def _place(kind: str) -> Column:
    order = F.when(F.col(kind) == KINDS[0], 0)
    for place, name in enumerate(KINDS[1:], 1):
        order = order.when(F.col(kind) == name, place)
    return order
