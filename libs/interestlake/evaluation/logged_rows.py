"""Logged rows -> sums per person -> Moments over people, by Spark; nothing that grows with the logs is collected."""

from collections.abc import Callable
from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.only_row import only_row
from .moments import Moments
from .moments_of_rows import moment_columns, moments_in

Transform = Callable[[DataFrame], DataFrame]
SUMS = ("row_count", "weights", "weighted", "rewards", "robust")  # in the order of policy_values.ROWS, WEIGHTS, ...


@dataclass(frozen=True)
class Logged:
    """people: Moments of SUMS; squares, largest, unmatched and cut as `policy_values.weighing` takes them. modelled:
    rows with both predictions, some: with at least one."""

    people: Moments
    squares: float
    largest: float
    unmatched: int
    cut: int
    modelled: int
    some: int


def weighed(clip: float) -> Transform:
    """rows(user_id, propensity in (0, 1], new_propensity in [0, 1], reward, predicted, new_predicted) -> with weight,
    cut and robust. Lazy.

    weight: new_propensity / propensity, at most `clip` (0: no bound), cut: whether it was above; robust: new_predicted
    + weight (reward - predicted), 0 where either is null.
    """

    def transform(rows: DataFrame) -> DataFrame:
        weight = F.col("new_propensity") / F.col("propensity")
        bound = F.least(weight, F.lit(float(clip))) if clip else weight
        with_weight = rows.withColumns({"cut": weight > bound, "weight": bound})
        robust = F.col("new_predicted") + F.col("weight") * (F.col("reward") - F.col("predicted"))
        return with_weight.withColumn("robust", F.coalesce(robust, F.lit(0.0)))

    return transform


def count_logged(rows: DataFrame) -> Logged:
    """Of `weighed` rows. One Spark job, one shuffle by person."""
    person = rows.groupBy("user_id").agg(
        F.count(F.lit(1)).cast("double").alias("row_count"), F.sum("weight").alias("weights"),
        F.sum(F.col("weight") * F.col("reward")).alias("weighted"), F.sum("reward").alias("rewards"),
        F.sum("robust").alias("robust"), F.sum(F.col("weight") * F.col("weight")).alias("squares"),
        F.max("weight").alias("largest"), F.count_if(F.col("weight") == 0).alias("unmatched"),
        F.count_if("cut").alias("cut"),
        F.count_if(F.col("predicted").isNotNull() & F.col("new_predicted").isNotNull()).alias("modelled"),
        F.count_if(F.coalesce("predicted", "new_predicted").isNotNull()).alias("some"),
    )  # fmt: skip
    counts = ("unmatched", "cut", "modelled", "some")
    sums = (F.sum(name).alias(name) for name in ("squares", *counts))
    row = only_row(person.agg(*moment_columns(SUMS), F.max("largest").alias("largest"), *sums))
    counted = (row[name] or 0 for name in counts)
    return Logged(moments_in(row, len(SUMS)), row["squares"] or 0.0, row["largest"] or 0.0, *counted)


def rewarded(events: DataFrame, days: float) -> Transform:
    """served(user_id, item_id, position, propensity, served_at) -> rows(user_id, item_id, place, propensity, reward,
    predicted, new_predicted) for `shown_by`: reward 1 where the person has an event with the item from its showing on,
    within so many days, else 0; rows whose days reach beyond the newest event are left out; predicted and
    new_predicted null. Lazy.

    events(user_id, item_id, event_ts): those without a time count for nothing.
    """

    def transform(served: DataFrame) -> DataFrame:
        chosen = events.where(F.col("event_ts").isNotNull()).select("user_id", "item_id", "event_ts")
        after = F.unix_micros("event_ts") - F.unix_micros("served_at")
        within = after.between(0, int(days * 86_400_000_000))
        # whose days are not over yet is no answer
        last = events.agg((F.max(F.unix_micros("event_ts")) - int(days * 86_400_000_000)).alias("over"))
        served = served.join(F.broadcast(last), F.unix_micros("served_at") <= F.col("over")).drop("over")
        # a choice answers every showing of the days before it: each is a row of its own
        rewards = served.join(chosen, ["user_id", "item_id"], "left").groupBy("list_id", "position")
        counted = rewards.agg(F.coalesce(F.max(within.cast("double")), F.lit(0.0)).alias("reward"))
        nothing = F.lit(None).cast("double")
        return served.join(counted, ["list_id", "position"]).select(
            "user_id", "item_id", F.col("position").cast("double").alias("place"), "propensity", "reward",
            nothing.alias("predicted"), nothing.alias("new_predicted"),
        )  # fmt: skip

    return transform


def shown_by(lists: DataFrame, top: int, by_place: bool) -> Transform:
    """rows(user_id, item_id, place) -> those of people who have a list, with new_propensity 1 or 0. Lazy.

    lists(user_id, rank from 1, item_id): the first `top` ranks are the new policy, which draws nothing. by_place: 1
    where the list has the item at the row's place, else 1 where it has it at all.
    """

    def transform(rows: DataFrame) -> DataFrame:
        asked = lists.where(F.col("rank") <= top).select("user_id", "item_id", "rank")
        listed = rows.join(asked.select("user_id").distinct(), "user_id")
        matched = listed.join(asked, ["user_id", "item_id"], "left")
        same = (F.col("rank") == F.col("place")) if by_place else F.col("rank").isNotNull()
        return matched.withColumn("new_propensity", F.coalesce(same, F.lit(False)).cast("double")).drop("rank")

    return transform
