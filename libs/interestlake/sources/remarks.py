"""What a person should hear of a load: records left out and why, and what looks as if a column was mistaken."""

import re
from collections.abc import Mapping

from pyspark.sql import Column, DataFrame, Row
from pyspark.sql import functions as F

from ..core.only_row import only_row

REASONS = 3  # commonest reasons that are told
EARLY = "1970-03-01"  # seconds of this century that are taken for milliseconds end before it
SAMPLED = 1_000  # events whose items are looked for first
LEAST_PEOPLE, MOST_EVENTS_OF_ONE = 20, 1.1  # from which, and up to which mean, people are taken for no people
PEOPLE = "user|customer|client|person|member|account|reviewer|buyer|visitor"
ITEMS = "item|product|article|movie|film|book|song|track|artist|album|title|sku|asin|isbn"


def left_out(quarantine: DataFrame, bad_count: int) -> list[str]:
    """The commonest reasons of a load's quarantine, each with one line to look at. One Spark job where any is bad."""
    if not bad_count:
        return []
    figures = F.count(F.lit(1)).alias("times"), F.min(F.struct("file", "line")).alias("at")
    rows = quarantine.groupBy("reason").agg(*figures).orderBy(F.desc("times"), "reason").limit(REASONS + 1).collect()
    told = [f"{row['times']} x {row['reason']} (as in {row['at']['file']} line {row['at']['line']})" for row in rows]
    more = ["..."] if len(told) > REASONS else []
    return [
        f"{bad_count} record{'' if bad_count == 1 else 's'} in quarantine: see bronze.quarantine",
        *(f"  {one}" for one in told[:REASONS] + more),
    ]


def counted() -> list[Column]:
    """Aggregates over bronze.events: events, people (within 2 %), first, last (text, UTC), early (before EARLY)."""
    shown = "yyyy-MM-dd HH:mm:ss"
    return [
        F.count(F.lit(1)).alias("events"),
        F.approx_count_distinct("user_id", 0.01).alias("people"),
        F.date_format(F.min("event_ts"), shown).alias("first"),
        F.date_format(F.max("event_ts"), shown).alias("last"),
        F.count_if(F.col("event_ts") < F.lit(EARLY).cast("timestamp")).alias("early"),
    ]


def times(found: Row) -> list[str]:
    """A warning where times lie at the beginning of 1970, which a wrong unit or a 0 for "unknown" makes.

    found: what `counted` gives.
    """
    if not found["early"]:
        return []
    return [f"warning: {found['early']} of {found['events']} events lie before {EARLY}; times run from "
            f"{found['first']} to {found['last']} UTC: is the mapping's time_unit right (seconds, millis, iso, us), "
            "and is no 0 an unknown time?"]  # fmt: skip


def lonely(found: Row) -> list[str]:
    """A warning where hardly anybody has two events, as where an order or a session stands for the person.

    found: what `counted` gives.
    """
    events, people = found["events"], found["people"]
    if people < LEAST_PEOPLE or events > MOST_EVENTS_OF_ONE * people:
        return []
    return [f"warning: {events} events of about {people} people: hardly anybody has two, and nothing is learned from "
            "one; is user_id the person, and no order, session or row?"]  # fmt: skip


def swapped(events: DataFrame, items: DataFrame) -> list[str]:
    """A warning where the people of events are items of the catalogue. One small Spark job.

    events, items: as loaded, user ids as in the source.
    """
    some = [row["user_id"] for row in events.select("user_id").limit(SAMPLED).distinct().collect()]
    found = items.where(F.col("item_id").isin(some)).select("item_id").distinct().count() if some else 0
    if 2 * found < len(some) or not found:
        return []
    return [f"warning: {found} of {len(some)} user ids looked at are items of the catalogue: are user_id and item_id "
            "swapped in the mapping?"]  # fmt: skip


def swapped_names(columns: Mapping[str, str]) -> list[str]:
    """A warning where a mapping's columns are called as the other one's. columns: field -> the source's column."""
    user, item = columns.get("user_id", ""), columns.get("item_id", "")
    if not (_speaks_of(user, ITEMS) and _speaks_of(item, PEOPLE)):
        return []
    return [f"warning: user_id is the column {user!r} and item_id {item!r}: are they swapped in the mapping?"]


def _speaks_of(column: str, words: str) -> bool:
    """Whether a column's name holds one of these words, and none of the other kind."""
    others = PEOPLE if words == ITEMS else ITEMS
    return bool(re.search(words, column, re.IGNORECASE)) and not re.search(others, column, re.IGNORECASE)


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
    one, other = (only_row(ids.select(F.min("item_id")))[0] for ids in (events, known))
    return [f"warning: no event is on an item of the catalogue: events have ids like {one!r}, items like {other!r}; "
            "are both columns the same id, written in one way?"]  # fmt: skip
