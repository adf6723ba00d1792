"""Entities of the facts as interest nodes: what items are made by, about, directed by."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

LABEL_PREDICATES = ("label", "name", "title")


def entity_candidates(facts: DataFrame) -> DataFrame:
    """facts(subject, predicate, object, subject_item_id) -> candidates(item_id, kind "entity", name, score 1).

    name: the object as it stands. Labels are no entities, nor are objects that stand for items themselves. Lazy.
    """
    items = facts.where("subject_item_id IS NOT NULL")
    said = items.where(~_local("predicate").isin(*LABEL_PREDICATES))
    of_items = items.select(F.col("subject").alias("object")).distinct()
    named = said.join(of_items, "object", "left_anti").select(F.col("subject_item_id").alias("item_id"), "object")
    return named.distinct().select(
        "item_id", F.lit("entity").alias("kind"), F.trim("object").alias("name"), F.lit(1.0).alias("score")
    )


def entity_labels(facts: DataFrame) -> DataFrame:
    """facts -> (name, label) of each object: its label fact, else the last part of its name. Smallest of several.

    A number alone tells nobody anything: it follows the last word of a predicate, as in "genre 2350". Lazy.
    """
    labels = facts.where(_local("predicate").isin(*LABEL_PREDICATES)).groupBy(F.trim("subject").alias("name"))
    labels = labels.agg(F.min("object").alias("told"))
    objects = facts.groupBy(F.trim("object").alias("name")).agg(F.min("predicate").alias("predicate"))
    last = F.trim(F.regexp_replace(_local("name"), "_", " "))
    word = F.regexp_replace(F.regexp_extract(_local("predicate"), r"([^.]+)$", 1), "_", " ")
    readable = F.when(last.rlike(r"^\d+$"), F.concat_ws(" ", word, last)).otherwise(last)
    return objects.join(labels, "name", "left").select("name", F.coalesce("told", readable).alias("label"))


def _local(column: str):
    return F.regexp_extract(column, r"([^/#]+)[/#]?$", 1)
