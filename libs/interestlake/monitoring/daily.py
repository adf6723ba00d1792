"""Events -> daily counts for each figure of `judge.FIGURES`, as one small table."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

NULLABLE = ("value", "text")  # columns of an event that a client may stop to send
TENTHS = [round(0.1 * place, 1) for place in range(1, 10)]
REST = "(all others)"
WORD = r"[^\p{L}]+"


def daily_counts(
    items: DataFrame, quarantine: DataFrame, first: date, last: date, bins: int
) -> Callable[[DataFrame], DataFrame]:
    """bronze.events -> (day, figure, subject, bin, amount, of) from `first` to `last`, a row per day, figure and bin.

    day: of event_ts, UTC; events without a time are in none. subject: source, or source/event type. bin: an hour, a
    tenth of the values, a category, a word, a column; "" where the figure has none. of: what amount is a share of, 0
    where it is none. items(item_id, categories): the catalogue; quarantine(source, day): what ingest set aside.
    Categories and words beyond the `bins` most frequent of all days but the last are counted as one. Lazy; eight
    aggregations, of which two look at texts and categories.
    """

    def transform(events: DataFrame) -> DataFrame:
        until = last + timedelta(days=1)
        within = events.where((F.col("event_ts") >= F.lit(first)) & (F.col("event_ts") < F.lit(until)))
        rows = within.withColumns({
            "day": F.to_date("event_ts"), "stream": F.concat_ws("/", "source", "event_type"),
        })  # fmt: skip
        before = F.col("day") < F.lit(last)
        parts = [
            *_streams(rows), _duplicates(rows), _one_person(rows), _unknown_items(rows, items),
            _refused(rows, quarantine.where(F.col("day").between(F.lit(first), F.lit(last)))),
            _row("hours", F.col("source"), F.date_format("event_ts", "HH"))(rows),
            _values(rows, before), _categories(rows, items, before, bins), _words(rows, before, bins),
        ]  # fmt: skip
        return reduce(DataFrame.unionByName, parts)

    return transform


def _row(figure: str, subject: Column, of_bin: Column) -> Callable[[DataFrame], DataFrame]:
    """Rows -> one count per day, subject and bin."""

    def transform(rows: DataFrame) -> DataFrame:
        counted = rows.groupBy("day", subject.alias("subject"), of_bin.alias("bin"))
        return _told(figure, counted.agg(F.count(F.lit(1)).alias("amount")))

    return transform


def _told(figure: str, rows: DataFrame) -> DataFrame:
    of = F.col("of") if "of" in rows.columns else F.lit(0)
    of_bin = F.col("bin") if "bin" in rows.columns else F.lit("")
    return rows.select("day", F.lit(figure).alias("figure"), "subject", of_bin.alias("bin"),
                       F.col("amount").cast("double").alias("amount"), of.cast("double").alias("of"))  # fmt: skip


def _streams(rows: DataFrame) -> list[DataFrame]:
    """volume and silence of each stream, nulls of its columns."""
    nulls = [F.count_if(F.col(name).isNull()).alias(name) for name in NULLABLE]
    counted = rows.groupBy("day", F.col("stream").alias("subject")).agg(
        F.count(F.lit(1)).alias("rows"), F.max("event_ts").alias("newest"), *nulls
    )
    end = F.unix_timestamp(F.date_add("day", 1).cast("timestamp"))
    quiet = counted.withColumn("amount", (end - F.unix_timestamp("newest")) / 3600.0)
    volume = counted.withColumn("amount", F.col("rows"))
    return [
        _told("volume", volume),
        _told("silence", quiet),
        _told("silence", volume.withColumn("bin", F.lit("events"))),
        *(_told("nulls", counted.withColumns({"bin": F.lit(name), "amount": F.col(name), "of": F.col("rows")}))
          for name in NULLABLE),
    ]  # fmt: skip


def _duplicates(rows: DataFrame) -> DataFrame:
    """Events that another one of the day says in all but its moment."""
    same = rows.groupBy("day", F.col("source").alias("subject"), "user_id", "item_id", "event_type", "value", "text")
    counted = same.agg(F.count(F.lit(1)).alias("times")).groupBy("day", "subject")
    return _told("duplicates", counted.agg(F.sum(F.col("times") - 1).alias("amount"), F.sum("times").alias("of")))


def _one_person(rows: DataFrame) -> DataFrame:
    own = rows.groupBy("day", F.col("source").alias("subject"), "user_id").agg(F.count(F.lit(1)).alias("events"))
    return _told("one_person", own.groupBy("day", "subject").agg(
        F.max("events").alias("amount"), F.sum("events").alias("of")))  # fmt: skip


def _unknown_items(rows: DataFrame, items: DataFrame) -> DataFrame:
    chosen = rows.groupBy("day", F.col("source").alias("subject"), "item_id").agg(F.count(F.lit(1)).alias("events"))
    known = items.select("item_id", F.lit(True).alias("known"))
    joined = chosen.join(known, "item_id", "left")
    unknown = F.sum(F.when(F.col("known").isNull(), F.col("events")).otherwise(0))
    return _told("unknown_items", joined.groupBy("day", "subject").agg(
        unknown.alias("amount"), F.sum("events").alias("of")))  # fmt: skip


def _refused(rows: DataFrame, quarantine: DataFrame) -> DataFrame:
    """Of each day and source with events, or with records that were set aside."""
    kept = rows.select("day", "source", F.lit(0).alias("bad"))
    both = kept.unionByName(quarantine.select("day", "source", F.lit(1).alias("bad")))
    return _told("refused", both.groupBy("day", F.col("source").alias("subject")).agg(
        F.sum("bad").alias("amount"), F.count(F.lit(1)).alias("of")))  # fmt: skip


def _values(rows: DataFrame, before: Column) -> DataFrame:
    valued = rows.where("value IS NOT NULL")
    edges = valued.where(before).groupBy("stream").agg(F.percentile_approx("value", TENTHS).alias("edges"))
    told = valued.join(F.broadcast(edges), "stream")
    tenth = F.size(F.filter("edges", lambda edge: F.col("value") > edge)).cast("string")
    return _row("values", F.col("stream"), tenth)(told)


def _categories(rows: DataFrame, items: DataFrame, before: Column, bins: int) -> DataFrame:
    carried = items.select("item_id", F.explode("categories").alias("bin"))
    met = rows.select("day", "source", "item_id").join(carried, "item_id")
    return _row("categories", F.col("source"), F.col("bin"))(_most(met, before, bins))


def _words(rows: DataFrame, before: Column, bins: int) -> DataFrame:
    words = F.explode(F.split(F.lower("text"), WORD)).alias("bin")
    spoken = rows.where("text IS NOT NULL").select("day", "source", words)
    return _row("words", F.col("source"), F.col("bin"))(_most(spoken.where("bin <> ''"), before, bins))


def _most(rows: DataFrame, before: Column, bins: int) -> DataFrame:
    """Rows whose bin is one of the `bins` most frequent of the days before, or REST."""
    often = rows.where(before).groupBy("bin").count().orderBy(F.desc("count"), "bin").limit(bins)
    kept = rows.join(F.broadcast(often.select("bin", F.lit(True).alias("kept"))), "bin", "left")
    return kept.withColumn("bin", F.when(F.col("kept"), F.col("bin")).otherwise(F.lit(REST)))
