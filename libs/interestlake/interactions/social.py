"""Social links and facts as the graph needs them."""

from collections.abc import Callable

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

Transform = Callable[[DataFrame], DataFrame]


def mutual_friends(users: DataFrame) -> Transform:
    """bronze.friends -> (user_id, friend_id) in both directions among people of `users`, no self links. Lazy."""

    def transform(friends: DataFrame) -> DataFrame:
        people = users.select("user_id")
        there = friends.select("user_id", "friend_id").where("user_id <> friend_id")
        back = there.select(F.col("friend_id").alias("user_id"), F.col("user_id").alias("friend_id"))
        both = there.unionByName(back).dropDuplicates()
        renamed = people.withColumnRenamed("user_id", "friend_id")
        return (
            both.join(people, "user_id", "left_semi")
            .join(renamed, "friend_id", "left_semi")
            .select("user_id", "friend_id")
        )

    return transform


def distinct_facts() -> Transform:
    """bronze.facts -> silver.facts: trimmed triples, each once, none empty, certain and without an end. Lazy."""

    def transform(facts: DataFrame) -> DataFrame:
        parts = ("subject", "predicate", "object")
        trimmed = facts.select(*(F.trim(name).alias(name) for name in parts), "subject_item_id", "source")
        filled = trimmed.where(" AND ".join(f"length({name}) > 0" for name in parts))
        unknown = {name: F.lit(None) for name in ("object_type", "valid_from", "valid_to")}
        return filled.groupBy(*parts).agg(
            F.min("subject_item_id").alias("subject_item_id"),
            unknown["object_type"].cast("string").alias("object_type"),
            F.min("source").alias("source"),
            F.lit(1.0).alias("confidence"),
            *(unknown[name].cast("timestamp").alias(name) for name in ("valid_from", "valid_to")),
        )

    return transform


def with_changed(changes: DataFrame, there: DataFrame) -> Transform:
    """Facts of bronze -> the same, but of those in silver.fact_changes the rows of `there`, silver.facts as it stands.

    A delta has put, closed or deleted these since; what it deleted is in neither. Lazy.
    """
    key = ["subject", "predicate", "object"]
    changed = changes.select(*key).dropDuplicates()

    def transform(facts: DataFrame) -> DataFrame:
        unchanged, changed_rows = facts.join(changed, key, "left_anti"), there.join(changed, key, "left_semi")
        return unchanged.unionByName(changed_rows.select(*unchanged.columns))

    return transform
