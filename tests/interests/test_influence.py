"""A planted lead is found, a popular interest that is merely met first is not."""

import datetime as dt

import numpy as np
import pytest

from interestlake.interests.influence import influence_edges, interest_spans

DAY = dt.datetime(2024, 1, 1)


@pytest.fixture(scope="module")
def found(spark):
    rng, pairs, held, number = np.random.default_rng(5), [], [], 0

    def choose(user, interest, day):
        nonlocal number
        number += 1
        pairs.append((user, f"i{number:05d}", 1.0, DAY + dt.timedelta(days=float(day))))
        held.append((f"i{number:05d}", interest, 1.0))

    for person in range(80):
        user = f"u{person:03d}"
        begin = rng.uniform(0, 100)
        first, then = ("tag:a", "tag:b") if rng.random() < 0.85 else ("tag:b", "tag:a")
        for n in range(2):
            choose(user, first, begin + n)
            choose(user, then, begin + 50 + n)
        for day in rng.uniform(0, 200, 20):
            choose(user, "tag:popular", day)
        for name in ("tag:c", "tag:d", "tag:e"):
            # before both or after both: no order with either
            choose(user, name, begin + rng.choice([-30, 100]) + rng.uniform(0, 5))
    pairs = spark.createDataFrame(pairs, "user_id string, item_id string, weight double, first_ts timestamp")
    held = spark.createDataFrame(held, "item_id string, interest_id string, weight double")
    return pairs.transform(interest_spans(held, 30)).transform(influence_edges(20, 0.05, 7.0)).collect()


def test_the_planted_lead_and_its_delay(found):
    edges = {(row["src"], row["dst"]): row for row in found}
    lead = edges["tag:a", "tag:b"]
    assert lead["forward"] + lead["backward"] == 80 and lead["lead"] > 0.75 and lead["q_value"] < 1e-4
    assert lead["median_days"] == pytest.approx(50, abs=1)
    assert ("tag:b", "tag:a") not in edges


def test_being_frequent_or_unrelated_is_no_lead(found):
    assert {(row["src"], row["dst"]) for row in found} == {("tag:a", "tag:b")}
