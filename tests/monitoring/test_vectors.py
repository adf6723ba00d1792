"""Texts whose vectors move are named; a day of the same kind is not."""

from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from interestlake.core.params.all import Params
from interestlake.monitoring.judge import ALARM, OK, UNKNOWN, Limits
from interestlake.monitoring.vectors import daily_moments, judge_vectors, moments_of

LIMITS = Limits(**{name: getattr(Params().monitor, name) for name in Limits.__dataclass_fields__})
LAST, DAYS, TEXTS, WIDTH = date(2024, 3, 31), 29, 60, 16
RNG = np.random.default_rng(1)
BASE = RNG.normal(size=WIDTH)


def days_of(shift):
    """29 days of 60 vectors around one point; those of the last moved by `shift` standard deviations of a vector."""
    drawn = BASE + RNG.normal(size=(DAYS, TEXTS, WIDTH))
    drawn[-1] += shift
    return drawn


def verdict(drawn):
    days = [LAST - timedelta(days=DAYS - 1 - place) for place in range(DAYS)]
    moments = {day: (float(TEXTS), one.mean(0), one.var(0, ddof=1)) for day, one in zip(days, drawn, strict=True)}
    [found] = judge_vectors(moments, [LAST], LIMITS)
    return found


def test_a_day_of_the_same_kind_is_quiet_and_another_kind_is_named():
    assert [verdict(days_of(0)).verdict for _ in range(20)] == [OK] * 20
    moved = verdict(days_of(0.6))
    assert moved.verdict == ALARM and moved.value > 0.2


def test_few_texts_are_not_judged():
    short = {LAST: (3.0, BASE, np.ones(WIDTH))}
    assert judge_vectors(short, [LAST], LIMITS)[0].verdict == UNKNOWN
    assert judge_vectors({}, [LAST], LIMITS) == []


def test_moments_of_a_day_are_numpy_s(spark):
    vectors = RNG.normal(size=(10, 3)).astype("float32")
    embeddings = spark.createDataFrame([(f"t{n}", one.tolist()) for n, one in enumerate(vectors)],
                                       "text_hash string, vector array<float>")  # fmt: skip
    at = datetime.combine(LAST, time(3), UTC)
    rows = [(f"t{n}", at if n < 6 else at - timedelta(days=1)) for n in range(10)] + [("none", at), ("t0", None)]
    documents = spark.createDataFrame(rows, "text_hash string, event_ts timestamp")
    found = moments_of(documents.transform(daily_moments(embeddings, LAST, LAST)).collect())
    [(texts, mean, variance)] = found.values()
    assert texts == 6
    np.testing.assert_allclose(mean, vectors[:6].mean(0), rtol=1e-5)
    np.testing.assert_allclose(variance, vectors[:6].var(0, ddof=1), rtol=1e-5)
