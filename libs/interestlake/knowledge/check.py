"""What is wrong with facts: two objects where one is allowed, entities that nothing is said about, unknown items."""

from collections.abc import Callable, Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

Transform = Callable[[DataFrame], DataFrame]
COLUMNS = ("kind", "subject", "predicate", "objects", "facts")
ENTITY = "object_type IS NULL OR object_type IN ('iri', 'blank')"


def issues(items: DataFrame, functional: Sequence[str], named_by: Sequence[str]) -> Transform:
    """silver.facts -> rows of silver.fact_issues. Lazy.

    conflict: two objects of one subject under a `functional` predicate whose times overlap.
    dangling_entity: an object that is an entity and is neither the subject of a fact nor an item. Objects of unknown
    type count as entities unless they hold white space or their predicate is one of `named_by`.
    unknown_item: a fact of an item that silver.items, `items`, does not hold.
    """

    def transform(facts: DataFrame) -> DataFrame:
        return (
            _conflicts(facts, functional)
            .unionByName(_dangling(facts, items, named_by))
            .unionByName(_unknown_items(facts, items))
        )

    return transform


def _conflicts(facts: DataFrame, functional: Sequence[str]) -> DataFrame:
    said = facts.where(F.col("predicate").isin(*functional)).select(
        "subject",
        "predicate",
        "object",
        F.coalesce("valid_from", F.timestamp_seconds(F.lit(-6e10))).alias("begin"),
        F.coalesce("valid_to", F.timestamp_seconds(F.lit(2e11))).alias("end"),
    )
    one, other = said.alias("one"), said.alias("other")
    on = "one.subject = other.subject AND one.predicate = other.predicate AND one.object < other.object"
    both = one.join(other, F.expr(f"{on} AND one.begin < other.end AND other.begin < one.end"))
    objects = F.array_distinct(F.flatten(F.collect_list(F.array("one.object", "other.object"))))
    rows = both.groupBy("one.subject", "one.predicate").agg(F.sort_array(objects).alias("objects"))
    count = F.size("objects").cast("long").alias("facts")
    return rows.select(F.lit("conflict").alias("kind"), "subject", "predicate", "objects", count)


def _dangling(facts: DataFrame, items: DataFrame, named_by: Sequence[str]) -> DataFrame:
    entities = facts.where(ENTITY).where(~F.col("predicate").isin(*named_by) & ~F.col("object").rlike(r"\s"))
    named = facts.select(F.col("subject").alias("object")).unionByName(items.select(F.col("item_id").alias("object")))
    rows = entities.join(named.distinct(), "object", "left_anti").groupBy("object")
    counted = rows.agg(F.min("predicate").alias("predicate"), F.count(F.lit(1)).alias("facts"))
    return counted.select(
        F.lit("dangling_entity").alias("kind"),
        F.col("object").alias("subject"),
        "predicate",
        F.array("object").alias("objects"),
        "facts",
    )


def _unknown_items(facts: DataFrame, items: DataFrame) -> DataFrame:
    said = facts.where("subject_item_id IS NOT NULL")
    rows = said.join(items.select(F.col("item_id").alias("subject_item_id")), "subject_item_id", "left_anti")
    counted = rows.groupBy("subject", "subject_item_id").agg(
        F.min("predicate").alias("predicate"), F.count(F.lit(1)).alias("facts")
    )
    return counted.select(
        F.lit("unknown_item").alias("kind"),
        "subject",
        "predicate",
        F.array("subject_item_id").alias("objects"),
        "facts",
    )
