"""Strength by an oracle: scipy's posteriors; what it must order how."""

import numpy as np
import pytest
from pyspark.sql import functions as F
from scipy import stats

from interestlake.interests.interest_map import interest_map
from interestlake.interests.strength import lower_lift, strength

CASES = [(min(chosen, choices), choices, rate, prior) for chosen in (0.5, 3.0, 12.0, 80.0) for choices in (3.0, 80.0)
         for rate in (0.001, 0.1, 0.5, 0.95) for prior in (0.25, 5.0, 20.0)]  # fmt: skip


def lifts_of(spark, cases):
    frame = spark.createDataFrame(cases, "chosen double, choices double, rate double, prior double")
    return frame.select("*", lower_lift(*map(F.col, frame.columns)).alias("lift")).collect()


def test_the_lower_lift_is_where_the_posterior_leaves_a_twentieth_below(spark):
    """By Bayes' rule on a fine grid: prior density times binomial likelihood, summed up to the lower end."""
    # of a density that rises without bound at 1 a grid says little
    bounded = [(n, of, rate, prior) for n, of, rate, prior in CASES if prior * (1 - rate) / rate + of - n >= 1]
    for row in lifts_of(spark, [case for case in bounded if case[0] >= 3 and case[2] >= 0.1 and case[3] >= 5]):
        grid = np.linspace(0, 1, 200_001)[1:-1]
        weigh = stats.beta.logpdf(grid, row["prior"], row["prior"] * (1 - row["rate"]) / row["rate"])
        weigh += row["chosen"] * np.log(grid) + (row["choices"] - row["chosen"]) * np.log1p(-grid)
        mass = np.exp(weigh - weigh.max())
        below = mass[grid <= row["lift"] * row["rate"]].sum() / mass.sum()
        assert below == pytest.approx(0.05, abs=0.002)


def test_for_rare_interests_it_is_the_gamma_poisson_shrinker_and_never_more_than_all(spark):
    for row in lifts_of(spark, CASES):
        assert 0 <= row["lift"] <= 1 / row["rate"] + 1e-9
        if row["rate"] == 0.001 and row["choices"] == 80.0 and row["chosen"] <= 12:
            expected = row["choices"] * row["rate"]
            poisson = stats.gamma.ppf(0.05, row["prior"] + row["chosen"]) / (row["prior"] + expected)
            assert row["lift"] == pytest.approx(poisson, rel=0.1, abs=1e-3)


def test_more_of_the_same_is_surer_and_words_must_show_more(spark):
    frame = spark.createDataFrame(
        [("tag", 1.0, 1.0, 0.5), ("tag", 8.0, 8.0, 0.5), ("tag", 10.0, 20.0, 0.5), ("keyword", 20.0, 100.0, 0.1),
         ("tag", 20.0, 100.0, 0.1)],
        "kind string, chosen double, choices double, rate double",
    )  # fmt: skip
    columns = (F.col(name) for name in ("chosen", "choices", "rate", "kind"))
    one, eight, as_everybody, word, named = (row[0] for row in frame.select(strength(*columns)).collect())
    assert one < 0.5 and as_everybody < 0.5  # one of one may be luck
    assert eight > 0.5  # eight of eight against everybody's half are sure
    assert 0.5 < word < named < 1


@pytest.fixture(scope="module")
def maps(spark):
    """Forty people choose ten items: all choose the five of drama, one half jazz and the other half blues."""
    carried = [(f"d{n}", "category:Drama", 1.0) for n in range(5)]
    carried += [(f"{kind}{n}", f"tag:{kind}", 1.0) for kind in ("jazz", "blues") for n in range(5)]
    names = [
        ("category:Drama", "category", "Drama", 5),
        ("tag:jazz", "tag", "jazz", 5),
        ("tag:blues", "tag", "blues", 5),
    ]
    pairs = [
        (f"u{u}", f"{kind}{n}", 1.0) for u in range(40) for kind in ("d", ("jazz", "blues")[u % 2]) for n in range(5)
    ]
    pairs = spark.createDataFrame(pairs, "user_id string, item_id string, weight double")
    pairs = pairs.selectExpr("*", "timestamp(null) first_ts", "timestamp(null) last_ts")
    carried = spark.createDataFrame(carried, "item_id string, interest_id string, weight double")
    names = spark.createDataFrame(names, "interest_id string, kind string, name string, item_count int")
    return pairs.transform(interest_map(carried, names, 60)).collect()


def test_what_everybody_chooses_is_weaker_than_what_is_a_persons_own(maps):
    found = {(row["user_id"], row["interest_id"]): row["strength"] for row in maps}
    assert found["u0", "tag:jazz"] == found["u1", "tag:blues"] > found["u0", "category:Drama"]
    assert found["u0", "category:Drama"] < 0.5  # chosen by all alike
