"""Every row of gold.reasons and every sentence of gold.recommendations, held against the tables they speak of."""

from collections.abc import Mapping
from functools import reduce

import pandas as pd
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from ..write_reason import plain
from .reasons import alpha_column, cosine, item_facts, people_of_items

TOLERANCE = 1e-5


def replay(tables: Mapping[str, DataFrame]) -> DataFrame:
    """-> (kind, user_id, item_id, statement, true boolean), one row per reason and one of kind "sentence" per list row.

    Counts are taken anew from silver.interactions, not from the graph's tables: "at least n people" holds where n or
    more people chose both (in this order, for chosen_next). A reason about an item that is not in
    the person's list, or from an item that is not in the person's history, is false. Lazy.
    """
    reasons = tables["gold.reasons"].withColumns({
        "e": F.when(F.size("path") > 2, F.col("path")[1]), "ends": F.element_at("path", -1) == F.col("item_id"),
    })  # fmt: skip
    pairs = tables["silver.interactions"].select("user_id", "item_id", "split", "weight", "position")
    there = tables["gold.recommendations"].select("user_id", "item_id", "sources", "score", F.lit(True).alias("listed"))
    base = reasons.join(there, ["user_id", "item_id"], "left")
    starts = F.col("path")[0] == F.col("user_id")
    base = base.withColumn("ok", F.coalesce("listed", F.lit(False)) & F.col("ends") & starts)
    owned = pairs.select("user_id", F.col("item_id").alias("e")).distinct().withColumn("held", F.lit(True))
    linked = base.where(F.col("kind").isin("chosen_together", "chosen_next", "alike", "fact")).join(
        owned, ["user_id", "e"], "left").withColumn("ok", F.col("ok") & F.coalesce("held", F.lit(False)))  # fmt: skip
    together, onward = _counted(linked, pairs)
    parts = [
        together, onward, _alike(linked, tables), _popular(base, tables["silver.interactions"]), _sources(base),
        _interest(base, tables, "interest"),
    ]  # fmt: skip
    if "silver.documents" in tables:
        parts.append(_span(base, tables))
    if "silver.friends" in tables:
        parts.append(_friends(base, tables["silver.friends"], pairs))
    if "silver.facts" in tables:
        parts.append(_fact(linked, tables["silver.facts"]))
    checked = [part.select("kind", "user_id", "item_id", "statement", F.coalesce("true", F.lit(False)).alias("true"))
            for part in (*parts, sentences(tables))]  # fmt: skip
    return reduce(DataFrame.unionByName, checked)


def _judged(rows: DataFrame, holds: Column) -> DataFrame:
    return rows.withColumn("true", F.col("ok") & F.coalesce(holds, F.lit(False)))


def people_with_both(pairs_asked: DataFrame, pairs: DataFrame) -> DataFrame:
    """pairs_asked(e, item_id) distinct -> (e, item_id, both, onward): people with both; with e before the item."""
    chosen = pairs.where("weight > 0")
    first = pairs_asked.join(chosen.select(F.col("item_id").alias("e"), "user_id", F.col("position").alias("p")), "e")
    both = first.join(chosen.select("item_id", "user_id", F.col("position").alias("q")), ["item_id", "user_id"])
    return both.groupBy("e", "item_id").agg(
        F.count("*").alias("both"), F.count_if(F.col("p") < F.col("q")).alias("onward")
    )


def _counted(linked: DataFrame, pairs: DataFrame) -> tuple[DataFrame, DataFrame]:
    pairs_asked = linked.where(F.col("kind").isin("chosen_together", "chosen_next")).select("e", "item_id").distinct()
    counted = linked.join(people_with_both(pairs_asked, pairs), ["e", "item_id"], "left")
    parts = []
    for kind, column in (("chosen_together", "both"), ("chosen_next", "onward")):
        said = F.col("statement").contains(F.format_string("at least %d people", F.col("count")))
        parts.append(_judged(counted.where(F.col("kind") == kind), (F.col("count") >= 1) & said
                             & (F.col(column) >= F.col("count"))))  # fmt: skip
    return parts[0], parts[1]


def _alike(linked: DataFrame, tables: Mapping[str, DataFrame]) -> DataFrame:
    items = tables["silver.items"].select("item_id", "item_index")
    vectors = tables["models.item_features"].join(items, "item_index").select("item_id", "text_vector")
    both = linked.where("kind = 'alike'").join(vectors.toDF("item_id", "v"), "item_id", "left")
    both = both.join(vectors.toDF("e", "w"), "e", "left")
    return _judged(both, F.abs(cosine(F.col("v"), F.col("w")) - F.col("value")) <= TOLERANCE)


