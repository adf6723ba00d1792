"""Directed influence: an interest whose life in people's histories begins and ends before another's."""

from collections.abc import Callable

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from .significance import benjamini_hochberg, two_sided_half
from .trend import DAY_SECONDS


def interest_spans(rows: DataFrame, max_nodes: int) -> Callable[[DataFrame], DataFrame]:
    """interactions(user_id, item_id, weight, first_ts) -> (user_id, interest_id, begins, ends) of timed choices.

    rows(item_id, interest_id, weight). A person's `max_nodes` interests of greatest sum of weights, ties by id. Lazy.
    """

    def transform(interactions: DataFrame) -> DataFrame:
        timed = interactions.where("first_ts IS NOT NULL AND weight > 0").select(
            "user_id", "item_id", F.col("weight").alias("liking"), "first_ts"
        )
        spans = timed.join(rows.select("item_id", "interest_id", "weight"), "item_id").groupBy("user_id", "interest_id")
        spans = spans.agg(
            F.round(F.sum(F.col("liking") * F.col("weight")), 9).alias("strength"),
            F.min("first_ts").alias("begins"),
            F.max("first_ts").alias("ends"),
        )
        strongest = Window.partitionBy("user_id").orderBy(F.desc("strength"), "interest_id")
        first_nodes = spans.withColumn("place", F.row_number().over(strongest)).where(F.col("place") <= max_nodes)
        return first_nodes.select("user_id", "interest_id", "begins", "ends")

    return transform


def influence_edges(min_people: int, significance: float, gap_days: float) -> Callable[[DataFrame], DataFrame]:
    """`interest_spans` -> graph.interest_influence rows: pairs whose order is beyond chance.

    A frequent interest is met first in any history and last as well, so being first proves nothing. Each history is
    therefore set against its own reversal: forward counts the people in whom src both begins and ends before dst,
    by `gap_days` or more, backward those in whom dst does; others, such as people who meet both on one day, say the
    same either way and drop out, as in McNemar's test (1947). Without direction, a person with a clear order falls on
    either side with chance 1/2: two-sided sign test over pairs with at least `min_people` such people, and a false
    discovery rate of `significance` over all of them (Benjamini and Hochberg, 1995). It shows an order, which influence
    makes and a common trend makes too. One Spark job, which computes the pairs tested.
    """

    def transform(spans: DataFrame) -> DataFrame:
        one = spans.select("user_id", *(F.col(n).alias(f"a_{n}") for n in ("interest_id", "begins", "ends")))
        other = spans.select("user_id", *(F.col(n).alias(f"b_{n}") for n in ("interest_id", "begins", "ends")))
        pairs = one.join(other, "user_id").where("a_interest_id < b_interest_id")
        days, ends = (
            (F.col(f"b_{edge}").cast("double") - F.col(f"a_{edge}").cast("double")) / DAY_SECONDS
            for edge in ("begins", "ends")
        )
        before = (days > 0) & (ends > 0) & (F.least(days, ends) >= gap_days)
        after = (days < 0) & (ends < 0) & (F.greatest(days, ends) <= -gap_days)
        counted = (
            pairs.where(before | after)
            .groupBy("a_interest_id", "b_interest_id")
            .agg(
                F.count_if(before).alias("before"),
                F.count_if(after).alias("after"),
                F.percentile_approx(F.when(before, days), 0.5, 10_000).alias("days_before"),
                F.percentile_approx(F.when(after, -days), 0.5, 10_000).alias("days_after"),
            )
        )
        tested = counted.where(F.col("before") + F.col("after") >= min_people)
        tested = tested.withColumn(
            "p_value",
            two_sided_half(F.col("before").cast("double"), (F.col("before") + F.col("after")).cast("double")),
        )
        judged = tested.transform(benjamini_hochberg)
        leads = F.col("before") > F.col("after")
        forward, backward = F.greatest("before", "after"), F.least("before", "after")
        significant = judged.where((F.col("q_value") <= significance) & (F.col("before") != F.col("after")))
        return significant.select(
            F.when(leads, F.col("a_interest_id")).otherwise(F.col("b_interest_id")).alias("src"),
            F.when(leads, F.col("b_interest_id")).otherwise(F.col("a_interest_id")).alias("dst"),
            forward.alias("forward"),
            backward.alias("backward"),
            (forward / (forward + backward)).alias("lead"),
            F.when(leads, F.col("days_before")).otherwise(F.col("days_after")).alias("median_days"),
            "p_value",
            "q_value",
        )

    return transform
