"""Trends against scipy; a planted surge raises one alarm, steady series raise none at the rate asked for."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from interestlake.text.sentiment_series import (
    negative_surge,
    sentiment_alarms,
    sentiment_trends,
    volume_surge,
    window_counts,
    with_evidence,
)

START = datetime(2024, 1, 1, tzinfo=UTC)
SCHEMA = "scope string, id string, doc_id string, author string, text string, polarity double, event_ts timestamp"
WEEKS, PER_WEEK, SURGE_WEEK = 20, 6, 15


def said(name, day, polarity, number):
    return (
        "item",
        name,
        f"{name}-{number}",
        f"u{number % 20}",
        f"text {number} of {name}",
        float(polarity),
        START + timedelta(days=day),
    )


@pytest.fixture(scope="module")
def world(spark):
    """12 steady items with 1 in 6 negative, one whose texts of week 15 are all negative, one that is talked of more."""
    noise = np.random.default_rng(11)
    rows, number = [], 0
    for item in (*(f"steady{n}" for n in range(12)), "surge", "loud"):
        for week in range(WEEKS):
            count = PER_WEEK * (5 if item == "loud" and week == SURGE_WEEK else 1)
            for place in range(count):
                bad = item == "surge" and week == SURGE_WEEK or place % PER_WEEK == week % PER_WEEK
                rows.append(said(item, 7 * week + noise.uniform(0, 6.9), -1 if bad else 1, number))
                number += 1
    rows.append(said("steady0", 7 * WEEKS - 0.01, 1, number))  # the newest text ends the last week
    return spark.createDataFrame(rows, SCHEMA).cache()


def test_slope_and_interval_against_scipy(spark):
    noise = np.random.default_rng(5)
    days = np.sort(noise.uniform(0, 900, 40))
    polarity = np.clip(-0.6 + days / 900 + 0.2 * noise.standard_normal(40), -1, 1)
    rows = [said("up", day, value, n) for n, (day, value) in enumerate(zip(days, polarity, strict=True))]
    rows += [said("flat", day, (-1) ** n, n) for n, day in enumerate(range(0, 400, 10))]
    rows += [said("few", day, 1, day) for day in range(4)] + [said("moment", 3, n % 2, n) for n in range(9)]
    found = {row["id"]: row for row in spark.createDataFrame(rows, SCHEMA).transform(sentiment_trends(5, 20)).collect()}
    assert set(found) == {"up", "flat"} and found["up"]["people"] == 20
    lone = spark.createDataFrame(rows, SCHEMA).transform(sentiment_trends(5, 21)).collect()
    assert {row["direction"] for row in lone} == {"unknown"}
    fit = stats.linregress(days / 365.25, polarity)
    reach = stats.t.ppf(0.975, 38) * fit.stderr
    row = found["up"]
    expected = (fit.slope, fit.stderr, fit.slope - reach, fit.slope + reach)
    assert [row[name] for name in ("slope", "standard_error", "low", "high")] == pytest.approx(expected, abs=1e-4)
    assert row["direction"] == "rising" and found["flat"]["direction"] == "steady" and row["texts"] == 40


def test_the_planted_surges_are_found_with_their_evidence(world):
    alarms, tests = sentiment_alarms(5, 10, 0.05)(world.transform(window_counts(7)))
    rows = alarms.transform(with_evidence(world, 7)).collect()
    assert tests > 400
    found = {(row["id"], row["kind"]): row for row in rows}
    assert set(found) == {("surge", "negative"), ("loud", "volume")}
    row = found["surge", "negative"]
    assert (row["texts"], row["negative"], row["past_texts"]) == (PER_WEEK, PER_WEEK, SURGE_WEEK * PER_WEEK)
    begins = (START + timedelta(days=7 * SURGE_WEEK)).replace(tzinfo=None)
    assert abs((row["window_start"] - begins).total_seconds()) < 86_400
    assert len(row["evidence"]) == PER_WEEK and all(one["polarity"] < 0 for one in row["evidence"])
    assert all(one["doc_id"].startswith("surge-") and "of surge" in one["text"] for one in row["evidence"])


def test_no_time_no_alarm(spark):
    rows = [("item", "a", str(n), "u", "t", -1.0, None) for n in range(30)]
    alarms, tests = sentiment_alarms(5, 10, 0.05)(spark.createDataFrame(rows, SCHEMA).transform(window_counts(7)))
    assert (alarms.count(), tests) == (0, 0)


def test_p_values_against_scipy_tests():
    expected = stats.fisher_exact([[5, 1], [4, 30]], alternative="greater").pvalue
    (found,) = negative_surge(*(pd.Series([x]) for x in (6, 5, 34, 4)))
    assert found == pytest.approx(expected)
    expected = stats.binomtest(12, 40, 0.1, alternative="greater").pvalue
    (found,) = volume_surge(*(pd.Series([x]) for x in (12, 28, 100, 900)))
    assert found == pytest.approx(expected)


def test_steady_series_raise_alarms_at_no_more_than_the_rate():
    """400 worlds of 30 windows without a change: as every null is true, the rate bounds the share that alarms."""
    noise, alarming = np.random.default_rng(2), 0
    for _ in range(400):
        texts, everything = noise.poisson(8, 30), noise.poisson(200, 30)
        negative = noise.binomial(texts, 0.2)
        older = {name: np.cumsum(x) - x for name, x in (("n", texts), ("k", negative), ("all", everything))}
        usable = (texts >= 5) & (older["n"] >= 10)
        p = np.concatenate([
            negative_surge(texts, negative, older["n"], older["k"])[usable],
            volume_surge(texts, older["n"], everything, older["all"])[usable],
        ])  # fmt: skip
        ordered = np.sort(p)
        alarming += bool((ordered <= 0.05 * np.arange(1, len(p) + 1) / len(p)).any())
    assert alarming / 400 <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 400)
