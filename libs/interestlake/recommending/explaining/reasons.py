"""gold.recommendations and the tables behind it -> gold.reasons: one statement a row, each of which can be replayed."""

from collections.abc import Mapping
from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from ...interests.reading_key import AS_EVERYBODY
from ...knowledge.validity import holding
from ...models.granularities import GRANULARITIES
from ..granularity import GRANULARITY

LEAST_COSINE = 0.3
INTERESTS_PER_ITEM = 2
FACTS_PER_ITEM = 2
MOST_SUBJECTS = 200  # a fact of more items than this says little about two of them
READABLE = ("category", "tag", "keyword")
NO_SPAN = {"doc_id": "string", "span_start": "int", "span_end": "int"}


def alpha_column(sources: Column) -> Column:
    """array<struct<source,share>> -> map of every granularity to its share of this score."""

    def share(name: str) -> Column:
        mine = F.filter(sources, lambda s: s["source"].isin([k for k, v in GRANULARITY.items() if v == name]))
        return F.aggregate(mine, F.lit(0.0), lambda total, s: total + s["share"])

    return F.map_from_arrays(F.array(*map(F.lit, GRANULARITIES)), F.array(*(share(name) for name in GRANULARITIES)))


def lambda_column(alpha: Column) -> Column:
    """lambda_k = alpha_k / alpha_behaviour for the others; an empty map where behaviour has no part."""
    first = alpha[GRANULARITIES[0]]
    pairs = F.map_from_arrays(
        F.array(*map(F.lit, GRANULARITIES[1:])), F.array(*(alpha[name] / first for name in GRANULARITIES[1:]))
    )
    return F.when(first > 0, pairs).otherwise(F.create_map().cast("map<string,double>"))


def build_reasons(tables: Mapping[str, DataFrame], run_id: str) -> DataFrame:
    """Tables by name -> rows of gold.reasons. Lazy; joins by item, person or pair, nothing is collected.

    Kinds: chosen_together and chosen_next (graph edges from an evidence item), alike (cosine of text vectors from
    LEAST_COSINE), interest (the person holds what the item carries, INTERESTS_PER_ITEM strongest), span (such an
    interest's name in a text of the item), fact (two items with one fact in common that has not ended), friends,
    popular, sources (one row each recommendation). silver.facts, silver.friends and silver.documents may be missing.
    """
    lists = tables["gold.recommendations"]
    alpha = alpha_column(F.col("sources"))
    recs = lists.select("user_id", "rank", "item_id", "score", "sources", "evidence", alpha.alias("alpha"))
    recs = recs.withColumn("lambda", lambda_column(F.col("alpha")))
    titles = tables["silver.items"].select("item_id", "title")
    counts = tables["silver.interactions"].transform(people_of_items)
    recs = recs.join(titles, "item_id").join(counts, "item_id", "left").fillna(0, "user_count")
    linked = recs.withColumn("e", F.explode("evidence")).join(
        titles.select(F.col("item_id").alias("e"), F.col("title").alias("e_title")), "e"
    )
    parts = [
        _edges(linked, tables["graph.item_edges"], "chosen_together", False,
               "at least %s who chose “%s” also chose “%s”"),
        _edges(linked, tables["graph.item_transitions"], "chosen_next", True,
               "at least %s went on from “%s” to “%s”"),
        _alike(linked, tables["models.item_features"], tables["silver.items"]),
        _popular(recs), _sources(recs),
    ]  # fmt: skip
    shared = _shared(recs, tables["gold.interest_map"], tables["silver.item_interests"], tables["silver.interests"])
    parts.append(_interest(shared))
    if "silver.documents" in tables:
        parts.append(_span(shared, tables["silver.documents"]))
    if "silver.friends" in tables:
        parts.append(_friends(recs, tables["silver.friends"], tables["silver.interactions"]))
    if "silver.facts" in tables:
        parts.append(_facts(linked, tables["silver.facts"]))
    columns = ("user_id", "item_id", "kind", "path", "count", "value", *NO_SPAN, "alpha", "lambda", "statement")
    whole = reduce(DataFrame.unionByName, (part.select(*columns) for part in parts))
    return whole.withColumn("run_id", F.lit(run_id))