def _popular(base: DataFrame, pairs: DataFrame) -> DataFrame:
    rows = base.where("kind = 'popular'").join(pairs.transform(people_of_items), "item_id", "left")
    said = F.col("statement").startswith(F.format_string("%d people", F.col("user_count")))
    return _judged(rows, (F.col("count") == F.col("user_count")) & said)


def _sources(base: DataFrame) -> DataFrame:
    rows = base.where("kind = 'sources'")
    again = alpha_column(F.col("sources"))
    apart = F.aggregate(F.map_values(F.map_zip_with("alpha", again, lambda k, a, b: F.abs(a - b))), F.lit(0.0),
                        lambda total, v: total + F.coalesce(v, F.lit(1.0)))  # fmt: skip
    whole = F.aggregate(F.map_values("alpha"), F.lit(0.0), lambda total, v: total + v)
    return _judged(rows, (apart <= TOLERANCE) & (F.abs(whole - 1) <= TOLERANCE) & (F.col("value") == F.col("score")))


def _interest(base: DataFrame, tables: Mapping[str, DataFrame], kind: str) -> DataFrame:
    rows = base.where(F.col("kind") == kind).withColumn("interest_id", F.col("e"))
    profiles = tables["gold.interest_map"].select("user_id", "interest_id", "share")
    carried = tables["silver.item_interests"].select("item_id", "interest_id", F.col("weight").alias("w"))
    met = rows.join(profiles, ["user_id", "interest_id"], "left").join(carried, ["item_id", "interest_id"], "left")
    return _judged(met, F.abs(F.col("share") * F.col("w") - F.col("value")) <= TOLERANCE)


def _span(base: DataFrame, tables: Mapping[str, DataFrame]) -> DataFrame:
    rows = base.where("kind = 'span'").withColumn("interest_id", F.col("e"))
    texts = tables["silver.documents"].select("doc_id", F.col("item_id").alias("about"), "text")
    names = tables["silver.interests"].select("interest_id", "name")
    met = rows.join(texts, "doc_id", "left").join(names, "interest_id", "left")
    quoted = F.expr("substring(text, span_start + 1, span_end - span_start)")
    said = F.col("statement").endswith(F.concat(F.lit("“"), quoted, F.lit("”")))
    return _judged(met, (F.col("about") == F.col("item_id")) & (F.lower(quoted) == F.lower("name")) & said)


def _friends(base: DataFrame, friends: DataFrame, pairs: DataFrame) -> DataFrame:
    rows = base.where("kind = 'friends'")
    links = friends.select("user_id", "friend_id").distinct()
    asked = rows.select("user_id", "item_id").distinct().join(links, "user_id")
    chosen = pairs.select(F.col("user_id").alias("friend_id"), "item_id").distinct()
    counts = asked.join(chosen, ["friend_id", "item_id"]).groupBy("user_id", "item_id").agg(F.count("*").alias("n"))
    return _judged(rows.join(counts, ["user_id", "item_id"], "left"), F.col("n") == F.col("count"))


def _fact(linked: DataFrame, facts: DataFrame) -> DataFrame:
    rows = linked.where("kind = 'fact'").withColumns({"predicate": F.col("path")[2], "object": F.col("path")[3]})
    said = item_facts(facts)
    mine = said.withColumn("has_item", F.lit(True))
    theirs = said.withColumnRenamed("item_id", "e").withColumn("has_e", F.lit(True))
    met = rows.join(mine, ["item_id", "predicate", "object"], "left").join(theirs, ["e", "predicate", "object"], "left")
    return _judged(met, F.col("has_item") & F.col("has_e"))


