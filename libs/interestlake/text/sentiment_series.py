"""Sentiment over time: the slope of polarity with its uncertainty, and alarms where a window breaks with the past."""

from collections.abc import Callable

import pandas as pd
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql.types import DoubleType
from scipy import stats

from ..core.only_row import only_row

SECONDS_PER_DAY, DAYS_PER_YEAR = 86_400, 365.25
CONFIDENCE = 0.95
KEY = ("scope", "id")
EVIDENCE_TEXTS, EVIDENCE_CHARACTERS = 10, 300


@F.pandas_udf(DoubleType())
def _t_quantile(freedom: pd.Series) -> pd.Series:
    return pd.Series(stats.t.ppf((1 + CONFIDENCE) / 2, freedom))


def sentiment_trends(min_texts: int, min_people: int) -> Callable[[DataFrame], DataFrame]:
    """said(scope, id, author, polarity in [-1,1], event_ts) -> one row per scope and id of `min_texts` dated texts.

    slope: least squares of polarity on time, per year; standard_error = sqrt(s2 / Sxx), s2 the residual variance on n -
    2 degrees; low, high: its 95 % interval by Student's t. direction: rising or falling where the interval leaves out
    0, else steady; unknown where fewer than `min_people` authors wrote the texts. Rows without time, and ids whose
    texts share one moment, are left out. Lazy.
    """
    years = F.unix_timestamp("event_ts") / SECONDS_PER_DAY / DAYS_PER_YEAR

    def transform(said: DataFrame) -> DataFrame:
        dated = said.where("event_ts IS NOT NULL").withColumn("x", years)
        sums = dated.groupBy(*KEY).agg(
            F.count("*").alias("texts"), F.countDistinct("author").alias("people"),
            F.avg("polarity").alias("mean_polarity"), F.var_samp("x").alias("vx"),
            F.var_samp("polarity").alias("vy"), F.covar_samp("x", "polarity").alias("vxy"),
        ).where((F.col("texts") >= max(min_texts, 3)) & (F.col("vx") > 1e-12))  # fmt: skip
        n, slope = F.col("texts"), F.col("vxy") / F.col("vx")
        residual = F.greatest(F.col("vy") - slope * F.col("vxy"), F.lit(0.0)) / (n - 2)
        fitted = sums.withColumn("slope", slope).withColumn("standard_error", F.sqrt(residual / F.col("vx")))
        fitted = fitted.withColumn("reach", _t_quantile((n - 2).cast("double")) * F.col("standard_error"))
        low, high = F.col("slope") - F.col("reach"), F.col("slope") + F.col("reach")
        few = F.col("people") < min_people
        direction = F.when(few, "unknown").when(low > 0, "rising").when(high < 0, "falling").otherwise("steady")
        rounded = {name: F.round(value, 6) for name, value in (
            ("mean_polarity", F.col("mean_polarity")), ("slope", F.col("slope")),
            ("standard_error", F.col("standard_error")), ("low", low), ("high", high))}  # fmt: skip
        return fitted.select(*KEY, "texts", "people", *(value.alias(name) for name, value in rounded.items()),
                             direction.alias("direction"))  # fmt: skip

    return transform


def negative_surge(
    recent: pd.Series, recent_negative: pd.Series, past: pd.Series, past_negative: pd.Series
) -> pd.Series:
    """Counts -> one-sided p-values of Fisher's exact test (1922): given all negative texts of an id, so many or more
    fall into the window by chance."""
    return stats.hypergeom.sf(recent_negative - 1, past + recent, past_negative + recent_negative, recent)


def volume_surge(recent: pd.Series, past: pd.Series, recent_all: pd.Series, past_all: pd.Series) -> pd.Series:
    """Counts of an id and of everything in its window and past -> one-sided p-values that its rate rose.

    The exact conditional test of two Poisson rates (Przyborowski and Wilenski, 1940): given n + n0 texts of the id, n
    is binomial with the window's share of all texts, so growth of the whole source is no surge.
    """
    return stats.binom.sf(recent - 1, recent + past, recent_all / (recent_all + past_all))


@F.pandas_udf(DoubleType())
def _negative_p(recent: pd.Series, bad: pd.Series, past: pd.Series, past_bad: pd.Series) -> pd.Series:
    return pd.Series(negative_surge(recent, bad, past, past_bad))


@F.pandas_udf(DoubleType())
def _volume_p(recent: pd.Series, past: pd.Series, recent_all: pd.Series, past_all: pd.Series) -> pd.Series:
    return pd.Series(volume_surge(recent, past, recent_all, past_all))


