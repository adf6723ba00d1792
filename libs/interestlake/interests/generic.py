"""Words that say nothing of a person: a stop list, verbs alone, and what too many items carry."""

from collections.abc import Callable
from functools import lru_cache

import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..text.lemmas import IRREGULAR
from ..text.words import content_of, lemma_of

# of the irregular words, the ones that name a thing; the others are verbs, which alone name no interest
THINGS = frozenset("child foot man mouse person tooth woman".split())
VERBS = frozenset(IRREGULAR) - THINGS
GENERIC = frozenset(
    # people and parts of life that every story has
    "man woman child person people guy girl boy kid friend life world time way place thing name hand eye head home "
    # periods and counts
    "day night year month week hour minute today one two three four five six seven eight nine ten hundred thousand "
    "million first second third last next part number half couple group ii iii iv "
    # measures and opinions
    "new old young big small little long short high low good great bad best better worst nice fine real true full big "
    "many much more most less own same different favourite favorite awesome amazing boring overrated underrated "
    # what a text says of itself, and what a person does with an item
    "story tale plot movie film book song album track artist band music review product item version edition title "
    "series set copy star end start beginning idea kind lot bit fact reason case problem question point "
    "seen live owned own dvd vhs watch listen read try use work call turn leave help ask want need look play stop "
    # forms of address and particles of foreign names
    "mr mrs dr st la le el de del di da der die das les los und et".split()
)


@lru_cache(maxsize=1)
def generic_lemmas() -> frozenset[str]:
    return frozenset(lemma_of(word) for word in GENERIC) | GENERIC | VERBS


def is_generic(name: str) -> bool:
    """Whether each word of a name is a stop word, a verb alone, a number, one letter or on the list."""
    content = content_of(name)
    return all(word in generic_lemmas() or word.isdigit() or len(word) < 2 for word in content)


def without_generic(max_word_share: float) -> Callable[[DataFrame], DataFrame]:
    """candidates(item_id, kind, name, score) -> without generic tags and keywords, and without common bare words.

    Common: a keyword of one word on more than `max_word_share` of the items that have keywords. Categories are the
    publisher's, topics have their own test. Lazy.
    """

    @F.pandas_udf("boolean")
    def generic(names: pd.Series) -> pd.Series:
        return names.map(is_generic)

    def transform(candidates: DataFrame) -> DataFrame:
        words = candidates.where("kind IN ('tag', 'keyword')")
        told = words.select("kind", "name").distinct().where(generic("name"))
        of_texts = words.where("kind = 'keyword'")
        whole = of_texts.agg(F.countDistinct("item_id").alias("items"))
        bare = of_texts.where(~F.contains("name", F.lit(" "))).groupBy("kind", "name")
        bare = bare.agg(F.countDistinct("item_id").alias("carriers")).crossJoin(F.broadcast(whole))
        common = bare.where((F.col("carriers") > max_word_share * F.col("items")) & (F.col("carriers") > 2))
        gone = told.unionByName(common.select("kind", "name")).distinct()
        return candidates.join(F.broadcast(gone), ["kind", "name"], "left_anti").select(*candidates.columns)

    return transform
