"""Dated texts -> one row per subject and period: share, polarity, how far both are from the periods before."""

from collections.abc import Callable

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from ...core.params.all import Trend

SECONDS_PER_DAY = 86_400
NORMAL_95 = 1.96
LEAST_VARIANCE = 1e-4  # of a polarity: texts that all agree still leave some doubt


def of_topics(documents: DataFrame, mixtures: DataFrame, topics: DataFrame) -> DataFrame:
    """-> (text_hash, event_ts, doc_id, author, id, name): each dated text under its strongest topic. Lazy."""
    named = mixtures.select("text_hash", "topic_id").join(F.broadcast(topics.select("topic_id", "name")), "topic_id")
    named = named.select("text_hash", F.col("topic_id").cast("string").alias("id"), "name")
    return dated(documents).join(named, "text_hash")


def of_categories(documents: DataFrame, items: DataFrame) -> DataFrame:
    """-> (text_hash, event_ts, doc_id, author, id, name): each dated text under every category of its item. Lazy."""
    named = items.select("item_id", F.explode("categories").alias("id")).withColumn("name", F.col("id"))
    return dated(documents).join(named, "item_id")


def of_items(documents: DataFrame, items: DataFrame) -> DataFrame:
    """-> (text_hash, event_ts, doc_id, author, id, name): each dated text under its item. Lazy."""
    named = items.select("item_id", F.col("item_id").alias("id"), F.col("title").alias("name"))
    return dated(documents).join(named, "item_id")


def dated(documents: DataFrame) -> DataFrame:
    """silver.documents -> (doc_id, item_id, text_hash, event_ts, author) of reviews with a time. Lazy.

    author: who wrote it; a text of nobody's that is known counts as one of its own.
    """
    return documents.where("kind = 'review' AND event_ts IS NOT NULL").select(
        "doc_id", "item_id", "text_hash", "event_ts", author()
    )


def author() -> Column:
    """Of a row of silver.documents: its user_id, else a name of the text's own."""
    return F.coalesce("user_id", F.concat(F.lit("text "), "doc_id")).alias("author")


def trend_series(documents: DataFrame, polarities: DataFrame, params: Trend) -> Callable[[DataFrame], DataFrame]:
    """subjects(doc_id, text_hash, event_ts, author, id, name) -> rows of gold.trends without kind and run_id. Lazy.

    documents: every dated text, of which a share is taken; polarities(text_hash, polarity). Periods are of
    `period_days` since 1970-01-01 UTC; every subject has a row in each period between the first and the last text of
    all. With n of N texts in the period, n0 of N0 in the `history` periods before, p = (n + n0) / (N + N0):

        attention_z = (n / N - n0 / N0) / sqrt(p (1 - p) (1/N + 1/N0))        two proportions
        polarity_z  = (m - m0) / sqrt(s2 (1/n + 1/n0))                        two means, pooled variance s2

    Both are null without a whole history, where n + n0 or, for polarity, n or n0 is below `min_texts`. alarm names what
    is at least `threshold` away, null where nothing is. Nothing is told of few people or of one day: the period and its
    history must hold texts of `min_people` authors on the subject; where attention rises or sentiment turns, one author
    wrote at most `max_share` of the period's texts on it, and neither did one day of a period of several. low, high:
    95 % interval of the difference of the shares, by the standard error of two proportions that are not pooled.
    """
    length = params.period_days * SECONDS_PER_DAY

    def transform(subjects: DataFrame) -> DataFrame:
        period = F.floor(F.col("event_ts").cast("double") / length).cast("int").alias("period")
        totals = documents.groupBy(period).agg(F.count(F.lit(1)).alias("all_texts"))
        span = totals.agg(F.min("period").alias("first"), F.max("period").alias("last"))
        grid = span.where("first IS NOT NULL").select("first", F.explode(F.sequence("first", "last")).alias("period"))
        grid = grid.join(totals, "period", "left").na.fill(0, ["all_texts"])
        judged = subjects.join(polarities.select("text_hash", "polarity"), "text_hash")
        day = F.floor(F.col("event_ts").cast("double") / SECONDS_PER_DAY)
        dated_rows = judged.withColumns({"period": period, "day": day})
        most = _most_of_one(dated_rows, "author").join(_most_of_one(dated_rows, "day"), ["id", "period"])
        authors = _people(dated_rows, params.history)
        counted = judged.groupBy("id", period).agg(
            F.count(F.lit(1)).alias("texts"),
            F.sum("polarity").alias("sum"),
            F.sum(F.col("polarity") * F.col("polarity")).alias("squares"),
        )
        names = subjects.groupBy("id").agg(F.min("name").alias("name"))
        rows = names.crossJoin(F.broadcast(grid)).join(counted, ["id", "period"], "left")
        rows = rows.join(most, ["id", "period"], "left").join(authors, ["id", "period"], "left")
        rows = rows.na.fill(0, ["texts", "people", "most_of_author", "most_of_day"]).na.fill(0.0, ["sum", "squares"])
        before = Window.partitionBy("id").orderBy("period").rowsBetween(-params.history, -1)
        for name in ("texts", "all_texts", "sum", "squares"):
            rows = rows.withColumn(f"{name}_0", F.coalesce(F.sum(name).over(before), F.lit(0)))
        rows = rows.withColumn("whole", F.col("period") - F.col("first") >= params.history)
        start = F.timestamp_seconds(F.col("period").cast("bigint") * length).alias("period_start")
        wide = rows.select("id", "name", start, *_figures(params), *_support(params)).withColumn(
            "alarm", _alarm(params)
        )
        return wide.drop("spread_out")

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


