"""Normalising, fusing and fitting weights: hand numbers, an oracle, and a planted best source."""


import numpy as np
import pytest
from interestlake.recommending.fit_weights import fit_weights
from interestlake.recommending.fuse import Candidates, fuse, normalise, segment_of, shares, union
from sklearn.metrics import ndcg_score

from interestlake.core.params.all import Recommend
from interestlake.recommending.weigh import first_draws, ndcg_per_weight, refined_draws

NAMES = ("popularity", "als", "text")
SCHEMA = "user_id string, history int, relevant array<int>, counts array<int>, columns array<int>, scores array<double>"


def proposal(columns, scores):
    return np.array(columns), np.array(scores, float)


def test_normalise_by_hand():
    z = np.sqrt(1.5)
    assert normalise(np.array([5.0, 4.0, 3.0])).tolist() == pytest.approx([0.4 + z / 10, 0.4, 0.4 - z / 10])
    assert normalise(np.array([0.1, 0.1, 0.1])).tolist() == [0.4, 0.4, 0.4]
    assert normalise(np.array([-4.0])).tolist() == [0.4]
    outlier = normalise(np.array([100.0] + [0.0] * 99))
    assert outlier[0] == 1.0 and outlier[1:] == pytest.approx(0.4 - 0.1 / np.sqrt(99))
    assert normalise(np.empty(0)).tolist() == []


def test_union_and_fuse_by_hand():
    found = union([proposal([7, 2], [9, 5]), proposal([2, 4], [1.0, 0.0]), proposal([], [])])
    assert found.columns.tolist() == [2, 4, 7]
    assert found.values.ravel().tolist() == pytest.approx([0.3, 0.5, 0, 0, 0.3, 0, 0.5, 0, 0])
    weights = np.array([0.5, 0.4, 0.1])
    best, scores = fuse(found, weights, 3)
    assert found.columns[best].tolist() == [2, 7, 4]
    assert scores.tolist() == [0.35, 0.25, 0.12]
    assert shares(found, best, weights)[0].tolist() == pytest.approx([0.15 / 0.35, 0.2 / 0.35, 0])


def test_ties_go_to_the_lower_column_and_unweighted_items_stay_out():
    found = Candidates(np.array([3, 5, 8]), np.array([[0, 1.0], [0.7, 0], [0.7 + 1e-9, 0]]))
    best, _ = fuse(found, np.array([1.0, 0.0]), 3)
    assert found.columns[best].tolist() == [5, 8]


def test_segments():
    assert [segment_of(length, 3) for length in (0, 2, 3)] == ["cold", "cold", "warm"]


@pytest.mark.parametrize("draws", [first_draws(4, 33, 0, 9), refined_draws(np.full(4, 0.25), 33, 0, 9)])
def test_draws_lie_on_the_simplex_above_the_floor(draws):
    assert draws.min() >= 0 and draws[:, 0].min() >= 0.01
    np.testing.assert_allclose(draws.sum(axis=1), 1, atol=1e-12)


def test_draws_follow_the_seed():
    assert np.array_equal(first_draws(4, 10, 0, 1), first_draws(4, 10, 0, 1))
    assert not np.array_equal(first_draws(4, 10, 0, 1), first_draws(4, 10, 0, 2))


@pytest.mark.parametrize("seed", range(20))
def test_ndcg_per_weight_equals_scikit_learn(seed):
    random = np.random.default_rng(seed)
    values = np.round(random.random((40, 3)), 2)
    relevant = np.sort(random.choice(40, random.integers(1, 15), replace=False))
    weights = random.dirichlet(np.ones(3), 6)
    truth = np.isin(np.arange(40), relevant).astype(float)
    # distinct scores, so that scikit-learn averages no ties
    fused = np.round(values @ weights.T, 6) - np.arange(40)[:, None] * 1e-9
    expected = [ndcg_score(truth[None, :], fused[None, :, w], k=10) for w in range(6)]
    np.testing.assert_allclose(ndcg_per_weight(Candidates(np.arange(40), values), relevant, weights, 10), expected)


def candidate_rows(people: int, good: int, seed=3):
    """Each source proposes 20 random of 100 items; source `good` puts the two held-out items first."""
    random, rows = np.random.default_rng(seed), []
    for person in range(people):
        relevant = np.sort(random.choice(100, 2, replace=False))
        columns = []
        for source in range(3):
            mine = random.permutation(100)
            if source == good:
                mine = np.r_[relevant, mine[~np.isin(mine, relevant)]]
            columns.append(mine[:20])
        scores = np.tile(np.arange(20, 0, -1), 3).astype(float)
        listed = np.concatenate(columns).tolist()
        rows.append((f"{person:04d}", 10, relevant.tolist(), [20, 20, 20], listed, scores.tolist()))
    return rows


def test_the_fit_finds_the_planted_source(spark):
    frame = spark.createDataFrame(candidate_rows(120, good=2), SCHEMA).repartition(3, "user_id").cache()
    fitted = fit_weights(frame, NAMES, NAMES, Recommend(weight_draws=64), seed=1)
    weights = fitted.weights["warm"]
    assert weights[2] > 0.5 and weights.sum() == pytest.approx(1)
    people, uniform, earned = fitted.earned["all"]
    assert people == 120 and earned > 0.99 > uniform
    other = frame.repartition(1).sortWithinPartitions("user_id")
    again = fit_weights(other, NAMES, NAMES, Recommend(weight_draws=64), seed=1)
    np.testing.assert_allclose(again.weights["warm"], weights, atol=1e-9)
    frame.unpersist()


def test_a_gain_within_noise_keeps_uniform_weights(spark):
    rows = candidate_rows(8, good=9)
    fitted = fit_weights(spark.createDataFrame(rows, SCHEMA), NAMES, NAMES, Recommend(weight_draws=8), seed=1)
    uniform = first_draws(3, 8, 0, 1)[0]
    people, before, after = fitted.earned["all"]
    assert after >= before
    assert all(np.array_equal(w, uniform) for w in fitted.weights.values()) == (after == before)


def test_without_validation_people_the_weights_are_uniform(spark):
    fitted = fit_weights(spark.createDataFrame([], SCHEMA), NAMES, NAMES, Recommend(), seed=1)
    assert fitted.earned == {}
    for weights in fitted.weights.values():
        np.testing.assert_allclose(weights, [0.34, 0.33, 0.33])


def test_a_small_segment_uses_the_weights_of_all(spark):
    rows = candidate_rows(80, good=1) + [(f"c{r[0]}", 1, *r[2:]) for r in candidate_rows(10, good=0)]
    fitted = fit_weights(spark.createDataFrame(rows, SCHEMA), NAMES, NAMES, Recommend(weight_draws=32), seed=1)
    assert np.array_equal(fitted.weights["cold"], fitted.weights["warm"])
    rows = candidate_rows(80, good=1) + [(f"c{r[0]}", 1, *r[2:]) for r in candidate_rows(80, good=0)]
    fitted = fit_weights(spark.createDataFrame(rows, SCHEMA), NAMES, NAMES, Recommend(weight_draws=32), seed=1)
    assert fitted.weights["warm"][1] > 0.5 and fitted.weights["cold"][0] > 0.5