def people_of_items(pairs: DataFrame) -> DataFrame:
    """interactions(item_id, weight) -> (item_id, user_count): people who chose it, of every split. Lazy."""
    return pairs.where("weight > 0").groupBy("item_id").agg(F.count(F.lit(1)).cast("int").alias("user_count"))


def people_said(count: Column) -> Column:
    """A count of people in words: 1 person, 12 people."""
    return F.when(count == 1, F.lit("1 person")).otherwise(F.format_string("%d people", count))


def _row(
    rows: DataFrame,
    kind: str,
    path: Column,
    statement: Column,
    count: Column | None = None,
    value: Column | None = None,
    span: dict[str, Column] | None = None,
) -> DataFrame:
    reasons = rows.withColumns({
        "kind": F.lit(kind), "path": path, "statement": statement,
        "count": (F.lit(None) if count is None else count).cast("bigint"),
        "value": (F.lit(None) if value is None else value).cast("double"),
    })  # fmt: skip
    return reasons.withColumns({name: (F.lit(None) if span is None else span[name]).cast(kind_of)
                              for name, kind_of in NO_SPAN.items()})  # fmt: skip


def _edges(linked: DataFrame, edges: DataFrame, kind: str, directed: bool, words: str) -> DataFrame:
    rows = edges.select("src", "dst", "weight", "pair_count")
    if not directed:
        turned = rows.select(F.col("dst").alias("src"), F.col("src").alias("dst"), "weight", "pair_count")
        rows = rows.unionByName(turned)
    met = linked.join(rows.toDF("e", "item_id", "weight", "pair_count"), ["e", "item_id"])
    said = F.format_string(words, people_said(F.col("pair_count")), F.col("e_title"), F.col("title"))
    return _row(met, kind, F.array("user_id", "e", "item_id"), said, F.col("pair_count"), F.col("weight"))


def cosine(a: Column, b: Column) -> Column:
    """Cosine of two array<float> of one length, 0 where one has no length, rounded to 1e-6."""

    def dot(x: Column, y: Column):
        return F.aggregate(F.zip_with(x, y, lambda p, q: p.cast("double") * q), F.lit(0.0), lambda total, v: total + v)

    length = F.sqrt(dot(a, a) * dot(b, b))
    return F.round(F.when(length > 0, dot(a, b) / length).otherwise(0.0), 6)


def _alike(linked: DataFrame, features: DataFrame, items: DataFrame) -> DataFrame:
    vectors = features.join(items.select("item_id", "item_index"), "item_index").select("item_id", "text_vector")
    both = linked.join(vectors.toDF("item_id", "v"), "item_id").join(vectors.toDF("e", "w"), "e")
    near = both.withColumn("cosine", cosine(F.col("v"), F.col("w"))).where(F.col("cosine") >= LEAST_COSINE)
    words = "“%s” is described like “%s” (cosine %.2f)"
    said = F.format_string(words, F.col("title"), F.col("e_title"), F.col("cosine"))
    return _row(near, "alike", F.array("user_id", "e", "item_id"), said, value=F.col("cosine"))


def _popular(recs: DataFrame) -> DataFrame:
    listed = recs.where(F.exists("sources", lambda s: s["source"] == "popularity"))
    said = F.format_string("%s chose “%s”", people_said(F.col("user_count")), F.col("title"))
    return _row(listed, "popular", F.array("user_id", "item_id"), said, F.col("user_count"))


def _sources(recs: DataFrame) -> DataFrame:
    named = F.transform("sources", lambda s: F.concat(s["source"], F.format_string(" %.0f %%", 100 * s["share"])))
    said = F.concat(F.lit("the score is made of "), F.array_join(named, ", "))
    return _row(recs, "sources", F.array("user_id", "item_id"), said, value=F.col("score"))


