"""What an alarm of gold.trends says: the figures that raised it, with their interval."""

from collections.abc import Mapping

from pyspark.sql import Column
from pyspark.sql import functions as F

from ...core.counted import counted
from .series import NORMAL_95


def alarm_line(row: Mapping) -> str:
    """A row of gold.trends with an alarm -> its line: shares where attention moved, polarities where sentiment did."""
    figures = []
    if "attention" in row["alarm"]:
        shares = [100 * row[name] for name in ("share", "usual_share", "low", "high")]
        figures.append("share {:.1f} % of {:.1f} % (difference {:+.1f} to {:+.1f})".format(*shares))
    if "sentiment" in row["alarm"]:
        now, before = row["polarity"], row["usual_polarity"]
        low, high = polarity_interval(now, before, row["polarity_z"])
        figures.append(f"polarity {now:+.2f} of {before:+.2f} (difference {low:+.2f} to {high:+.2f})")
    people = counted(row["people"], "person", "people")
    return f"{row['period_start'].date()}  {row['name']}: {row['alarm']}, {', '.join(figures)}, {people}"


def polarity_interval(now: float, before: float, z: float) -> tuple[float, float]:
    """95 % interval of a difference of mean polarities that lies `z` standard errors from 0."""
    difference = now - before
    error = abs(difference / z)
    return difference - NORMAL_95 * error, difference + NORMAL_95 * error


def polarity_bounds() -> tuple[Column, Column]:
    """`polarity_interval` of rows of gold.trends as columns; null without a polarity_z that is not 0."""
    difference = F.col("polarity") - F.col("usual_polarity")
    error = F.abs(difference / F.when(F.col("polarity_z") != 0, F.col("polarity_z")))
    return difference - NORMAL_95 * error, difference + NORMAL_95 * error
