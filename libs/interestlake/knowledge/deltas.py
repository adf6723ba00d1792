"""Deltas that keep facts current: insert, delete, supersede."""

from collections.abc import Callable

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

Transform = Callable[[DataFrame], DataFrame]
KEY = ("subject", "predicate", "object")
INSERT, DELETE, SUPERSEDE = "insert", "delete", "supersede"


def facts_of(
    there: DataFrame, item_prefix: str, source: str, confidence: float, valid_from: Column, valid_to: Column
) -> Transform:
    """Triples (subject, predicate, object, object_type) -> rows of silver.facts, each key once. Lazy.

    The subject stands for the item that `item_prefix` names, else for the one it stands for in `there`, silver.facts.
    Of equal triples of several types the first type by name stays.
    """

    def transform(triples: DataFrame) -> DataFrame:
        once = triples.groupBy(*KEY).agg(F.min("object_type").alias("object_type"))
        linked = there.where("subject_item_id IS NOT NULL")
        items_of = linked.groupBy("subject").agg(F.min("subject_item_id").alias("known"))
        rest = F.substring("subject", len(item_prefix) + 1, 10_000)
        named = F.when(F.col("subject").startswith(item_prefix) & (rest != ""), rest) if item_prefix else F.lit(None)
        return once.join(items_of, "subject", "left").select(
            *KEY,
            F.coalesce(named, "known").alias("subject_item_id"),
            "object_type",
            F.lit(source).alias("source"),
            F.lit(float(confidence)).alias("confidence"),
            valid_from.alias("valid_from"),
            valid_to.alias("valid_to"),
        )

    return transform


def changes_of(there: DataFrame, delta: str) -> Transform:
    """Rows of `facts_of` -> rows of silver.facts with `change` (put, close, delete) and `gone`, each key once. Lazy.

    insert puts the rows. delete removes those of their keys that are there. supersede puts the rows, and of every
    subject and predicate among them the other objects that still hold at the new fact's beginning end there (close);
    without a beginning, or where they began no earlier, they are deleted: the table's versions keep them.
    """

    def put(rows: DataFrame) -> DataFrame:
        return rows.withColumn("change", F.lit("put"))

    def transform(rows: DataFrame) -> DataFrame:
        if delta == DELETE:
            changed = there.join(rows.select(*KEY), list(KEY), "left_semi").withColumn("change", F.lit("delete"))
        elif delta == SUPERSEDE:
            begun = rows.groupBy("subject", "predicate").agg(F.min("valid_from").alias("new_from"))
            others = there.join(rows.select(*KEY), list(KEY), "left_anti").join(begun, ["subject", "predicate"])
            holds = F.col("valid_to").isNull() | F.col("new_from").isNull() | (F.col("valid_to") > F.col("new_from"))
            begins = F.col("valid_from").isNull() | (F.col("valid_from") < F.col("new_from"))
            closes = F.coalesce(F.col("new_from").isNotNull() & begins, F.lit(False))
            ended = (
                others.where(holds)
                .withColumn("valid_to", F.when(closes, F.col("new_from")).otherwise(F.col("valid_to")))
                .withColumn("change", F.when(closes, "close").otherwise("delete"))
                .drop("new_from")
            )
            changed = put(rows).unionByName(ended.select(*rows.columns, "change"))
        else:
            changed = put(rows)
        return changed.withColumn("gone", F.col("change") == "delete")

    return transform
