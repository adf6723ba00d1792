"""What a person asked not to see or to be forgotten, as columns that lists, maps and bronze are filtered by."""

from collections.abc import Callable

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from ..core.lake import Lake

TABLE = "silver.objections"


def mark(user_id: Column, kind: Column | str, target: Column) -> Column:
    """The sha-256 that stands for a forgotten thing: it is found again by whoever holds the id, and tells nothing."""
    named = F.lit(kind) if isinstance(kind, str) else kind
    return F.sha2(F.concat_ws("|", user_id, named, target), 256)


def objected(users: DataFrame, items: DataFrame) -> Callable[[DataFrame], DataFrame]:
    """silver.objections -> (user_index, barred array<int>, refused array<int>, disliked array<string>).

    barred: item indexes that are not listed, refused or forgotten; refused: those said no to; disliked: interests said
    no to. One row per person who objected to anything. A forgotten item is found by its mark, so the catalogue is
    crossed with the marks, which only people with forgotten items have. Lazy.
    """
    index = items.select("item_id", "item_index")

    def build(objections: DataFrame) -> DataFrame:
        known = objections.join(users.select("user_id", "user_index"), "user_id")
        refused = known.where("kind = 'item' AND action = 'not_interested'").join(
            index, F.col("target") == F.col("item_id")
        )
        marks = known.where("kind = 'item' AND action = 'forget'").select("user_id", "user_index", "target")
        found = mark(F.col("user_id"), "item", F.col("item_id")) == F.col("target")
        pairs = F.broadcast(marks).crossJoin(index).where(found)
        disliked = known.where("kind = 'interest' AND action = 'not_interested'")
        barred = F.col("item_index").alias("b")
        said = (
            refused.select("user_index", barred, F.col("item_index").alias("r"), _none("d", "string"))
            .unionByName(pairs.select("user_index", barred, _none("r"), _none("d", "string")))
            .unionByName(disliked.select("user_index", _none("b"), _none("r"), F.col("target").alias("d")))
        )
        return said.groupBy("user_index").agg(
            F.array_sort(F.collect_set("b")).alias("barred"),
            F.array_sort(F.collect_set("r")).alias("refused"),
            F.array_sort(F.collect_set("d")).alias("disliked"),
        )

    return build


def _none(name: str, kind: str = "int") -> Column:
    return F.lit(None).cast(kind).alias(name)


def without_forgotten(objections: DataFrame, kind: str, target: str) -> Callable[[DataFrame], DataFrame]:
    """rows(user_id, `target`, ...) -> those whose person did not ask to forget that thing, or everything. Lazy."""
    gone = objections.where("action = 'forget'").select(F.col("target").alias("__mark")).distinct()
    whole = objections.where("action = 'forget' AND kind = 'everything'").select("user_id").distinct()

    def build(rows: DataFrame) -> DataFrame:
        left = rows.join(F.broadcast(whole), "user_id", "left_anti")
        marked = left.withColumn("__mark", mark(F.col("user_id"), kind, F.col(target)))
        return marked.join(F.broadcast(gone), "__mark", "left_anti").select(*rows.columns)

    return build


def without_disliked(objections: DataFrame, column: str = "interest_id") -> Callable[[DataFrame], DataFrame]:
    """rows(user_id, `column`, ...) -> those of interests that the person neither refused nor forgot. Lazy."""
    refused = objections.where("kind = 'interest' AND action = 'not_interested'")
    pairs = F.broadcast(refused.select("user_id", F.col("target").alias(column)))

    def build(rows: DataFrame) -> DataFrame:
        kept = rows.join(pairs, ["user_id", column], "left_anti").select(*rows.columns)
        return kept.transform(without_forgotten(objections, "interest", column))

    return build


def heeded(lake: Lake, column: str) -> Callable[[DataFrame], DataFrame]:
    """`without_disliked` of what the lake's people said until now; every row where nobody said anything. Lazy."""
    if not lake.exists(TABLE):
        return lambda rows: rows
    return without_disliked(lake.read(TABLE), column)


def without_refused_items(lake: Lake) -> Callable[[DataFrame], DataFrame]:
    """rows(user_id, item_id, ...) -> those of items that the person did not say no to. Lazy."""
    if not lake.exists(TABLE):
        return lambda rows: rows
    refused = lake.read(TABLE).where("kind = 'item' AND action = 'not_interested'")
    pairs = F.broadcast(refused.select("user_id", F.col("target").alias("item_id")))
    return lambda rows: rows.join(pairs, ["user_id", "item_id"], "left_anti").select(*rows.columns)
