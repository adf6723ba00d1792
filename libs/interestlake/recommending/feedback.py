"""Rows of feedback -> pairs the lake can judge its sources by: each once, known on both sides, not trained on."""

from collections.abc import Callable
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from ..core.only_row import only_row

PAIR = ("user_index", "item_index")


@dataclass(frozen=True)
class FeedbackCounts:
    """What the rows of one feedback file are worth.

    rows: of the file; repeated: rows that a newer one about the same pair replaces; unknown_people, unknown_items:
    ids that the lake does not hold; trained: pairs that the models were fitted on; used: pairs that are left, `liked`
    of them with a weight above 0; people: persons with a liked pair left.
    """

    rows: int
    repeated: int
    unknown_people: int
    unknown_items: int
    trained: int
    used: int
    liked: int
    people: int


def newest_of_pair(rows: DataFrame) -> DataFrame:
    """(user_id, item_id, weight, event_ts, line) -> (user_id, item_id, liked): of rows about one pair the newest.

    The latest event_ts stands, a row without one counting as the oldest; ties go to the later line. liked: weight > 0.
    Lazy, one shuffle.
    """
    last = F.max_by("weight", F.struct("event_ts", "line"))
    return rows.groupBy("user_id", "item_id").agg((last > 0).alias("liked"))


def located(users: DataFrame, items: DataFrame, train: DataFrame) -> Callable[[DataFrame], DataFrame]:
    """-> pairs(user_id, item_id, liked) -> the same with user_index, item_index (null: unknown) and trained.

    users(user_id, user_index), items(item_id, item_index), train(user_index, item_index): pairs the models were fitted
    on, which say nothing about how well they foresee. Lazy.
    """
    marked = train.select(*PAIR, F.lit(True).alias("in_train"))

    def transform(pairs: DataFrame) -> DataFrame:
        placed = pairs.join(users.select("user_id", "user_index"), "user_id", "left")
        placed = placed.join(items.select("item_id", "item_index"), "item_id", "left")
        placed = placed.join(marked, list(PAIR), "left")
        return placed.select(*placed.columns[:-1], F.col("in_train").isNotNull().alias("trained"))

    return transform


def usable(pairs: DataFrame) -> DataFrame:
    """Pairs of `located` -> (user_index, item_index, liked) that both sides know and no model was fitted on. Lazy."""
    return pairs.where("user_index IS NOT NULL AND item_index IS NOT NULL AND NOT trained").select(*PAIR, "liked")


def count_feedback(rows: int, pairs: DataFrame) -> FeedbackCounts:
    """`rows` of the file and the pairs of `located` -> FeedbackCounts. Runs one Spark job."""
    located_pair = F.col("user_index").isNotNull() & F.col("item_index").isNotNull()
    used = located_pair & ~F.col("trained")
    liked = used & F.col("liked")
    counted = pairs.agg(
        F.count(F.lit(1)).alias("pairs"),
        F.count_distinct(F.when(F.col("user_index").isNull(), F.col("user_id"))).alias("unknown_people"),
        F.count_distinct(F.when(F.col("item_index").isNull(), F.col("item_id"))).alias("unknown_items"),
        F.count_if(F.col("trained")).alias("trained"),
        F.count_if(used).alias("used"),
        F.count_if(liked).alias("liked"),
        F.count_distinct(F.when(liked, F.col("user_index"))).alias("people"),
    )
    counts = only_row(counted).asDict()
    return FeedbackCounts(rows=rows, repeated=rows - counts.pop("pairs"), **counts)


def judged_items(pairs: DataFrame) -> DataFrame:
    """Pairs of `usable` -> (user_index, relevant array<int>, refused array<int>) of people who liked something.

    relevant: item indexes of liked pairs, ascending; refused: of those shown and not liked, or none. Lazy.
    """
    listed = [
        F.array_sort(F.collect_set(F.when(F.col("liked") == liked, F.col("item_index")))).alias(name)
        for name, liked in (("relevant", True), ("refused", False))
    ]
    return pairs.groupBy("user_index").agg(*listed).where(F.size("relevant") > 0)


def without(pairs: DataFrame) -> Callable[[DataFrame], DataFrame]:
    """-> history pairs -> those that no feedback is about, so that no source is asked for what it was told. Lazy."""
    return lambda history: history.join(pairs.select(*PAIR), list(PAIR), "left_anti")


def of_judging_half(seed: int) -> Column:
    """Column: whether a person (user_id) judges the re-fit instead of taking part in it; a seeded half of everybody."""
    return F.pmod(F.xxhash64(F.lit(seed), F.col("user_id")), F.lit(2)) == 1
