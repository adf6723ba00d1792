"""Every row of gold.reasons and every sentence of gold.recommendations, held against the tables they speak of."""

from collections.abc import Mapping
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from .reasons import alpha_column, cosine, item_facts, people_of_items, people_said
from .sentences import people_with_both, sentences

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


def _counted(linked: DataFrame, pairs: DataFrame) -> tuple[DataFrame, DataFrame]:
    pairs_asked = linked.where(F.col("kind").isin("chosen_together", "chosen_next")).select("e", "item_id").distinct()
    counted = linked.join(people_with_both(pairs_asked, pairs), ["e", "item_id"], "left")
    parts = []
    for kind, column in (("chosen_together", "both"), ("chosen_next", "onward")):
        said = F.col("statement").contains(F.concat(F.lit("at least "), people_said(F.col("count"))))
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
    said = F.col("statement").startswith(people_said(F.col("user_count")))
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
