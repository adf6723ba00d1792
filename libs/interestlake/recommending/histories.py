"""Tables of pairs, friends and vectors -> one row per person with all that the scorers ask for."""

from collections.abc import Callable
from functools import reduce

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from ..interests.reading_key import AS_EVERYBODY

MAX_FRIEND_ITEMS = 2000  # items of all friends that are kept per person, strongest first
MAX_INTERESTS = 20  # interests of the interest map that a reason may name


def histories(pairs: DataFrame) -> DataFrame:
    """pairs(user_index, item_index, weight, position) -> (user_index, items array<int>, weights array<float>).

    Arrays in the order of choice: position, then item_index. Lazy.
    """
    ordered = F.array_sort(F.collect_list(F.struct("position", "item_index", "weight")))
    return (
        pairs.groupBy("user_index")
        .agg(ordered.alias("pairs"))
        .select(
            "user_index",
            F.col("pairs.item_index").alias("items"),
            F.col("pairs.weight").cast("array<float>").alias("weights"),
        )
    )


def friend_items(friends: DataFrame, users: DataFrame, max_items: int = MAX_FRIEND_ITEMS) -> Callable:
    """pairs -> (user_index, friend_items array<int>, friend_weights array<float>, friend_count int). Lazy.

    The friends who chose an item are counted (weight > 0); the `max_items` strongest are kept, ties by item_index.
    friend_count:
    friends with at least one pair. A person without such friends has no row.
    """
    ids = users.select("user_id", "user_index")
    links = friends.join(ids, "user_id").select("user_index", F.col("friend_id").alias("user_id"))
    links = links.join(ids.toDF("user_id", "friend_index"), "user_id").select("user_index", "friend_index")

    def build(pairs: DataFrame) -> DataFrame:
        theirs = pairs.select(F.col("user_index").alias("friend_index"), "item_index", "weight")
        chosen = links.join(theirs, "friend_index")
        summed = chosen.groupBy("user_index", "item_index").agg(
            F.count_if(F.col("weight") > 0).cast("float").alias("weight")
        )
        strongest = Window.partitionBy("user_index").orderBy(F.desc("weight"), "item_index")
        strongest_items = summed.withColumn("place", F.row_number().over(strongest)).where(F.col("place") <= max_items)
        listed = F.array_sort(F.collect_list(F.struct("place", "item_index", "weight")))
        rows = strongest_items.groupBy("user_index").agg(listed.alias("chosen"))
        counts = chosen.groupBy("user_index").agg(F.countDistinct("friend_index").cast("int").alias("friend_count"))
        return rows.join(counts, "user_index").select(
            "user_index",
            F.col("chosen.item_index").alias("friend_items"),
            F.col("chosen.weight").alias("friend_weights"),
            "friend_count",
        )

    return build


def strongest_interests(users: DataFrame, max_interests: int = MAX_INTERESTS) -> Callable:
    """interest_map -> (user_index, interests array<string>, shares array<float>), strongest first, ties by id. Lazy.

    Of those that the person chooses beyond what everybody does.
    """

    def build(interest_map: DataFrame) -> DataFrame:
        strongest = Window.partitionBy("user_id").orderBy(F.desc("share"), "interest_id")
        beyond = interest_map.where(F.col("strength") > AS_EVERYBODY)
        best = beyond.withColumn("place", F.row_number().over(strongest)).where(F.col("place") <= max_interests)
        listed = F.array_sort(F.collect_list(F.struct("place", "interest_id", "share")))
        rows = best.groupBy("user_id").agg(listed.alias("held")).join(users.select("user_id", "user_index"), "user_id")
        return rows.select(
            "user_index",
            F.col("held.interest_id").alias("interests"),
            F.col("held.share").cast("array<float>").alias("shares"),
        )

    return build


def held_out(pairs: DataFrame) -> DataFrame:
    """pairs(user_index, item_index) of one split -> (user_index, relevant array<int>), ascending. Lazy."""
    return pairs.groupBy("user_index").agg(F.array_sort(F.collect_set("item_index")).alias("relevant"))


def people(users: DataFrame, history: DataFrame, friends: DataFrame, partitions: int) -> Callable:
    """-> extra -> one row per person of `users`, ready to be scored.

    users(user_id, user_index); history from `histories`; friends from `friend_items`. `extra`: frames (user_index, ...)
    that are joined too. Every added column is null where a person has no such row. Rows are spread by user_index over a
    fixed number of partitions and sorted, so that blocks of people are the same on any cluster. Lazy.
    """

    def join(*extra: DataFrame) -> DataFrame:
        parts = (history, friends, *extra)
        whole = reduce(lambda left, right: left.join(right, "user_index", "left"), parts, users)
        return whole.repartition(partitions, "user_index").sortWithinPartitions("user_index")

    return join
