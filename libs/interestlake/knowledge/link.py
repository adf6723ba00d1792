"""Items linked to entities by name and year, and by text where names alone cannot tell."""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from ..core.present import present
from .names import likeness, variants, year_of, years_agree
from .relations import Relation

Transform = Callable[[DataFrame], DataFrame]
NAMED = "id string, name string, year int, text string"
VARIED = "id string, variants array<string>, year int, text string"
SCORED = "item_id string, entity string, name_score double, score double, item_text string, entity_text string"
TIE = 0.02  # scores closer than this are told apart by text
TEXT_SHARE = 0.1  # what texts that have nothing in common take from a score


def entity_names(relations: Mapping[str, Relation]) -> Transform:
    """silver.facts -> (id, name, year, text), a row per name: what the relations that name, date and describe say.

    Lazy.
    """

    def objects(facts: DataFrame, flag: str) -> DataFrame:
        predicates = [name for name, relation in relations.items() if getattr(relation, flag)]
        return facts.where(F.col("predicate").isin(*predicates))

    def transform(facts: DataFrame) -> DataFrame:
        year = F.regexp_extract("object", r"\d{4}", 0).cast("int").alias("year")
        years = objects(facts, "years").select("subject", year)
        said = F.concat_ws(" ", F.sort_array(F.collect_set("object"))).alias("text")
        texts = objects(facts, "texts").groupBy("subject").agg(said)
        named = objects(facts, "names").select("subject", F.col("object").alias("name")).distinct()
        dated = named.join(years.groupBy("subject").agg(F.min("year").alias("year")), "subject", "left")
        return dated.join(texts, "subject", "left").select(F.col("subject").alias("id"), "name", "year", "text")

    return transform


def item_names() -> Transform:
    """silver.items -> (id, name, year, text); the year is the one at the title's end. Lazy."""
    listed = F.concat_ws(", ", "categories")
    text = F.concat_ws(". ", F.when(listed != "", listed), "description")
    return lambda items: items.select(
        F.col("item_id").alias("id"),
        F.col("title").alias("name"),
        F.lit(None).cast("int").alias("year"),
        text.alias("text"),
    )