def sentences(tables: Mapping[str, DataFrame]) -> DataFrame:
    """gold.recommendations -> one row a sentence: all that it names is looked up.

    Titles in quotes: of items in the history, which one or more people chose together with the item where the sentence
    speaks of people, and which carry a fact of the item where it speaks of facts in common. "n people chose it": of
    all pairs. An interest: held and carried. Friends: one or more with the item.
    """

    @F.pandas_udf("string")
    def read(titles: pd.Series) -> pd.Series:
        return titles.map(plain)

    lists = tables["gold.recommendations"].select("user_id", "item_id", F.col("reason").alias("statement"))
    titles = tables["silver.items"].select("item_id", read("title").alias("read"))
    pairs = tables["silver.interactions"].select("user_id", "item_id", "split", "weight", "position")
    history = pairs.select("user_id", F.col("item_id").alias("e")).distinct().join(
        titles.select(F.col("item_id").alias("e"), "read"), "e")  # fmt: skip
    quoted = F.regexp_extract_all("statement", F.lit("“([^”]*)”"), 1)
    named = lists.withColumn("read", F.explode(F.array_distinct(quoted))).join(history, ["user_id", "read"], "left")
    counts = people_with_both(named.where("e IS NOT NULL").select("e", "item_id").distinct(), pairs)
    named = named.join(counts, ["e", "item_id"], "left")
    per_title = named.groupBy("user_id", "item_id", "read").agg(
        F.max(F.col("e").isNotNull()).alias("known"), F.max(F.coalesce("both", F.lit(0))).alias("both"),
        F.max(F.coalesce("onward", F.lit(0))).alias("onward"))  # fmt: skip
    per_item = per_title.groupBy("user_id", "item_id").agg(
        F.min("known").alias("known"), F.min("both").alias("both"), F.min("onward").alias("onward"))  # fmt: skip
    rows = lists.join(per_item, ["user_id", "item_id"], "left").join(
        pairs.transform(people_of_items), "item_id", "left"
    )
    interest = F.regexp_extract("statement", r"(?i)it shares your interest in (.*)\.$", 1)
    carried = tables["silver.item_interests"].join(
        tables["silver.interests"].select("interest_id", read("name").alias("interest")), "interest_id")  # fmt: skip
    both = carried.select("item_id", "interest_id", "interest").join(
        tables["gold.interest_map"].select("user_id", "interest_id"), "interest_id"
    ).select("user_id", "item_id", "interest").distinct().withColumn("shared", F.lit(True))  # fmt: skip
    rows = rows.withColumn("interest", interest).join(both, ["user_id", "item_id", "interest"], "left")
    friends = tables.get("silver.friends")
    if friends is None:
        rows = rows.withColumn("n", F.lit(0))
    else:
        chosen = pairs.select(F.col("user_id").alias("friend_id"), "item_id").distinct()
        met = friends.select("user_id", "friend_id").distinct().join(chosen, "friend_id")
        rows = rows.join(met.groupBy("user_id", "item_id").agg(F.count("*").alias("n")), ["user_id", "item_id"], "left")
    rows = rows.join(_in_common(named, tables), ["user_id", "item_id"], "left")
    people = F.regexp_extract("statement", r"(\d[\d,]*) (?:person|people) chose it", 1)
    holds = (
        F.coalesce("known", F.size(quoted) == 0)
        & (~F.col("statement").contains("also chose this") | (F.col("both") >= 1))
        & (~F.col("statement").rlike("soon before or after (it|them)") | (F.col("both") >= 1))
        & (~F.col("statement").contains("has facts in common") | F.coalesce("alike", F.lit(False)))
        & ((people == "") | (F.regexp_replace(people, ",", "").cast("bigint") == F.col("user_count")))
        & ((F.col("interest") == "") | F.coalesce("shared", F.lit(False)))
        & (~F.col("statement").contains("friends' choices") | (F.coalesce("n", F.lit(0)) >= 1))
    )
    return rows.withColumns({"kind": F.lit("sentence"), "true": holds})


def _in_common(named: DataFrame, tables: Mapping[str, DataFrame]) -> DataFrame:
    """named(user_id, item_id, read, e) -> (user_id, item_id, alike: every title is of an item that shares a fact).

    A category is a fact; a fact about an item is one of that item too.
    """
    pairs = named.where("e IS NOT NULL").select("e", "item_id").distinct()
    items = tables["silver.items"]
    facts_of = items.select("item_id", F.lit("category").alias("predicate"), F.explode("categories").alias("object"))
    if "silver.facts" in tables:
        said = item_facts(tables["silver.facts"])
        about = said.join(items.select(F.col("item_id").alias("object")), "object", "left_semi")
        about = about.select(F.col("object").alias("item_id"), "predicate", "object")
        facts_of = facts_of.unionByName(said).unionByName(about).distinct()
    met = pairs.join(facts_of.withColumnRenamed("item_id", "e"), "e").join(facts_of, ["item_id", "predicate", "object"])
    shared = met.select("e", "item_id").distinct().withColumn("shares", F.lit(True))
    titles = (
        named.join(shared, ["e", "item_id"], "left")
        .groupBy("user_id", "item_id", "read")
        .agg(F.max(F.coalesce("shares", F.lit(False))).alias("shares"))
    )
    return titles.groupBy("user_id", "item_id").agg(F.min("shares").alias("alike"))
