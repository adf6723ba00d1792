"""What a person should hear of a load: records left out and why, times that look wrong, events beside the catalogue."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

REASONS = 3  # commonest reasons that are told
EARLY = "1970-03-01"  # seconds of this century that are taken for milliseconds end before it
SAMPLED = 1_000  # events whose items are looked for first


def left_out(quarantine: DataFrame, bad_count: int) -> list[str]:
    """The commonest reasons of a load's quarantine, each with one line to look at. One Spark job where any is bad."""
    if not bad_count:
        return []
    figures = F.count(F.lit(1)).alias("times"), F.min(F.struct("file", "line")).alias("at")
    rows = quarantine.groupBy("reason").agg(*figures).orderBy(F.desc("times"), "reason").limit(REASONS + 1).collect()
    told = [f"{row['times']} x {row['reason']} (as in {row['at']['file']} line {row['at']['line']})" for row in rows]
    more = ["..."] if len(told) > REASONS else []
    return [f"{bad_count} records in quarantine: see bronze.quarantine", *(f"  {one}" for one in told[:REASONS] + more)]


def time_figures() -> list[Column]:
    """Aggregates over bronze.events: first, last (text, UTC), early (how many lie before EARLY)."""
    shown = "yyyy-MM-dd HH:mm:ss"
    return [
        F.date_format(F.min("event_ts"), shown).alias("first"),
        F.date_format(F.max("event_ts"), shown).alias("last"),
        F.count_if(F.col("event_ts") < F.lit(EARLY).cast("timestamp")).alias("early"),
    ]


def times(events: int, first: str | None, last: str | None, early: int) -> list[str]:
    """A warning where times lie at the beginning of 1970, which a wrong unit or a 0 for "unknown" makes."""
    if not early:
        return []
    return [f"warning: {early} of {events} events lie before {EARLY}; times run from {first} to {last} UTC: "
            "is the mapping's time_unit right (seconds, millis, iso, us), and is no 0 an unknown time?"]  # fmt: skip


def beside_the_catalogue(events: DataFrame, items: DataFrame) -> list[str]:
    """A warning where there are items and no event is on one of them. Two small Spark jobs, a join where it seems so.

    events, items: with item_id, as in bronze; items may repeat.
    """
    known = items.select("item_id")
    some = [row["item_id"] for row in events.select("item_id").limit(SAMPLED).collect()]
    if not some or not known.where(F.col("item_id").isin(some)).isEmpty():
        return []
    if known.isEmpty() or not events.join(known, "item_id", "left_semi").isEmpty():
        return []
    one, other = events.select(F.min("item_id")).first()[0], known.select(F.min("item_id")).first()[0]
    return [f"warning: no event is on an item of the catalogue: events have ids like {one!r}, items like {other!r}; "
            "are both columns the same id, written in one way?"]  # fmt: skip
