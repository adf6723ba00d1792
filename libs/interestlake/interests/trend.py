"""Trend and season of an interest: a weighted line and a periodogram through a person's choices over time."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from .significance import two_sided_t

UNIT_SECONDS = 30 * 86_400.0
DAY_SECONDS = 86_400.0
NOTHING = 1e-9


def attention_sums(carried: DataFrame, seasons: Sequence[float]) -> Callable[[DataFrame], DataFrame]:
    """interactions(user_id, item_id, weight, first_ts, event_count) -> centred sums per person and interest.

    carried(item_id, interest_id, weight in (0,1]). A person's choice i at time t_i (in 30 days) with weight w_i > 0 has
    y_i = how strongly item i carries the interest, 0 where it does not. Columns: user_id, interest_id, items (the
    person's, with a time or not), carriers, events; timed, timed_carriers,
    carrier_days (distinct UTC days of the latter), span_days; and, over the timed choices,
    the weighted sums about the person's means tt, ty, yy and for season j cc_j, ss_j, cs_j, yc_j, ys_j with
    c = cos(2 pi t / P_j), s = sin. Sums about a person's own means add up over people (fixed effects). Lazy.
    """

    def transform(interactions: DataFrame) -> DataFrame:
        liked = interactions.where("weight > 0")
        start = liked.groupBy("user_id").agg(F.min("first_ts").alias("start"))
        seconds = F.col("first_ts").cast("double")
        timed = F.col("first_ts").isNotNull()
        rows = liked.join(start, "user_id").select(
            "user_id",
            "item_id",
            "event_count",
            F.when(timed, F.date_trunc("day", "first_ts")).alias("day"),
            F.when(timed, F.col("weight")).otherwise(0.0).alias("w"),
            F.when(timed, (seconds - F.col("start").cast("double")) / UNIT_SECONDS).otherwise(0.0).alias("t"),
            *(wave for j, days in enumerate(seasons) for wave in _waves(seconds, timed, j, days)),
        )
        person = _person_sums(rows, len(seasons))
        y = F.col("weight")
        adds = rows.join(carried.select("item_id", "interest_id", "weight"), "item_id")
        sums = adds.groupBy("user_id", "interest_id").agg(
            F.count(F.lit(1)).alias("carriers"),
            F.sum("event_count").alias("events"),
            F.count_if(F.col("w") > 0).alias("timed_carriers"),
            F.size(F.collect_set("day")).cast("long").alias("carrier_days"),
            F.sum(F.col("w") * y).alias("wy"),
            F.sum(F.col("w") * y * y).alias("wyy"),
            F.sum(F.col("w") * y * F.col("t")).alias("wyt"),
            *(F.sum(F.col("w") * y * F.col(f"{v}_{j}")).alias(f"wy{v}_{j}") for j in range(len(seasons)) for v in "cs"),
        )
        return _centred(sums.join(person, "user_id"), len(seasons))

    return transform


def _waves(seconds: Column, timed: Column, j: int, days: float) -> list[Column]:
    phase = seconds * (2 * math.pi / (days * DAY_SECONDS))
    return [F.when(timed, wave(phase)).otherwise(0.0).alias(f"{v}_{j}") for v, wave in (("c", F.cos), ("s", F.sin))]


def _person_sums(rows: DataFrame, seasons: int) -> DataFrame:
    w = F.col("w")
    waves = []
    for j in range(seasons):
        c, s = F.col(f"c_{j}"), F.col(f"s_{j}")
        named = {"c": c, "s": s, "cc": c * c, "ss": s * s, "cs": c * s}
        waves += [F.sum(w * value).alias(f"w{name}_{j}") for name, value in named.items()]
    return rows.groupBy("user_id").agg(
        F.count(F.lit(1)).alias("items"),
        F.count_if(w > 0).alias("timed"),
        ((F.max("t") - F.min(F.when(w > 0, F.col("t")))) * 30).alias("span_days"),
        F.sum("w").alias("w"),
        F.sum(w * F.col("t")).alias("wt"),
        F.sum(w * F.col("t") * F.col("t")).alias("wtt"),
        *waves,
    )


def _centred(rows: DataFrame, seasons: int) -> DataFrame:
    def about(product: str, first: str, second: str) -> Column:
        return F.col(product) - F.col(first) * F.col(second) / F.greatest(F.col("w"), F.lit(NOTHING))

    line = {"tt": ("wtt", "wt", "wt"), "ty": ("wyt", "wy", "wt"), "yy": ("wyy", "wy", "wy")}
    parts = [about(*sums).alias(name) for name, sums in line.items()]
    for j in range(seasons):
        parts += [
            about(f"wcc_{j}", f"wc_{j}", f"wc_{j}").alias(f"cc_{j}"),
            about(f"wss_{j}", f"ws_{j}", f"ws_{j}").alias(f"ss_{j}"),
            about(f"wcs_{j}", f"wc_{j}", f"ws_{j}").alias(f"cs_{j}"),
            about(f"wyc_{j}", "wy", f"wc_{j}").alias(f"yc_{j}"),
            about(f"wys_{j}", "wy", f"ws_{j}").alias(f"ys_{j}"),
        ]
    whole = (
        "user_id",
        "interest_id",
        "items",
        "carriers",
        "events",
        "timed",
        "timed_carriers",
        "carrier_days",
        "span_days",
    )
    return rows.select(*whole, *parts, F.lit(1).alias("means"))


@dataclass(frozen=True)
class Support:
    """What a trend must rest on before it is called anything but unknown.

    items: timed choices; carriers: of them, such as carry the interest; carrier_days: days that these fall on; span:
    days between the first and the last choice.
    """

    items: int
    carriers: int
    carrier_days: int
    span: float


def pooled(span: float) -> Callable[[DataFrame], DataFrame]:
    """`attention_sums` of people -> the same sums per interest over those whose timed choices span `span` days or more.

    `people` counts them: who chose everything in a week says nothing of a change over months. An interest that has none
    of them keeps a row of zeros. Lazy.
    """

    def transform(sums: DataFrame) -> DataFrame:
        added = [n for n in sums.columns if n not in ("user_id", "interest_id", "span_days")]
        counts = F.col("span_days") >= span
        timed = sums.where("timed > 0").groupBy("interest_id")
        return timed.agg(
            F.count_if(counts).alias("people"),
            F.max("span_days").alias("span_days"),
            *(F.sum(F.when(counts, F.col(n)).otherwise(0)).alias(n) for n in added),
        )

    return transform


def judge_trend(seasons: Sequence[float], significance: float, support: Support) -> Callable[[DataFrame], DataFrame]:
    """Centred sums -> with slope, slope_error, p_value, period_days, trend. Lazy.

    slope = ty / tt (weighted least squares, change of the share of choices per 30 days); slope_error =
    sqrt((yy - ty^2 / tt) / (freedom tt)), freedom = timed choices - means - 1; p_value: two-sided t test.
    Season (Lomb, 1976; Scargle, 1982; with a floating mean Zechmeister and Kuerster, 2009): R^2 of y on
    c and s = (yc^2 ss + ys^2 cc - 2 yc ys cs) / (yy (cc ss - cs^2)); under no season P(R^2 >= r) =
    (1 - r)^((freedom - 1) / 2), times the number of periods tried (Bonferroni). A period needs a history of twice its
    length. p_value = twice the smaller of the line's and the season's. Where it is below `significance`: seasonal if
    the season's is the smaller, else rising or fading by the slope's sign. Otherwise steady; unknown without `support`.
    """

    def transform(sums: DataFrame) -> DataFrame:
        freedom = F.col("timed") - F.col("means") - 1
        judged = (
            (F.col("timed") >= support.items)
            & (F.col("timed_carriers") >= support.carriers)
            & (F.col("carrier_days") >= support.carrier_days)
            & (F.col("span_days") >= support.span)
            & (F.col("tt") > NOTHING)
            & (freedom >= 2)
        )
        flat = F.col("yy") <= NOTHING
        slope = F.when(flat, 0.0).otherwise(F.col("ty") / F.col("tt"))
        left = F.greatest(F.col("yy") - slope * F.col("ty"), F.lit(0.0))
        lined = sums.withColumn("slope", F.when(judged, slope)).withColumn(
            "slope_error", F.when(judged, F.when(flat, 0.0).otherwise(F.sqrt(left / freedom / F.col("tt"))))
        )
        t = F.when(flat | ~judged, 0.0).otherwise(F.col("slope") / F.greatest("slope_error", F.lit(1e-12)))
        lined = lined.withColumn("line_p", two_sided_t(t, F.greatest(freedom, F.lit(1)).cast("double")))
        lined = lined.withColumn("best", reduce(F.greatest, [_season(j, days, flat) for j, days in enumerate(seasons)]))
        lined = lined.withColumn(
            "season_p", F.least(F.lit(1.0), F.pow(1 - F.col("best.fit"), (freedom - 1) / 2) * len(seasons))
        )
        lined = lined.withColumn("p_value", F.least(F.lit(1.0), 2 * F.least("line_p", "season_p")))
        seasonal = (F.col("p_value") < significance) & (F.col("season_p") < F.col("line_p"))
        trend = (
            F.when(~judged, "unknown")
            .when(F.col("p_value") >= significance, "steady")
            .when(seasonal, "seasonal")
            .when(F.col("slope") > 0, "rising")
            .otherwise("fading")
        )
        return lined.select(
            *sums.columns,
            "slope",
            "slope_error",
            F.when(judged, F.col("p_value")).alias("p_value"),
            F.when(judged & seasonal, F.col("best.days")).alias("period_days"),
            trend.alias("trend"),
        )

    return transform


def _season(j: int, days: float, flat: Column) -> Column:
    """struct(fit, days): R^2 of season j, 0 where the history is too short or the waves do not vary."""
    yc, ys, cc, ss, cs = (F.col(f"{name}_{j}") for name in ("yc", "ys", "cc", "ss", "cs"))
    spread = cc * ss - cs * cs
    able = (F.col("span_days") >= 2 * days) & (spread > NOTHING) & ~flat
    fit = (yc * yc * ss + ys * ys * cc - 2 * yc * ys * cs) / (F.col("yy") * spread)
    seasonal = F.least(F.greatest(F.when(able, fit).otherwise(0.0), F.lit(0.0)), F.lit(1.0))
    return F.struct(seasonal.alias("fit"), F.lit(float(days)).alias("days"))