def varied() -> Transform:
    """(id, name, year, text) -> (id, variants, year, text): the year off the name where it is missing. Lazy."""

    def read(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for frame in frames:
            years = [
                year_of(name) if pd.isna(year) else int(year)
                for name, year in zip(frame["name"], frame["year"], strict=True)
            ]
            yield pd.DataFrame(
                {
                    "id": frame["id"],
                    "variants": frame["name"].map(variants),
                    "year": pd.array(years, "Int32"),
                    "text": frame["text"],
                }
            )

    return lambda named: named.where("length(trim(name)) > 0").mapInPandas(read, VARIED)


def candidates(entities: DataFrame, max_block: int, most: int) -> Transform:
    """Items of `varied` -> (item_id, entity), at most `most` an item: those that share the rarest words. Lazy.

    entities: rows of `varied`. A word that more than `max_block` entities have makes no pair, so the pairs are at most
    words x max_block; names of common words alone meet where they are equal.
    """

    def words(named: DataFrame, id: str) -> DataFrame:
        each = named.select(F.col("id").alias(id), F.explode("variants").alias("variant"))
        split = each.select(id, F.explode(F.split("variant", " ")).alias("word"))
        whole = each.where(F.instr("variant", " ") > 0).select(id, F.concat(F.lit("="), "variant").alias("word"))
        return split.unionByName(whole).dropDuplicates([id, "word"])

    def transform(items: DataFrame) -> DataFrame:
        theirs = words(entities, "entity")
        rare = theirs.groupBy("word").count().where(F.col("count") <= max_block)
        worth = rare.select(
            "word", (F.when(F.col("word").startswith("="), 10.0).otherwise(1.0) / F.log1p("count")).alias("worth")
        )
        shared = words(items, "item_id").join(theirs.join(worth, "word"), "word")
        summed = shared.groupBy("item_id", "entity").agg(F.sum("worth").alias("worth"))
        best = Window.partitionBy("item_id").orderBy(F.desc(F.round("worth", 9)), "entity")
        placed = summed.withColumn("place", F.row_number().over(best))
        return placed.where(F.col("place") <= most).drop("place", "worth")

    return transform


def scored(items: DataFrame, entities: DataFrame) -> Transform:
    """(item_id, entity) -> SCORED, by an entity's best name; score = likeness of names x agreement of years. Lazy."""

    def judge(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for frame in frames:
            names = [likeness(list(a), list(b)) for a, b in zip(frame["ours"], frame["theirs"], strict=True)]
            years = [
                years_agree(None if pd.isna(a) else int(a), None if pd.isna(b) else int(b))
                for a, b in zip(frame["our_year"], frame["their_year"], strict=True)
            ]
            scores = np.multiply(names, years)
            yield frame[["item_id", "entity"]].assign(
                name_score=names, score=scores, item_text=frame["item_text"], entity_text=frame["entity_text"]
            )

    ours = items.select(
        F.col("id").alias("item_id"),
        F.col("variants").alias("ours"),
        F.col("year").alias("our_year"),
        F.col("text").alias("item_text"),
    )
    theirs = entities.select(
        F.col("id").alias("entity"),
        F.col("variants").alias("theirs"),
        F.col("year").alias("their_year"),
        F.col("text").alias("entity_text"),
    )

    def transform(pairs: DataFrame) -> DataFrame:
        judged = pairs.join(ours, "item_id").join(theirs, "entity").mapInPandas(judge, SCORED)
        best = Window.partitionBy("item_id", "entity").orderBy(F.desc("score"))
        return judged.withColumn("place", F.row_number().over(best)).where("place = 1").drop("place")

    return transform


def told_apart(encode: Callable[[list[str]], np.ndarray] | None, min_score: float) -> Transform:
    """SCORED -> the same with `method` (exact, similar or text) in place of the texts. Lazy.

    Where several entities of at least `min_score` lie within TIE of an item's best and all have texts, as the item has,
    each loses TEXT_SHARE x (1 - cosine of the texts), down to `min_score`. encode: texts -> unit vectors (n, d), called
    on workers; None = names alone.
    """
    item = Window.partitionBy("item_id")
    shown = f"{SCORED.split(', item_text')[0]}, method string"

    def read(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for frame in frames:
            score, method = frame["score"].to_numpy(copy=True), np.where(frame["name_score"] == 1.0, "exact", "similar")
            asked = frame["ask"].to_numpy(bool)
            if asked.any():
                ours, theirs = (
                    present(encode)(frame.loc[asked, name].tolist()) for name in ("item_text", "entity_text")
                )
                lost = TEXT_SHARE * (1 - np.einsum("nd,nd->n", ours, theirs).clip(0, 1))
                score[asked] = np.maximum(score[asked] - lost, min_score)
                method = np.where(asked, "text", method)
            yield frame[["item_id", "entity", "name_score"]].assign(score=score, method=method)

    def transform(rows: DataFrame) -> DataFrame:
        near = (F.col("score") > F.max("score").over(item) - TIE) & (F.col("score") >= min_score)
        both_texts = F.col("item_text").isNotNull() & F.col("entity_text").isNotNull()
        marked = rows.withColumn("near", near)
        tied = (F.sum(F.col("near").cast("int")).over(item) > 1) & F.min(F.when(F.col("near"), both_texts)).over(item)
        ask = F.lit(False) if encode is None else F.coalesce(F.col("near") & tied, F.lit(False))
        return marked.withColumn("ask", ask).drop("near").mapInPandas(read, shown)

    return transform


def best_links(min_score: float, mutual: bool) -> Transform:
    """Rows of `told_apart` -> (item_id, entity, score, name_score, runner_up, method): each item's best of at least
    `min_score`, ties by entity; with `mutual` an entity keeps its best item alone, ties by item_id. Lazy."""

    def transform(rows: DataFrame) -> DataFrame:
        ranked = Window.partitionBy("item_id").orderBy(F.desc(F.round("score", 9)), "entity")
        runner_up = F.coalesce(F.lead("score").over(ranked), F.lit(0.0))
        placed = rows.withColumn("place", F.row_number().over(ranked)).withColumn("runner_up", runner_up)
        links = placed.where((F.col("place") == 1) & (F.col("score") >= min_score))
        if mutual:
            by_entity = Window.partitionBy("entity").orderBy(F.desc(F.round("score", 9)), "item_id")
            links = links.withColumn("place", F.row_number().over(by_entity)).where("place = 1")
        return links.select("item_id", "entity", "score", "name_score", "runner_up", "method")

    return transform


def link(
    entities: DataFrame,
    encode: Callable[[list[str]], np.ndarray] | None,
    max_block: int,
    most: int,
    min_score: float,
    mutual: bool,
) -> Transform:
    """(id, name, year, text) of items -> rows of `best_links`; `entities` in the same columns. Lazy."""

    def transform(items: DataFrame) -> DataFrame:
        ours, theirs = items.transform(varied()), entities.transform(varied())
        pairs = ours.transform(candidates(theirs, max_block, most))
        rows = pairs.transform(scored(ours, theirs)).transform(told_apart(encode, min_score))
        return rows.transform(best_links(min_score, mutual))

    return transform