def _shared(recs: DataFrame, maps: DataFrame, carried: DataFrame, interests: DataFrame) -> DataFrame:
    named = interests.where(F.col("kind").isin(*READABLE)).select("interest_id", "name")
    carried = carried.join(named, "interest_id").select("item_id", "interest_id", "name", F.col("weight").alias("w"))
    beyond = maps.where(F.col("strength") > AS_EVERYBODY)
    met = recs.join(beyond.select("user_id", "interest_id", "share"), "user_id").join(
        carried, ["item_id", "interest_id"]
    )
    met = met.withColumn("both", F.round(F.col("share") * F.col("w"), 9))
    best = Window.partitionBy("user_id", "item_id").orderBy(F.desc("both"), "interest_id")
    return met.withColumn("place", F.row_number().over(best)).where(F.col("place") <= INTERESTS_PER_ITEM)


def _interest(shared: DataFrame) -> DataFrame:
    said = F.format_string("you hold “%s”, which “%s” carries", F.col("name"), F.col("title"))
    return _row(shared, "interest", F.array("user_id", "interest_id", "item_id"), said, value=F.col("both"))


def _span(shared: DataFrame, documents: DataFrame) -> DataFrame:
    texts = documents.where("kind = 'item'").select("item_id", "doc_id", "text")
    spans = shared.join(texts, "item_id").withColumn("at", F.expr("locate(lower(name), lower(text))")).where("at > 0")
    first = Window.partitionBy("user_id", "item_id", "interest_id").orderBy("doc_id")
    spans = spans.withColumn("n", F.row_number().over(first)).where("n = 1")
    start = F.col("at") - 1
    span = {"doc_id": F.col("doc_id"), "span_start": start, "span_end": start + F.length("name")}
    said = F.format_string("the text of “%s” says “%s”", F.col("title"), F.expr("substring(text, at, length(name))"))
    return _row(spans, "span", F.array("user_id", "interest_id", "item_id"), said, span=span)


def _friends(recs: DataFrame, friends: DataFrame, interactions: DataFrame) -> DataFrame:
    chosen = interactions.select(F.col("user_id").alias("friend_id"), "item_id").distinct()
    # what is listed meets friends before histories: a person's list is short, a friend's history is not
    asked = recs.select("user_id", "item_id").join(friends.select("user_id", "friend_id").distinct(), "user_id")
    met = asked.join(chosen, ["friend_id", "item_id"])
    counts = met.groupBy("user_id", "item_id").agg(F.count("*").alias("n"))
    counted = recs.join(counts, ["user_id", "item_id"])
    said = F.format_string("%d of your friends chose “%s”", F.col("n"), F.col("title"))
    return _row(counted, "friends", F.array("user_id", "item_id"), said, F.col("n"))


def item_facts(facts: DataFrame) -> DataFrame:
    """silver.facts -> (item_id, predicate, object), each once: facts of items that have no end. Lazy."""
    said = facts.transform(holding("")).where("subject_item_id IS NOT NULL")
    return said.select(F.col("subject_item_id").alias("item_id"), "predicate", "object").distinct()


def _facts(linked: DataFrame, facts: DataFrame) -> DataFrame:
    facts_of = item_facts(facts).where(~F.col("object").rlike(r"^[\d\s]*$"))  # a number tells a reader nothing
    few = facts_of.groupBy("predicate", "object").count().where(F.col("count") <= MOST_SUBJECTS).drop("count")
    facts_of = facts_of.join(few, ["predicate", "object"])
    theirs = facts_of.withColumnRenamed("item_id", "e")
    met = linked.join(facts_of, "item_id").join(theirs, ["e", "predicate", "object"])
    best = Window.partitionBy("user_id", "item_id").orderBy("e", "predicate", "object")
    met = met.withColumn("n", F.row_number().over(best)).where(F.col("n") <= FACTS_PER_ITEM)
    said = F.format_string("“%s” and “%s” share %s: %s", F.col("e_title"), F.col("title"), F.col("predicate"),
                           F.col("object"))  # fmt: skip
    return _row(met, "fact", F.array("user_id", "e", "predicate", "object", "item_id"), said, F.lit(2))
