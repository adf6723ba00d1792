"""models.lists and the held-out pairs -> the rows of gold.metrics."""

from collections.abc import Callable, Sequence
from functools import reduce

from pyspark import Broadcast
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from . import variety
from .ranking import all_at

SPLITS = ("validation", "test")
KNOWN_BEFORE = {"validation": ("train",), "test": ("train", "validation")}
VALUES = ("split", "segment", "model", "metric", "k", "value", "users", "error")


def held_out_people(cold_history: int) -> Callable:
    """interactions(user_id, split) -> (split, user_id, relevant int, segment): everyone with held-out pairs. Lazy.

    segment: "cold" for people with fewer than `cold_history` items before the split, else "warm".
    """

    def build(interactions: DataFrame) -> DataFrame:
        counts = interactions.groupBy("user_id").pivot("split", ["train", *SPLITS]).agg(F.count("*"))
        counts = counts.na.fill(0)
        parts = []
        for split in SPLITS:
            before = reduce(lambda a, b: a + b, [F.col(name) for name in KNOWN_BEFORE[split]])
            segment = F.when(before < cold_history, "cold").otherwise("warm")
            people = counts.where(F.col(split) > 0)
            relevant = F.col(split).cast("int").alias("relevant")
            parts.append(people.select(F.lit(split).alias("split"), "user_id", relevant, segment.alias("segment")))
        return parts[0].unionByName(parts[1])

    return build


def accuracy(interactions: DataFrame, people: DataFrame, ks: Sequence[int]) -> Callable:
    """lists(split, model, user_id, rank, item_id) -> VALUES rows of every ranking metric. Lazy.

    A person without a list of a model counts with zeros, so that every model is held against the same people.
    """
    held_out = interactions.where(F.col("split") != "train").select("split", "user_id", "item_id")

    def build(lists: DataFrame) -> DataFrame:
        matches = lists.join(held_out, ["split", "user_id", "item_id"]).groupBy("split", "model", "user_id")
        hits = matches.agg(F.array_sort(F.collect_list("rank")).alias("hits"))
        models = lists.select("split", "model").distinct()
        everyone = people.join(F.broadcast(models), "split")
        scored = everyone.join(hits, ["split", "model", "user_id"], "left").withColumn(
            "hits", F.coalesce("hits", F.array().cast("array<int>"))
        )
        figures = [
            F.struct(F.lit(metric).alias("metric"), F.lit(k).alias("k"), value.alias("value"))
            for k in ks
            for metric, value in all_at(F.col("hits"), F.col("relevant"), k).items()
        ]
        rows = scored.select("split", "segment", "model", F.explode(F.array(*figures)).alias("figure"))
        return rows.select("split", "segment", "model", "figure.*").transform(_averaged)

    return build


def _averaged(rows: DataFrame) -> DataFrame:
    """(split, segment, model, metric, k, value) per list -> VALUES rows per segment and for all."""
    return (
        rows.withColumn("segment", _all_and_own())
        .groupBy("split", "segment", "model", "metric", "k")
        .agg(F.avg("value").alias("value"), F.count("*").alias("users"), standard_error("value"))
    )


def _all_and_own() -> Column:
    return F.explode(F.array(F.lit("all"), F.col("segment")))


def _at_each(ks: Sequence[int], columns: str, name: str) -> Column:
    """A row per k, `at`: k and, under `name`, what stands in the column of that beginning and k."""
    return F.explode(F.array(*(F.struct(F.lit(k).alias("k"), F.col(f"{columns}{k}").alias(name)) for k in ks))).alias(
        "at"
    )


def standard_error(value: str) -> Column:
    """Of the mean of a column in a group, as `error`: deviation of a sample / sqrt(rows); null of fewer than two."""
    return (F.stddev_samp(value) / F.sqrt(F.count(value))).alias("error")


def spread(items: DataFrame, people: DataFrame, train_users: int, ks: Sequence[int]) -> Callable:
    """lists -> VALUES rows of coverage (of the catalogue `items`) and novelty. Runs one Spark job, a count of items."""
    catalogue_items = items.count()

    def build(lists: DataFrame) -> DataFrame:
        shown = lists.join(items.select("item_id", "user_count"), "item_id")
        shown = shown.join(people.select("split", "user_id", "segment"), ["split", "user_id"])
        shown = shown.withColumn("bits", variety.novelty(F.col("user_count"), train_users))
        keys = ["split", "segment", "model"]
        means = [F.avg(F.when(F.col("rank") <= k, F.col("bits"))).alias(f"bits{k}") for k in ks]
        per_list = shown.groupBy(*keys, "user_id").agg(*means)
        per_k = per_list.select(*keys, _at_each(ks, "bits", "value")).select(*keys, "at.*").where("value IS NOT NULL")
        novel = _averaged(per_k.withColumn("metric", F.lit("novelty")))
        # an item of both segments is one item of all
        first = shown.groupBy(*keys, "item_id").agg(F.min("rank").alias("first"))
        first = first.withColumn("segment", _all_and_own()).groupBy(*keys, "item_id").agg(F.min("first").alias("first"))
        shares = [F.count_if(F.col("first") <= k) / float(max(catalogue_items, 1)) for k in ks]
        covered = first.groupBy(*keys).agg(*(share.alias(f"covered{k}") for k, share in zip(ks, shares, strict=True)))
        covered = covered.select(*keys, _at_each(ks, "covered", "covered")).select(*keys, "at.*")
        whole = novel.join(covered, [*keys, "k"]).withColumns(
            {"metric": F.lit("coverage"), "value": F.col("covered"), "error": F.lit(None).cast("double")}
        )  # no mean over people
        return novel.select(*VALUES).unionByName(whole.select(*VALUES))

    return build


def unlikeness(items: DataFrame, people: DataFrame, vectors: Broadcast, ks: Sequence[int]) -> Callable:
    """lists -> VALUES rows of diversity; `users` counts the lists that have one. Lazy."""

    def build(lists: DataFrame) -> DataFrame:
        indexed = lists.join(items.select("item_id", "item_index"), "item_id")
        ordered = F.array_sort(F.collect_list(F.struct("rank", "item_index"))).alias("shown")
        whole = indexed.groupBy("split", "model", "user_id").agg(ordered)
        whole = whole.select("split", "model", "user_id", F.col("shown.item_index").alias("items"))
        rows = whole.transform(variety.diversity(vectors, ks)).withColumn("metric", F.lit("diversity"))
        rows = rows.join(people.select("split", "user_id", "segment"), ["split", "user_id"])
        return rows.transform(_averaged)

    return build


def unknown_items(interactions: DataFrame) -> DataFrame:
    """interactions -> (split, unknown): held-out items that no train pair holds, per split. Lazy."""
    trained = interactions.where("split = 'train'").select("item_id").distinct()
    held_out = interactions.where("split != 'train'").select("split", "item_id").distinct()
    return held_out.join(trained, "item_id", "left_anti").groupBy("split").agg(F.count("*").alias("unknown"))
