"""Events that lie uneven: people of so many that a program is behind them, ratings of one value, a text said often."""

from collections.abc import Callable

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from ..core.counted import counted
from ..core.lineage import cut
from ..core.only_row import only_row
from .weigh import RATED

Transform = Callable[[DataFrame], DataFrame]
DRAWS = 2**31  # values of a draw
OFTEN = 1_000  # documents of one text, from which on it is told
MANY_LOW = 0.05  # share of low ratings from which on they are told of
LEAST_RATINGS = 20  # so few may have one value by chance


def crowded_people(max_items: int, max_events: int, seed: int) -> Callable[[DataFrame], DataFrame | None]:
    """bronze.events -> (user_id, items, events, item_share, event_share) of people above a cap, None without any.

    item_share = max_items / items, of the items that are kept by `thinned`; event_share = max_events / events of those,
    of their events; each at most 1. One Spark job that counts in every task, and one over such people where there are
    any: at most one in `max_items` events.
    """
    least = min(max_items, max_events)

    def find(events: DataFrame) -> DataFrame | None:
        counts = events.groupBy("user_id").agg(F.count(F.lit(1)).alias("events"))
        many = cut(counts.where(F.col("events") > least).select("user_id"))
        if many.isEmpty():
            return None
        pairs = events.join(F.broadcast(many), "user_id").groupBy("user_id", "item_id").agg(F.count("*").alias("times"))
        pairs = cut(pairs)
        sizes = pairs.groupBy("user_id").agg(F.count("*").alias("items"), F.sum("times").alias("events"))
        sizes = sizes.withColumn("item_share", F.least(F.lit(max_items) / F.col("items"), F.lit(1.0)))
        drawn = pairs.join(F.broadcast(sizes), "user_id").where(_item_draw(seed) < F.col("item_share"))
        left = drawn.groupBy("user_id").agg(F.sum("times").alias("left"))
        shares = sizes.join(left, "user_id", "left").withColumn(
            "event_share", F.least(F.lit(max_events) / F.coalesce("left", F.lit(1)), F.lit(1.0))
        )
        crowded = cut(shares.where("item_share < 1 OR event_share < 1").drop("left"))
        return None if crowded.isEmpty() else crowded

    return find


def thinned(crowded: DataFrame | None, seed: int) -> Transform:
    """bronze.events -> the same without what passes the caps of `crowded_people`; nothing changes for anybody else.

    A pair is kept whole where a hash of seed, person and item falls below item_share, then an event where one of seed
    and event falls below event_share: about as many as the caps say, the same on any cluster. Lazy, no shuffle.
    """

    def transform(events: DataFrame) -> DataFrame:
        if crowded is None:
            return events
        shares = crowded.select("user_id", "item_share", "event_share")
        marked = events.join(F.broadcast(shares), "user_id", "left")
        event_draw = _draw(F.lit(seed), "event_id")
        stays = F.col("item_share").isNull() | (
            (_item_draw(seed) < F.col("item_share")) & (event_draw < F.col("event_share"))
        )
        return marked.where(stays).select(*events.columns)

    return transform


def crowd_remarks(crowded: DataFrame | None, events: DataFrame, max_items: int, max_events: int) -> list[str]:
    """A warning with how much of their `events`, thinned, is left. Two small Spark jobs where there are such people."""
    if crowded is None:
        return []
    of = only_row(crowded.agg(F.count("*").alias("people"), F.sum("items"), F.sum("events")))
    kept = events.join(F.broadcast(crowded.select("user_id")), "user_id", "left_semi").count()
    people = "1 person has" if of[0] == 1 else f"{of[0]:,} people have"
    return [f"warning: {people} more than prepare.max_user_items={max_items} items or "
            f"prepare.max_user_events={max_events} events: of their {of[2]:,} events on {of[1]:,} items a sample of "
            f"{kept:,} counts; is that a program?"]  # fmt: skip


def rating_remarks(events: DataFrame) -> list[str]:
    """A warning for each source whose ratings all have one value. One Spark job that counts in every task."""
    rated = events.where(F.col("event_type").isin(*RATED) & F.col("value").isNotNull())
    sizes = F.count(F.lit(1)).alias("ratings"), F.min("value").alias("low"), F.max("value").alias("high")
    alike = rated.groupBy("source").agg(*sizes).where(f"low = high AND ratings >= {LEAST_RATINGS}").orderBy("source")
    return [f"warning: all {row['ratings']:,} ratings of {row['source']} are {row['low']:g}: they say what was chosen, "
            "and not how much it was liked; weights follow from how often and how lately alone "
            "(prepare.half_life_days, prepare.event_weights), and built-in sentences teach sentiment"
            for row in alike.collect()]  # fmt: skip


def dislike_remarks(events: DataFrame) -> list[str]:
    """A line for each source where MANY_LOW of the ratings and more lie below the middle of what it rates with. One
    Spark job that counts in every task."""
    rated = events.where((F.col("event_type") == "rating") & F.col("value").isNotNull())
    scales = rated.groupBy("source").agg(((F.min("value") + F.max("value")) / 2).alias("middle"))
    below = F.count_if(F.col("value") < F.col("middle")).alias("low")
    counts = rated.join(F.broadcast(scales), "source").groupBy("source", "middle")
    counts = counts.agg(below, F.count(F.lit(1)).alias("ratings")).where(F.col("low") >= MANY_LOW * F.col("ratings"))
    return [f"{row['low']:,} of {row['ratings']:,} ratings of {row['source']} are below {row['middle']:g}, the middle "
            "of its scale, and count as choices too: lists foretell what is chosen, liked or not; prepare.min_rating "
            "leaves them out" for row in counts.orderBy("source").collect()]  # fmt: skip


def text_remarks(documents: DataFrame) -> list[str]:
    """A line where one text is that of OFTEN documents. One Spark job that counts in every task."""
    copies = documents.groupBy("text_hash").agg(F.count(F.lit(1)).alias("copies"))
    of = only_row(copies.agg(F.sum("copies"), F.count("*"), F.max("copies"), F.count_if(F.col("copies") >= OFTEN)))
    if not of[3]:
        return []
    return [f"{of[0]:,} documents hold {of[1]:,} texts, {counted(of[3], 'text')} in {OFTEN:,} and more, one in "
            f"{of[2]:,}: each text is annotated and embedded once"]  # fmt: skip


def _item_draw(seed: int) -> Column:
    return _draw(F.lit(seed), "user_id", "item_id")


def _draw(*parts: Column | str) -> Column:
    """A number in [0,1) from a hash of `parts`."""
    return F.pmod(F.xxhash64(*parts), F.lit(DRAWS)) / float(DRAWS)
