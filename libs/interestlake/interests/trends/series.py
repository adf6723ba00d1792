"""Dated texts -> one row per subject and period: share, polarity, how far both are from the periods before."""

from collections.abc import Callable
from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from ...core.params.all import Trend

SECONDS_PER_DAY = 86_400
LEAST_VARIANCE = 1e-4  # of a polarity: texts that all agree still leave some doubt


def of_topics(documents: DataFrame, mixtures: DataFrame, topics: DataFrame) -> DataFrame:
    """-> (text_hash, event_ts, doc_id, id, name): each dated text under its strongest topic. Lazy."""
    named = mixtures.select("text_hash", "topic_id").join(F.broadcast(topics.select("topic_id", "name")), "topic_id")
    named = named.select("text_hash", F.col("topic_id").cast("string").alias("id"), "name")
    return dated(documents).join(named, "text_hash")


def of_categories(documents: DataFrame, items: DataFrame) -> DataFrame:
    """-> (text_hash, event_ts, doc_id, id, name): each dated text under every category of its item. Lazy."""
    named = items.select("item_id", F.explode("categories").alias("id")).withColumn("name", F.col("id"))
    return dated(documents).join(named, "item_id")


def of_items(documents: DataFrame, items: DataFrame) -> DataFrame:
    """-> (text_hash, event_ts, doc_id, id, name): each dated text under its item. Lazy."""
    named = items.select("item_id", F.col("item_id").alias("id"), F.col("title").alias("name"))
    return dated(documents).join(named, "item_id")


def dated(documents: DataFrame) -> DataFrame:
    """silver.documents -> (doc_id, item_id, text_hash, event_ts) of reviews with a time. Lazy."""
    return documents.where("kind = 'review' AND event_ts IS NOT NULL").select(
        "doc_id", "item_id", "text_hash", "event_ts"
    )


def trend_series(documents: DataFrame, polarities: DataFrame, params: Trend) -> Callable[[DataFrame], DataFrame]:
    """subjects(doc_id, text_hash, event_ts, id, name) -> rows of gold.trends without kind and run_id. Lazy.

    documents: every dated text, of which a share is taken; polarities(text_hash, polarity). Periods are of
    `period_days` since 1970-01-01 UTC; every subject has a row in each period between the first and the last text of
    all. With n of N texts in the period, n0 of N0 in the `history` periods before, p = (n + n0) / (N + N0):

        attention_z = (n / N - n0 / N0) / sqrt(p (1 - p) (1/N + 1/N0))        two proportions
        polarity_z  = (m - m0) / sqrt(s2 (1/n + 1/n0))                        two means, pooled variance s2

    Both are null without a whole history, where n + n0 or, for polarity, n or n0 is below `min_texts`. alarm names what
    is at least `threshold` away, null where nothing is.
    """
    length = params.period_days * SECONDS_PER_DAY

    def transform(subjects: DataFrame) -> DataFrame:
        period = F.floor(F.col("event_ts").cast("double") / length).cast("int").alias("period")
        totals = documents.groupBy(period).agg(F.count(F.lit(1)).alias("all_texts"))
        span = totals.agg(F.min("period").alias("first"), F.max("period").alias("last"))
        grid = span.where("first IS NOT NULL").select("first", F.explode(F.sequence("first", "last")).alias("period"))
        grid = grid.join(totals, "period", "left").na.fill(0, ["all_texts"])
        judged = subjects.join(polarities.select("text_hash", "polarity"), "text_hash")
        counted = judged.groupBy("id", period).agg(
            F.count(F.lit(1)).alias("texts"),
            F.sum("polarity").alias("sum"),
            F.sum(F.col("polarity") * F.col("polarity")).alias("squares"),
        )
        names = subjects.groupBy("id").agg(F.min("name").alias("name"))
        rows = names.crossJoin(F.broadcast(grid)).join(counted, ["id", "period"], "left")
        rows = rows.na.fill(0, ["texts"]).na.fill(0.0, ["sum", "squares"])
        before = Window.partitionBy("id").orderBy("period").rowsBetween(-params.history, -1)
        for name in ("texts", "all_texts", "sum", "squares"):
            rows = rows.withColumn(f"{name}_0", F.coalesce(F.sum(name).over(before), F.lit(0)))
        rows = rows.withColumn("whole", F.col("period") - F.col("first") >= params.history)
        start = F.timestamp_seconds(F.col("period").cast("bigint") * length).alias("period_start")
        return rows.select("id", "name", start, *_figures(params)).withColumn("alarm", _alarm(params.threshold))

    return transform


def _figures(params: Trend) -> list[Column]:
    n, n0, all_n, all_0 = (F.col(name).cast("double") for name in ("texts", "texts_0", "all_texts", "all_texts_0"))
    share, usual = n / all_n, n0 / all_0
    pooled = (n + n0) / (all_n + all_0)
    spread = F.sqrt(pooled * (1 - pooled) * (1 / all_n + 1 / all_0))
    comparable = F.col("whole") & (all_n > 0) & (all_0 > 0) & (n + n0 >= params.min_texts) & (pooled < 1)
    attention = F.when(comparable, (share - usual) / spread)
    mean, mean_0 = F.col("sum") / n, F.col("sum_0") / n0
    variance = (F.col("squares") - n * mean * mean + F.col("squares_0") - n0 * mean_0 * mean_0) / (n + n0 - 2)
    enough = F.col("whole") & (n >= params.min_texts) & (n0 >= params.min_texts) & (n + n0 > 2)
    spread = F.sqrt(F.greatest(variance, F.lit(LEAST_VARIANCE)) * (1 / n + 1 / n0))
    polarity = F.when(enough, (mean - mean_0) / spread)
    return [
        F.col("texts").cast("int").alias("texts"),
        F.round(F.when(all_n > 0, share), 9).alias("share"),
        F.round(F.when(F.col("whole") & (all_0 > 0), usual), 9).alias("usual_share"),
        F.round(attention, 9).alias("attention_z"),
        F.round(F.when(n > 0, mean), 9).alias("polarity"),
        F.round(F.when(F.col("whole") & (n0 > 0), mean_0), 9).alias("usual_polarity"),
        F.round(polarity, 9).alias("polarity_z"),
    ]


def _alarm(threshold: float) -> Column:
    said = [
        F.when(F.col(name) >= threshold, f"{what} rises").when(F.col(name) <= -threshold, f"{what} falls")
        for name, what in (("attention_z", "attention"), ("polarity_z", "sentiment"))
    ]
    joined = reduce(lambda left, right: F.concat_ws(", ", left, right), said)
    return F.when(joined != "", joined)