def window_counts(window_days: float) -> Callable[[DataFrame], DataFrame]:
    """said(scope, id, polarity, event_ts) -> (scope, id, window, texts, negative, past_texts, past_negative, all_texts,
    past_all). Lazy but for 1 Spark job, the newest moment.

    Windows of `window_days` are counted back from the newest text: 0 is the latest. past_*: the id's own older windows;
    all_texts, past_all: texts of the whole scope in the window and since the id's first window.
    """

    def transform(said: DataFrame) -> DataFrame:
        dated = said.where("event_ts IS NOT NULL")
        newest = only_row(dated.agg(F.max(F.unix_timestamp("event_ts"))))[0] or 0
        age = (F.lit(newest) - F.unix_timestamp("event_ts")) / SECONDS_PER_DAY
        placed = dated.withColumn("window", F.floor(age / window_days).cast("int"))
        counts = placed.groupBy(*KEY, "window").agg(
            F.count("*").alias("texts"), F.count_if(F.col("polarity") < 0).alias("negative")
        )
        older = Window.partitionBy(*KEY).orderBy(F.desc("window")).rowsBetween(Window.unboundedPreceding, -1)
        whole = Window.partitionBy("scope").orderBy(F.desc("window")).rowsBetween(Window.unboundedPreceding, -1)
        totals = counts.groupBy("scope", "window").agg(F.sum("texts").alias("all_texts"))
        totals = totals.withColumn("before", F.coalesce(F.sum("all_texts").over(whole), F.lit(0)))
        past = counts.withColumn("past_texts", F.coalesce(F.sum("texts").over(older), F.lit(0)))
        past = past.withColumn("past_negative", F.coalesce(F.sum("negative").over(older), F.lit(0)))
        past = past.withColumn("first_window", F.max("window").over(Window.partitionBy(*KEY)))
        first = totals.select("scope", F.col("window").alias("first_window"), F.col("before").alias("before_first"))
        joined = past.join(totals, ["scope", "window"]).join(first, ["scope", "first_window"])
        return joined.withColumn("past_all", F.col("before") - F.col("before_first")).select(
            *KEY, "window", "texts", "negative", "past_texts", "past_negative", "all_texts", "past_all"
        )

    return transform


def sentiment_alarms(
    min_texts: int, min_past: int, false_discovery_rate: float
) -> Callable[[DataFrame], tuple[DataFrame, int]]:
    """Rows of `window_counts` -> (alarms with kind, p_value and q_value, number of tests).

    A window of at least `min_texts` texts after `min_past` older ones is tested twice: kind negative (share of negative
    texts against the id's own past) and kind volume (its share of all texts against its own past). An alarm is a test
    that Benjamini and Hochberg's step-up procedure (1995) rejects at `false_discovery_rate` over all tests of the call:
    q_value = min over larger p of p * tests / rank. 1 Spark job. Only tests with p <= rate are ranked, in one
    partition.
    """

    def transform(counts: DataFrame) -> tuple[DataFrame, int]:
        usable = counts.where((F.col("texts") >= min_texts) & (F.col("past_texts") >= min_past))
        negative = usable.withColumn("kind", F.lit("negative")).withColumn(
            "p_value", _negative_p(*_numbers("texts", "negative", "past_texts", "past_negative"))
        )
        volume = usable.withColumn("kind", F.lit("volume")).withColumn(
            "p_value", _volume_p(*_numbers("texts", "past_texts", "all_texts", "past_all"))
        )
        tested = negative.unionByName(volume).cache()
        tests = tested.count()
        order = Window.orderBy("p_value", *KEY, "window", "kind")
        ranked = tested.where(F.col("p_value") <= false_discovery_rate).withColumn("rank", F.row_number().over(order))
        larger = order.rowsBetween(Window.currentRow, Window.unboundedFollowing)
        q_value = F.min(F.least(F.col("p_value") * tests / F.col("rank"), F.lit(1.0))).over(larger)
        rejected = ranked.withColumn("q_value", q_value).where(F.col("q_value") <= false_discovery_rate)
        return rejected.drop("rank", "all_texts", "past_all"), tests

    return transform


def _numbers(*names: str) -> tuple[Column, ...]:
    return tuple(F.col(name).cast("double") for name in names)


def with_evidence(said: DataFrame, window_days: float) -> Callable[[DataFrame], DataFrame]:
    """alarms, said(scope, id, doc_id, text, polarity, event_ts) -> alarms with window_start, window_end and `evidence`:
    the 10 most negative texts of the window (ties by doc_id), cut to 300 characters. Lazy but for 1 Spark job."""

    def transform(alarms: DataFrame) -> DataFrame:
        newest = only_row(said.agg(F.max(F.unix_timestamp("event_ts"))))[0] or 0
        age = (F.lit(newest) - F.unix_timestamp("event_ts")) / SECONDS_PER_DAY
        placed = said.where("event_ts IS NOT NULL").withColumn("window", F.floor(age / window_days).cast("int"))
        mine = placed.join(F.broadcast(alarms.select(*KEY, "window").distinct()), [*KEY, "window"])
        best = F.struct("polarity", "doc_id", "event_ts", F.substring("text", 1, EVIDENCE_CHARACTERS).alias("text"))
        rows = mine.groupBy(*KEY, "window").agg(F.slice(F.sort_array(F.collect_list(best)), 1, EVIDENCE_TEXTS)
                                                .alias("evidence"))  # fmt: skip
        end = F.lit(newest) - F.col("window") * window_days * SECONDS_PER_DAY
        return alarms.join(rows, [*KEY, "window"]).select(
            *KEY, "kind", F.timestamp_seconds(end - window_days * SECONDS_PER_DAY).alias("window_start"),
            F.timestamp_seconds(end).alias("window_end"), "texts", "negative", "past_texts", "past_negative", "p_value",
            "q_value", "evidence")  # fmt: skip

    return transform
