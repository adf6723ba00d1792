"""Rows of an experiment -> one row per person -> Moments per arm and day of entry, all by Spark."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.errors import BadInput
from ..core.only_row import only_row
from .moments import Moments
from .moments_of_rows import moment_columns, moments_in

Transform = Callable[[DataFrame], DataFrame]
MOST_ARMS = 20
MOST_DAYS = 1_000  # of an experiment that is looked at by day
KEYS = ("arm", "day")


@dataclass(frozen=True)
class Counted:
    """What `people_of` made of the rows. several: people in more than one arm, open: people whose window is not over,
    both left out of `people`; days: of entry, 0 where the rows have no time."""

    people: int
    several: int
    open: int
    arms: int
    days: int


def people_of(metrics: int, window_days: int) -> Transform:
    """rows(user_id, arm, timestamp, value_<i> and before_<i> of each metric) -> one row per person. Lazy, one shuffle.

    -> (user_id, arm, day, several, open, value_<i>, before_<i>): value the sum over the person's rows, before the mean
    over the rows that say it, both 0 where none does; day of the first row, null without times; several: rows of more
    than one arm, which are no fair part of either. window_days: rows from so many days after the first on count
    nothing, and a person whose window ends after the newest row of all is `open`; 0 = every row counts.
    """
    values = [f"value_{i}" for i in range(metrics)]
    befores = [f"before_{i}" for i in range(metrics)]

    def transform(rows: DataFrame) -> DataFrame:
        counts, open_ = F.lit(True), F.lit(False)
        if window_days:
            first = rows.groupBy("user_id").agg(F.min("timestamp").alias("first"))
            newest = rows.agg(F.max("timestamp").alias("newest"))
            rows = rows.join(first, "user_id").crossJoin(F.broadcast(newest))
            end = F.col("first") + F.make_dt_interval(F.lit(window_days))
            counts, open_ = F.col("timestamp") < end, end > F.col("newest")
        sums = [F.coalesce(F.sum(F.when(counts, F.col(name))), F.lit(0.0)).alias(name) for name in values]
        means = [F.coalesce(F.avg(name), F.lit(0.0)).alias(name) for name in befores]
        several = (F.min("arm") != F.max("arm")).alias("several")
        day = F.to_date(F.min("timestamp")).alias("day")
        return rows.groupBy("user_id").agg(F.min("arm").alias("arm"), day, several, F.max(open_).alias("open"),
                                           *sums, *means)  # fmt: skip

    return transform


def count_people(people: DataFrame) -> Counted:
    """Of `people_of`. One Spark job. Raises BadInput for more than MOST_ARMS arms, before any is collected."""
    fair = ~F.col("several") & ~F.col("open")
    span = F.datediff(F.max(F.when(fair, F.col("day"))), F.min(F.when(fair, F.col("day")))) + 1
    row = only_row(people.agg(
        F.count_if(fair).alias("people"), F.count_if("several").alias("several"),
        F.count_if(F.col("open") & ~F.col("several")).alias("open"),
        F.count_distinct(F.when(fair, F.col("arm"))).alias("arms"), F.coalesce(span, F.lit(0)).alias("days"),
    ))  # fmt: skip
    if row["arms"] > MOST_ARMS:
        raise BadInput.of("arms", found=f"{row['arms']:,} different ones", expected=f"at most {MOST_ARMS}",
                          where="--input, or --mapping that names the column of the arm")  # fmt: skip
    return Counted(row["people"], row["several"], row["open"], row["arms"], row["days"])


def arms_by_day(people: DataFrame, metrics: int, days: int) -> dict[str, dict[date | None, tuple[Moments, ...]]]:
    """Of `people_of`: arm -> day of entry -> Moments of (value, before) per metric; the arms in order. One Spark job.

    Without times, and where `days` are more than MOST_DAYS, the only day is None.
    """
    fair = people.where(~F.col("several") & ~F.col("open"))
    if not 0 < days <= MOST_DAYS:
        fair = fair.withColumn("day", F.lit(None).cast("date"))
    parts = [F.struct(*moment_columns((f"value_{i}", f"before_{i}"))).alias(f"metric_{i}") for i in range(metrics)]
    arms: dict[str, dict[date | None, tuple[Moments, ...]]] = {}
    for row in fair.groupBy(*KEYS).agg(*parts).orderBy(*KEYS).collect():
        arms.setdefault(row["arm"], {})[row["day"]] = tuple(moments_in(row[f"metric_{i}"], 2) for i in range(metrics))
    return arms


def looks(by_day: Sequence[dict[date | None, int]]) -> tuple[list[date | None], list[list[int]]]:
    """People per day of entry of each arm -> the days in order, and the people of each arm up to each of them."""
    days = sorted({day for arm in by_day for day in arm}, key=lambda day: (day is not None, day))
    counts, sums = [], [0] * len(by_day)
    for day in days:
        sums = [sum_ + arm.get(day, 0) for sum_, arm in zip(sums, by_day, strict=True)]
        counts.append(sums)
    return days, counts