def _most_of_one(rows: DataFrame, name: str) -> DataFrame:
    """-> (id, period, most_of_<name>): texts of the author, or day, with most."""
    counts = rows.groupBy("id", "period", name).agg(F.count(F.lit(1)).alias("n"))
    return counts.groupBy("id", "period").agg(F.max("n").alias(f"most_of_{name}"))


def _people(rows: DataFrame, history: int) -> DataFrame:
    """-> (id, period, people): authors of the period and the `history` ones before, each once."""
    once = rows.select("id", "period", "author").distinct()
    within = F.explode(F.sequence(F.col("period"), F.col("period") + history)).alias("period")
    reached = once.select("id", "author", within)
    return reached.groupBy("id", "period").agg(F.countDistinct("author").cast("int").alias("people"))


def _support(params: Trend) -> list[Column]:
    n, all_n = F.col("texts").cast("double"), F.col("all_texts").cast("double")
    n0, all_0 = F.col("texts_0").cast("double"), F.col("all_texts_0").cast("double")
    share, usual = n / all_n, n0 / all_0
    error = F.sqrt(share * (1 - share) / all_n + usual * (1 - usual) / all_0)
    known = F.col("whole") & (all_n > 0) & (all_0 > 0)
    bound = [F.round(F.when(known, share - usual + side * NORMAL_95 * error), 9) for side in (-1, 1)]
    alone = F.col("most_of_author") > params.max_share * n
    if params.period_days > 1:
        alone = alone | (F.col("most_of_day") > params.max_share * n)
    return [F.col("people").cast("int").alias("people"), bound[0].alias("low"), bound[1].alias("high"),
            (~alone).alias("spread_out")]  # fmt: skip


def _alarm(params: Trend) -> Column:
    backed = F.col("people") >= params.min_people
    rises = F.when(backed & F.col("spread_out") & (F.col("attention_z") >= params.threshold), "attention rises")
    falls = F.when(backed & (F.col("attention_z") <= -params.threshold), "attention falls")
    turned = backed & F.col("spread_out")
    better = F.when(turned & (F.col("polarity_z") >= params.threshold), "sentiment rises")
    worse = F.when(turned & (F.col("polarity_z") <= -params.threshold), "sentiment falls")
    joined = F.concat_ws(", ", rises, falls, better, worse)
    return F.when(joined != "", joined)
