"""The sentences of gold.recommendations by what they say: every title, count, fact and interest is looked up."""

from collections.abc import Mapping
from functools import reduce

import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..gather import fact_frames
from ..named_facts import CATEGORY, relation_words
from ..write_reason import NAME_WORDS, in_common, listed, shortened, title_said
from .reasons import people_of_items

KEY = ["user_id", "item_id"]
INTEREST_SAID = r"(?i)(?:fits|shares) your interest in (.*?)(?:(?:: |, and )(?:people|this) .*)?\.$"
FACT_SAID = r"[;:] (?:same|both) "


def people_with_both(pairs_asked: DataFrame, pairs: DataFrame) -> DataFrame:
    """pairs_asked(e, item_id) distinct -> (e, item_id, both, onward): people with both; with e before the item."""
    chosen = pairs.where("weight > 0")
    first = pairs_asked.join(chosen.select(F.col("item_id").alias("e"), "user_id", F.col("position").alias("p")), "e")
    both = first.join(chosen.select("item_id", "user_id", F.col("position").alias("q")), ["item_id", "user_id"])
    return both.groupBy("e", "item_id").agg(
        F.count("*").alias("both"), F.count_if(F.col("p") < F.col("q")).alias("onward")
    )


def sentences(tables: Mapping[str, DataFrame]) -> DataFrame:
    """gold.recommendations -> (kind, user_id, item_id, statement, true): all that a sentence names is looked up.

    Titles in quotes: of items in the history, which one or more people chose together with the item where the sentence
    speaks of people. A fact: its words stand there, and both items carry it. "n people chose it": of all pairs. An
    interest: held and carried. Friends: one or more with the item. Lazy.
    """
    lists = tables["gold.recommendations"]
    for name in ("named", "fact", "interests"):  # a list of before they were written
        if name not in lists.columns:
            lists = lists.withColumn(name, F.lit(None).cast("array<string>"))
    bare = F.regexp_replace("reason", "“[^”]*”", "“”")
    told = F.regexp_extract(
        bare, r"(?i)(?:fits|shares) your interest in (.*?)(?:(?:: |, and )(?:people|this) .*)?\.$", 1
    )
    said = F.coalesce("interests", F.when(told != "", F.array(told)), F.array().cast("array<string>"))
    fact = F.coalesce("fact", F.array().cast("array<string>")).alias("fact")
    whole = [F.col("reason").alias("statement"), bare.alias("bare"), told.alias("told"), "named", fact]
    lists = lists.select(*KEY, *whole, said.alias("interests"))
    pairs = tables["silver.interactions"].select("user_id", "item_id", "split", "weight", "position")
    rows = lists.join(pairs.transform(people_of_items), "item_id", "left")
    for part in (_titles(lists, tables, pairs), _interests(lists, tables), _facts(lists, tables),
                 _friends(tables, pairs)):  # fmt: skip
        rows = rows.join(part, KEY, "left")
    words = _words()
    people = F.regexp_extract("bare", r"(\d[\d,]*) (?:person|people) chose it", 1)
    holds = (
        F.coalesce("known", ~F.col("statement").contains("“"))
        & (~F.col("bare").rlike("also chose this|soon before or after “") | (F.col("both") >= 1))
        & ((people == "") | (F.regexp_replace(people, ",", "").cast("bigint") == F.col("user_count")))
        & (F.col("told") == words["listed"]("interests"))
        & ((F.size("interests") == 0) | F.coalesce(F.col("shared") == F.size("interests"), F.lit(False)))
        & (F.col("bare").rlike(FACT_SAID) == (F.size("fact") == 2))
        & ((F.size("fact") == 0)
           | (F.coalesce("carried", F.lit(False)) & F.col("statement").contains(words["in_common"]("fact"))))
        & ~F.col("bare").contains("has facts in common")  # as lists once said, without naming which
        & (~F.col("bare").contains("friends' choices") | (F.coalesce("friends", F.lit(0)) >= 1))
    )  # fmt: skip
    return rows.withColumns({"kind": F.lit("sentence"), "true": holds})


def _words() -> dict:
    """The words of a title, of interests and of a fact, as a sentence writes them."""

    @F.pandas_udf("string")
    def title(titles: pd.Series) -> pd.Series:
        return titles.map(title_said)

    @F.pandas_udf("string")
    def name(names: pd.Series) -> pd.Series:
        return names.map(lambda one: shortened(one, NAME_WORDS))

    @F.pandas_udf("string")
    def all_listed(names: pd.Series) -> pd.Series:
        return names.map(lambda ones: listed(list(ones)) if len(ones) else "")

    @F.pandas_udf("string")
    def common(facts: pd.Series) -> pd.Series:
        return facts.map(lambda fact: in_common(*fact) if len(fact) == 2 else "")

    @F.pandas_udf("string")
    def relation(predicates: pd.Series) -> pd.Series:
        return predicates.map(relation_words)

    return {"title": title, "name": name, "listed": all_listed, "in_common": common, "relation": relation}


