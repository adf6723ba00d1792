"""What is served: the lists of a release beside those of the one before, what people chose of them, and their age."""

from collections.abc import Callable
from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.only_row import only_row
from .daily import TENTHS


@dataclass(frozen=True)
class Lists:
    """coverage: share of the catalogue that stands in some list; popularity: mean share of the people who have chosen a
    listed item; scores: entries by tenth of the scores of the release before, empty without one."""

    entries: int
    people: int
    coverage: float
    popularity: float
    scores: tuple[float, ...] = ()


def describe_lists(lists: DataFrame, items: DataFrame, people: int) -> Lists:
    """gold.recommendations of one release, silver.items, people of the lake -> Lists without scores. One Spark job."""
    counted = lists.join(F.broadcast(items.select("item_id", "user_count")), "item_id").agg(
        F.count(F.lit(1)).alias("entries"), F.countDistinct("user_id").alias("people"),
        F.countDistinct("item_id").alias("items"), F.avg("user_count").alias("chosen"),
    )  # fmt: skip
    row = only_row(counted.crossJoin(items.agg(F.count(F.lit(1)).alias("catalogue"))))
    coverage = row["items"] / row["catalogue"] if row["catalogue"] else 0.0
    return Lists(row["entries"], row["people"], coverage, (row["chosen"] or 0.0) / max(people, 1))


def score_tenths(lists: DataFrame, former: DataFrame) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Entries of both by tenth of `former`'s scores, (10,) each. Two Spark jobs."""
    edges = only_row(former.agg(F.percentile_approx("score", TENTHS).alias("edges")))["edges"] or []

    def tenths(rows: DataFrame) -> tuple[float, ...]:
        above = [F.count_if(F.col("score") > edge).alias(f"above_{place}") for place, edge in enumerate(edges)]
        row = only_row(rows.agg(F.count("score").alias("all"), *above))
        steps = [row["all"], *(row[f"above_{place}"] for place in range(len(edges))), 0]
        return tuple(float(more - less) for more, less in zip(steps, steps[1:], strict=False))

    return tenths(lists), tenths(former)


def chosen_of_lists(events: DataFrame, earlier: DataFrame) -> Callable[[DataFrame], DataFrame]:
    """Lists of one release -> (day, pairs, hits): what their people chose of them, day by day.

    events: bronze.events of the days with a column day; earlier: of before them, whose (user_id, item_id) no list
    shows. pairs: people with a list and items that they had not chosen before, by the day of the choice; hits: those
    that stood in the person's list. Lazy.
    """

    def transform(lists: DataFrame) -> DataFrame:
        first = events.groupBy("user_id", "item_id").agg(F.min("day").alias("day"))
        new = first.join(earlier.select("user_id", "item_id").distinct(), ["user_id", "item_id"], "left_anti")
        listed = new.join(lists.select("user_id").distinct(), "user_id", "left_semi")
        shown = lists.select("user_id", "item_id", F.lit(1).alias("hit")).distinct()
        joined = listed.join(shown, ["user_id", "item_id"], "left")
        return joined.groupBy("day").agg(F.count(F.lit(1)).alias("pairs"), F.count("hit").alias("hits"))

    return transform


def served_beside(lists: DataFrame) -> Callable[[DataFrame], DataFrame]:
    """bronze.served of one run's lists with a column day -> (day, places, strangers): places with an item that no list
    of the person in that run holds. Lazy."""

    def transform(served: DataFrame) -> DataFrame:
        held = lists.select("user_id", "item_id", F.lit(1).alias("held")).distinct()
        joined = served.join(held, ["user_id", "item_id"], "left")
        return joined.groupBy("day").agg(
            F.count(F.lit(1)).alias("places"), F.count_if(F.col("held").isNull()).alias("strangers")
        )

    return transform
