"""The metrics table on four people whose every figure can be worked out by hand."""

import numpy as np
import pytest
from pyspark.sql import functions as F

from interestlake.evaluation.arrays import mean_dissimilarity
from interestlake.evaluation.gate import decide
from interestlake.evaluation.table import accuracy, held_out_people, spread, unknown_items, unlikeness

INTERACTIONS = [
    # ann: three train, one validation, two test; bob: one train, one test; cid: only test; dan: no test
    ("ann", "a", "train"),
    ("ann", "b", "train"),
    ("ann", "c", "train"),
    ("ann", "d", "validation"),
    ("ann", "e", "test"),
    ("ann", "f", "test"),
    ("bob", "a", "train"),
    ("bob", "b", "test"),
    ("cid", "a", "test"),
    ("dan", "c", "train"),
]
LISTS = [
    ("test", "als", "ann", 1, "e"),
    ("test", "als", "ann", 2, "g"),
    ("test", "als", "ann", 3, "f"),
    ("test", "als", "bob", 1, "c"),
    ("test", "als", "bob", 2, "b"),
    ("test", "pop", "cid", 1, "a"),
    ("validation", "als", "ann", 1, "d"),
]
ITEMS = [("a", 0, 2), ("b", 1, 1), ("c", 2, 2), ("d", 3, 0), ("e", 4, 0), ("f", 5, 0), ("g", 6, 0), ("h", 7, 0)]


@pytest.fixture(scope="module")
def world(spark):
    interactions = spark.createDataFrame(INTERACTIONS, "user_id string, item_id string, split string")
    lists = spark.createDataFrame(LISTS, "split string, model string, user_id string, rank int, item_id string")
    items = spark.createDataFrame(ITEMS, "item_id string, item_index int, user_count int")
    return interactions, lists, items, interactions.transform(held_out_people(3))


def values(rows, metric, k, split="test"):
    found = rows.where((F.col("metric") == metric) & (F.col("k") == k) & (F.col("split") == split)).collect()
    return {(row["model"], row["segment"]): (row["value"], row["users"]) for row in found}


def test_people_and_their_segments(world):
    people = {(r["split"], r["user_id"]): (r["relevant"], r["segment"]) for r in world[3].collect()}
    assert people == {
        ("validation", "ann"): (1, "warm"),
        ("test", "ann"): (2, "warm"),
        ("test", "bob"): (1, "cold"),
        ("test", "cid"): (1, "cold"),
    }


def test_every_model_is_held_against_everyone(world):
    interactions, lists, _, people = world
    rows = lists.transform(accuracy(interactions, people, (2, 3))).cache()
    recall = values(rows, "recall", 3)
    assert recall[("als", "all")] == (pytest.approx(2 / 3), 3)
    assert recall[("als", "warm")] == (1.0, 1) and recall[("als", "cold")] == (0.5, 2)
    assert recall[("pop", "all")] == (pytest.approx(1 / 3), 3) and recall[("pop", "warm")] == (0.0, 1)
    assert values(rows, "recall", 2)[("als", "warm")] == (0.5, 1)
    assert values(rows, "mrr", 2)[("als", "cold")] == (0.25, 2)
    assert values(rows, "ndcg", 3, "validation") == {("als", "all"): (1.0, 1), ("als", "warm"): (1.0, 1)}
    assert rows.count() == rows.select("split", "segment", "model", "metric", "k").distinct().count()


def test_coverage_and_novelty(world):
    _, lists, items, people = world
    rows = lists.transform(spread(items, people, 4, (1, 3))).cache()
    assert values(rows, "coverage", 3)[("als", "all")] == (5 / 8, 2)
    assert values(rows, "coverage", 1)[("als", "all")] == (2 / 8, 2)
    assert values(rows, "coverage", 3)[("pop", "all")] == (1 / 8, 1)
    # a: 2 of 4 train users, 1 bit; ann's items were never chosen in train and count as chosen once, 2 bits
    assert values(rows, "novelty", 3)[("pop", "all")] == (1.0, 1)
    assert values(rows, "novelty", 3)[("als", "warm")] == (2.0, 1)
    assert values(rows, "novelty", 3)[("als", "cold")] == (1.5, 1)


def test_diversity(world, spark):
    _, lists, items, people = world
    vectors = np.zeros((8, 2), np.float32)
    vectors[[4, 5]], vectors[6], vectors[2] = [1, 0], [0, 1], [1, 0]
    rows = lists.transform(unlikeness(items, people, spark.sparkContext.broadcast(vectors), (2, 3)))
    # ann: e, g, f -> one pair of three alike; bob has one item with text, which is no pair
    assert values(rows, "diversity", 3) == {
        ("als", "all"): (pytest.approx(2 / 3), 1),
        ("als", "warm"): (pytest.approx(2 / 3), 1),
    }
    assert values(rows, "diversity", 2)[("als", "all")] == (1.0, 1)


@pytest.mark.parametrize("seed", range(5))
def test_mean_dissimilarity_equals_all_pairs(seed):
    vectors = np.random.default_rng(seed).normal(size=(7, 4))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    pairs = [1 - vectors[i] @ vectors[j] for i in range(7) for j in range(i)]
    assert mean_dissimilarity(vectors) == pytest.approx(np.mean(pairs))
    assert np.isnan(mean_dissimilarity(vectors[:1]))


def test_items_unknown_in_train_are_counted(world):
    rows = world[0].transform(unknown_items).collect()
    assert {row["split"]: row["unknown"] for row in rows} == {"validation": 1, "test": 2}


def test_the_gate():
    values = {"fused": 0.21, "als": 0.2, "popularity": 0.1}
    assert decide(values, "ndcg", 10, ("als", "popularity"), 0.049).holds
    refused = decide(values, "ndcg", 10, ("als", "popularity"), 0.06)
    assert not refused.holds
    assert str(refused) == "ndcg@10 on test: fused 0.2100 against als 0.2000 (not beaten), popularity 0.1000"
    assert decide(values, "ndcg", 10, ("als",), -1.0).holds
    assert decide({"fused": 0.2, "als": 0.2}, "ndcg", 10, ("als",), 0.0).holds