def _titles(lists: DataFrame, tables: Mapping[str, DataFrame], pairs: DataFrame) -> DataFrame:
    """-> (user_id, item_id, known: every quoted title is of the history, both: people who chose its item and this)."""
    title = _words()["title"]
    titles = tables["silver.items"].select("item_id", title("title").alias("read"))
    history = pairs.select("user_id", F.col("item_id").alias("e")).distinct().join(
        titles.select(F.col("item_id").alias("e"), "read"), "e")  # fmt: skip
    quoted = F.regexp_extract_all("statement", F.lit("“([^”]*)”"), 1)
    said = lists.withColumn("read", F.explode(F.array_distinct(quoted))).join(history, ["user_id", "read"], "left")
    # of two items of one title the one that the row names is meant
    said = said.where(F.col("named").isNull() | F.col("e").isNull() | F.array_contains("named", F.col("e")))
    quotes = lists.select(*KEY, F.explode(F.array_distinct(quoted)).alias("read"))
    counts = people_with_both(said.where("e IS NOT NULL").select("e", "item_id").distinct(), pairs)
    met = quotes.join(said.select(*KEY, "read", "e"), [*KEY, "read"], "left").join(counts, ["e", "item_id"], "left")
    known, both = F.max(F.col("e").isNotNull()).alias("known"), F.max(F.coalesce("both", F.lit(0))).alias("both")
    per_title = met.groupBy(*KEY, "read").agg(known, both)
    return per_title.groupBy(*KEY).agg(F.min("known").alias("known"), F.min("both").alias("both"))


def _interests(lists: DataFrame, tables: Mapping[str, DataFrame]) -> DataFrame:
    """-> (user_id, item_id, shared: how many of the interests that are named the person holds and the item carries)."""
    name = _words()["name"]
    names = tables["silver.interests"].select("interest_id", name("name").alias("interest"))
    carried = tables["silver.item_interests"].select("item_id", "interest_id").join(names, "interest_id")
    held = tables["gold.interest_map"].select("user_id", "interest_id")
    said = lists.select(*KEY, F.explode(F.array_distinct("interests")).alias("interest"))
    met = said.join(carried, ["item_id", "interest"]).join(held, ["user_id", "interest_id"])
    return met.groupBy(*KEY).agg(F.countDistinct("interest").cast("int").alias("shared"))


def _facts(lists: DataFrame, tables: Mapping[str, DataFrame]) -> DataFrame:
    """-> (user_id, item_id, carried: true) where the one item that is named and the listed one carry the fact."""
    relation = _words()["relation"]
    attributes, facts, categories = fact_frames(tables)
    one = F.explode(F.array_union(F.array(F.trim("value")), F.transform(F.split("value", ","), F.trim)))
    parts = (
        attributes.select("item_id", relation("relation").alias("r"), one.alias("v")),
        facts.select("item_id", relation("predicate").alias("r"), F.trim("object").alias("v")),
        categories.select("item_id", F.lit(CATEGORY).alias("r"), F.col("value").alias("v")),
    )
    carried = reduce(DataFrame.unionByName, parts).distinct()
    said = lists.where((F.size("fact") == 2) & (F.size("named") == 1)).select(
        *KEY, F.col("named")[0].alias("e"), F.col("fact")[0].alias("r"), F.col("fact")[1].alias("v"))  # fmt: skip
    met = said.join(carried, ["item_id", "r", "v"]).join(carried.withColumnRenamed("item_id", "e"), ["e", "r", "v"])
    return met.select(*KEY).distinct().withColumn("carried", F.lit(True))


def _friends(tables: Mapping[str, DataFrame], pairs: DataFrame) -> DataFrame:
    """-> (user_id, item_id, friends: how many of the person's friends chose the item)."""
    links = tables["silver.friends"] if "silver.friends" in tables else None
    if links is None:
        return pairs.select(*KEY, F.lit(0).alias("friends")).limit(0)
    chosen = pairs.select(F.col("user_id").alias("friend_id"), "item_id").distinct()
    met = links.select("user_id", "friend_id").distinct().join(chosen, "friend_id")
    return met.groupBy(*KEY).agg(F.count("*").alias("friends"))
