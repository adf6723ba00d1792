"""Strength by an oracle: the quantile of scipy's gamma; what it must order how."""

import pytest
from pyspark.sql import functions as F
from scipy import stats

from interestlake.interests.interest_map import interest_map
from interestlake.interests.strength import lower_lift, strength

CASES = [(chosen, expected, prior) for chosen in (0.5, 3.0, 12.0, 80.0) for expected in (0.2, 3.0, 40.0)
         for prior in (0.5, 5.0, 20.0)]  # fmt: skip


def test_the_lower_lift_is_the_quantile_of_the_posterior(spark):
    frame = spark.createDataFrame(CASES, "chosen double, expected double, prior double")
    rows = frame.select("*", lower_lift(F.col("chosen"), F.col("expected"), F.col("prior")).alias("lift")).collect()
    for row in rows:
        exact = stats.gamma.ppf(0.05, row["prior"] + row["chosen"]) / (row["prior"] + row["expected"])
        assert row["lift"] == pytest.approx(exact, rel=0.02 if row["prior"] + row["chosen"] > 3 else 0.4)


def test_more_of_the_same_is_surer_and_words_must_show_more(spark):
    frame = spark.createDataFrame(
        [("tag", 2.0, 1.0), ("tag", 20.0, 10.0), ("tag", 10.0, 10.0), ("keyword", 20.0, 10.0)],
        "kind string, chosen double, expected double",
    )
    found = [row[0] for row in frame.select(strength(F.col("chosen"), F.col("expected"), F.col("kind"))).collect()]
    few, many, as_everybody, word = found
    assert few < 0.5 < many and as_everybody < 0.5 and 0 < word < many < 1


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
