"""Whether the texts of a day lie elsewhere in the space of their vectors than those of the days before."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
from pyspark.ml.functions import array_to_vector, vector_to_array
from pyspark.ml.stat import Summarizer
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from .judge import ALARM, OK, UNKNOWN, Limits, Verdict
from .measures import score_among

CHECK = "vectors"
Moments = Mapping[date, tuple[float, np.ndarray, np.ndarray]]  # day -> texts, mean (D,), variance (D,)


def daily_moments(embeddings: DataFrame, first: date, last: date) -> Callable[[DataFrame], DataFrame]:
    """silver.documents -> (day, texts, mean (D,), variance (D,)) of the vectors of texts of `first` to `last`. Lazy.

    embeddings(text_hash, vector) of one model.
    """

    def transform(documents: DataFrame) -> DataFrame:
        until = last + timedelta(days=1)
        timed = documents.where((F.col("event_ts") >= F.lit(first)) & (F.col("event_ts") < F.lit(until)))
        met = timed.select("text_hash", F.to_date("event_ts").alias("day")).join(embeddings, "text_hash")
        vector = array_to_vector("vector")
        counted = met.groupBy("day").agg(
            F.count(F.lit(1)).alias("texts"), Summarizer.mean(vector).alias("mean"),
            Summarizer.variance(vector).alias("variance"),
        )  # fmt: skip
        return counted.select("day", "texts", vector_to_array("mean").alias("mean"),
                              vector_to_array("variance").alias("variance"))  # fmt: skip

    return transform


def moments_of(rows: Iterable[Any]) -> Moments:
    """Rows of `daily_moments`, collected."""
    return {row["day"]: (float(row["texts"]), np.array(row["mean"]), np.array(row["variance"])) for row in rows}


def judge_vectors(moments: Moments, days: Sequence[date], limits: Limits) -> list[Verdict]:
    """A verdict for each of `days` that has texts.

    value: squared distance of the day's mean from that of the days before, over the trace of their covariance (the size
    of a shift in standard deviations, squared); its score is robust over the same of each day before, times its texts.
    """
    found = []
    for day in days:
        past = [day - timedelta(days=back) for back in range(limits.reference_days, 0, -1)]
        past = [one for one in past if one in moments]
        if day not in moments or len(past) < limits.least_days or moments[day][0] < limits.least_events:
            if day in moments:
                found.append(Verdict(day, CHECK, "texts", 0.0, None, None, None, None, UNKNOWN, "few texts"))
            continue
        usual = [_shift(moments, one, [other for other in past if other != one]) for one in past]
        value = _shift(moments, day, past)
        scaled = np.array([moments[one][0] * shift for one, shift in zip(past, usual, strict=True)])
        score = score_among(moments[day][0] * value, scaled, len(moments[day][1]))
        moved = score > limits.threshold and value > limits.vectors
        found.append(Verdict(day, CHECK, "texts", value, float(np.median(usual)), 0.0, limits.vectors, score,
                             ALARM if moved else OK))  # fmt: skip
    return found


def _shift(moments: Moments, day: date, others: Sequence[date]) -> float:
    weights = np.array([moments[one][0] for one in others])
    means = np.stack([moments[one][1] for one in others])
    centre = np.average(means, axis=0, weights=weights)
    trace = float(np.average([moments[one][2].sum() for one in others], weights=weights))
    return float(np.sum((moments[day][1] - centre) ** 2) / max(trace, 1e-12))
