"""Exact quantiles of moments: counts of ever shorter spans lead to a rank, so that no task sorts or holds them all."""

import math
from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

# microseconds of a span, each level within the spans of the one before: a day, ten seconds, ten milliseconds, one
SPANS = (86_400_000_000, 10_000_000, 10_000, 1)


def exact_quantiles(moments: DataFrame, shares: Sequence[float]) -> list[int] | None:
    """moments(micros bigint) -> the quantile of each share, microseconds, as Spark's `percentile`; None without rows.

    Between two rows it is interpolated in seconds. Nulls do not count. Runs a Spark job for each of SPANS; what is
    collected has a row for each day of the data, then at most ten thousand for each rank asked for.
    """
    known = moments.where("micros IS NOT NULL")
    spans = _counts(known, SPANS[0])
    total = sum(spans.values())
    if not total:
        return None
    places = [(total - 1) * share for share in shares]
    ranks = sorted({rank for place in places for rank in (math.floor(place), math.ceil(place))})
    at = {rank: _span_of(spans, rank, 0) for rank in ranks}
    for wider, width in zip(SPANS, SPANS[1:], strict=False):
        inside = _start(wider).isin(sorted({start for start, _ in at.values()}))
        spans = _counts(known.where(inside), width)
        at = {rank: _span_of(_within(spans, start, wider), rank, before) for rank, (start, before) in at.items()}
    return [_between(at[math.floor(place)][0], at[math.ceil(place)][0], place) for place in places]


def _counts(moments: DataFrame, width: int) -> dict[int, int]:
    """First microsecond of each span of `width` that has a moment -> how many, ascending. One Spark job."""
    spans = moments.groupBy(_start(width).alias("start")).count()
    return {row["start"]: row["count"] for row in sorted(spans.collect())}


def _start(width: int) -> Column:
    return F.col("micros") - F.pmod(F.col("micros"), F.lit(width))


def _within(spans: dict[int, int], start: int, width: int) -> dict[int, int]:
    return {one: count for one, count in spans.items() if start <= one < start + width}


def _span_of(spans: dict[int, int], rank: int, before: int) -> tuple[int, int]:
    """(first microsecond of the span that holds the row of `rank`, rows before the span)."""
    for start, count in spans.items():
        if rank < before + count:
            return start, before
        before += count
    raise ValueError(f"rank {rank} of {before} rows")


def _between(lower: int, higher: int, place: float) -> int:
    if lower == higher:
        return lower
    seconds = (math.ceil(place) - place) * (lower / 1e6) + (place - math.floor(place)) * (higher / 1e6)
    micros = seconds * 1e6
    return int(math.copysign(math.floor(abs(micros) + 0.5), micros))  # halves away from zero, as Spark rounds
