"""Two planted shops: what people hold in one says what they choose in the other; names and topics that may cross."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from interestlake.interests.cross_domain.carry import carried_profiles, shared_nodes
from interestlake.interests.cross_domain.measure import Shop, evaluate_shop, mixes
from interestlake.interests.profiles import Nodes

TASTES = 4


def two_shops(spoken: bool):
    """40 people of four tastes, 40 items; a person wants six items of the own taste, all items are equally popular."""
    rng = np.random.default_rng(6)
    taste = np.arange(40) % TASTES
    vectors = np.eye(TASTES)[taste] + 0.1 * rng.standard_normal((40, TASTES))
    people = pd.DataFrame(
        {
            "half": ["validation", "test"] * 20,
            "nodes": [[] if spoken else [t] for t in np.repeat(range(TASTES), 10)],
            "weights": [[] if spoken else [1.0] for _ in range(40)],
            "text_vector": [np.eye(TASTES)[t] if spoken else None for t in np.repeat(range(TASTES), 10)],
            "wanted": [rng.choice(np.flatnonzero(taste == t), 6, False) for t in np.repeat(range(TASTES), 10)],
        }
    )
    carry = sp.csr_matrix((np.ones(40), (np.arange(40), taste)), (40, TASTES))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return Shop(carry, vectors, np.ones(40)), people


@pytest.mark.parametrize(("spoken", "best", "other"), [(False, "interests", "text"), (True, "text", "interests")])
def test_what_crosses_finds_what_is_wanted(spoken, best, other):
    shop, people = two_shops(spoken)
    rows = evaluate_shop(shop, people)
    at10 = rows[(rows["metric"] == "recall") & (rows["k"] == 10)].groupby("model")["value"].mean()
    assert at10[best] == 1.0 and at10[other] < 0.5 and at10["popularity"] == pytest.approx(0.25, abs=0.1)
    assert len(mixes()) == len(set(at10.index) - {"interests", "text", "popularity"})


def nodes(spark, held, names):
    return Nodes(
        spark.createDataFrame(held, "item_id string, interest_id string, weight double"),
        spark.createDataFrame([(n, n.split(":")[0], n.split(":")[1], 2) for n in names],
                              "interest_id string, kind string, name string, item_count int"),
    )  # fmt: skip


def test_only_names_that_both_have_cross_and_topics_only_with_their_model(spark):
    one = nodes(spark, [("a", "tag:jazz", 1.0), ("a", "topic:3", 1.0), ("a", "tag:vinyl", 1.0)],
                ["tag:jazz", "topic:3", "tag:vinyl"])  # fmt: skip
    other = nodes(spark, [("x", "tag:jazz", 1.0), ("x", "topic:3", 1.0)], ["tag:jazz", "topic:3"])
    assert [r["interest_id"] for r in shared_nodes(one, other, False)[0].names.collect()] == ["tag:jazz"]
    both = shared_nodes(one, other, True)[1].held.collect()
    assert {r["interest_id"] for r in both} == {"tag:jazz", "topic:3"}


def test_a_profile_is_interests_and_the_mean_of_the_texts(spark):
    known = nodes(spark, [("a", "tag:jazz", 1.0), ("b", "tag:jazz", 1.0)], ["tag:jazz"])
    texts = spark.createDataFrame([("a", [1.0, 0.0]), ("b", [0.0, 1.0]), ("c", [3.0, 3.0])],
                                  "item_id string, text_vector array<double>")  # fmt: skip
    pairs = spark.createDataFrame(
        [("u", "a", 0.75, None), ("u", "b", 0.25, None), ("v", "c", 1.0, None)],
        "user_id string, item_id string, weight double, first_ts timestamp",
    ).selectExpr("*", "first_ts AS last_ts")
    found = {r["user_id"]: r for r in pairs.transform(carried_profiles(known, texts, 10)).collect()}
    assert (found["u"]["interests"], found["u"]["weights"]) == (["tag:jazz"], [1.0])
    assert found["u"]["text_vector"] == pytest.approx([0.75, 0.25])
    assert found["v"]["interests"] is None and found["v"]["text_vector"] == [3.0, 3.0]
