"""Values, fusion and shares: hand numbers, an oracle, both methods; a fusion survives as plain values."""

import json

import numpy as np
import pytest
from sklearn.metrics import ndcg_score

from interestlake.models.granularities import GRANULARITIES
from interestlake.models.registry import MODELS
from interestlake.recommending.chosen_tables import SEGMENT_NAMES
from interestlake.recommending.cross_fit import folds_of_people
from interestlake.recommending.fusion import Fusion
from interestlake.recommending.granularity import GRANULARITY, alpha_of, lambda_of
from interestlake.recommending.learned_ranker import FOLDS, cross_fitted
from interestlake.recommending.pool import CANDIDATES, Pool, ordered
from interestlake.recommending.segment_weights import mean_ndcg, segment_of
from interestlake.recommending.weigh import first_draws, refined_draws

from .given import pool_by


def scores_of(items: int, **named) -> np.ndarray:
    """i3=9.0 -> (1, items) with 9 at column 3."""
    row = np.zeros((1, items))
    for name, value in named.items():
        row[0, int(name[1:])] = value
    return row


def three() -> Pool:
    """One person, no history: a says 7 before 2, b says 2 before 4, c nothing."""
    return pool_by({"a": scores_of(9, i7=9, i2=5), "b": scores_of(9, i2=3, i4=1), "c": scores_of(9)})


def test_values_by_hand():
    z = np.sqrt(1.5)
    cases = [
        (scores_of(5, i1=5, i2=4, i3=3), [0.4 + z / 10, 0.4, 0.4 - z / 10]),
        (scores_of(5, i1=0.1, i2=0.1, i3=0.1), [0.4, 0.4, 0.4]),
        (scores_of(5, i2=-4), [0.4]),
    ]
    for scores, expected in cases:
        assert pool_by({"a": scores}).values[:, 0].tolist() == pytest.approx(expected, abs=1e-6)
    outlier = np.ones((1, 100))
    outlier[0, 0] = 101.0
    values = pool_by({"a": outlier}).values[:, 0]
    assert values[0] == 1.0 and values[1:] == pytest.approx(0.4 - 0.1 / np.sqrt(99), abs=1e-6)
    assert len(pool_by({"a": scores_of(5)}).columns) == 0


def test_what_a_model_did_not_propose_has_its_value_too():
    """The standard score among the model's own hundred; never less than a thousandth, so that it stays an opinion."""
    falling, last = np.arange(150, 0, -1.0)[None, :], scores_of(150, i149=1.0)
    pool = pool_by({"a": falling, "b": last})
    assert len(pool.columns) == CANDIDATES + 1 and pool.columns[-1] == 149
    z = (1 - 100.5) / np.sqrt((100**2 - 1) / 12)  # 51..150, the best hundred
    assert pool.values[-1, 0] == pytest.approx((z + 4) / 10, abs=1e-6)
    assert pool.places[-1].tolist() == [CANDIDATES + 1, 1]
    falling[0, 149] = -1e6
    assert pool_by({"a": falling, "b": last}).values[-1, 0] == pytest.approx(0.001)


def test_the_union_and_what_is_known_of_a_candidate():
    pool = pool_by(
        {"a": np.vstack([scores_of(9, i7=9, i2=5), scores_of(9)]), "b": np.vstack([scores_of(9, i2=3, i4=1)] * 2)},
        histories=[[0, 1], []], user_count=[0, 0, 7, 0, 3, 0, 0, 1, 0],
    )  # fmt: skip
    assert pool.starts.tolist() == [0, 3, 5] and pool.columns.tolist() == [2, 4, 7, 2, 4]
    known = np.log1p([[7, 2], [3, 2], [1, 2], [7, 0], [3, 0]])
    np.testing.assert_allclose(pool.context[:, :2], known, rtol=1e-6)
    assert pool.context[:, 2].tolist() == [2, 1, 1, 1, 1]  # models that proposed it
    assert pool.histories.tolist() == [2, 0]


def test_what_was_chosen_or_is_shut_is_no_candidate():
    import scipy.sparse as sp

    scores = scores_of(9, i7=9, i2=5, i4=1, i0=3)
    shut = sp.csr_matrix(([0.0], ([0], [4])), (1, 9))  # a stored entry, whatever its value
    assert pool_by({"a": scores}, histories=[[2]], shut=shut).columns.tolist() == [0, 7]


def test_fusing_and_shares_by_hand():
    pool = three()
    expected = [0.3, 0.5, 0, 0, 0.3, 0, 0.5, 0, 0]  # of 2, 4 and 7 by a, b and c
    assert pool.values.ravel().tolist() == pytest.approx(expected, abs=1e-6)
    fusion = Fusion(("a", "b", "c"), "weights", np.array([0.5, 0.4, 0.1]))
    columns, scores = ordered(pool, fusion.scores(pool), 3)
    assert columns.tolist() == [[2, 7, 4]] and scores[0].tolist() == pytest.approx([0.35, 0.25, 0.12], abs=1e-9)
    shares = fusion.shares(pool, np.array([0, 2]))
    np.testing.assert_allclose(shares, [[0.15 / 0.35, 0.2 / 0.35, 0], [1, 0, 0]], atol=1e-6)
    assert fusion.scores(pool, np.array([1.0, 0.5, 0.0])).tolist() == pytest.approx([0.35, 0.06, 0.0], abs=1e-6)


def test_what_no_weighted_model_speaks_for_is_told_by_those_that_do():
    """A segment's weights may leave a model out that the others' keep: its items still have shares that sum to 1."""
    fusion = Fusion(("a", "b", "c"), "weights", np.array([1.0, 0.0, 0.0]))
    assert fusion.shares(three(), np.array([1])).tolist() == [[0, 1, 0]]


def test_ties_go_to_the_lower_column_and_a_millionth_is_a_tie():
    pool = three()
    pool.values[:] = [[0.7, 0, 0], [0.7 + 1e-8, 0, 0], [0, 1.0, 0]]
    fusion = Fusion(("a", "b", "c"), "weights", np.array([1.0, 0.0, 0.0]))
    assert ordered(pool, fusion.scores(pool), 2)[0].tolist() == [[2, 4]]


def test_segments_of_history_have_their_names():
    assert SEGMENT_NAMES == ("0-4", "5-19", "20-99", "100 and more")
    lengths = np.array([0, 4, 5, 19, 20, 99, 100])
    assert segment_of(lengths).tolist() == [0, 0, 1, 1, 2, 2, 3]


def test_people_of_a_segment_are_fused_by_its_weights():
    same = np.vstack([scores_of(9, i7=9, i2=5)] * 2), np.vstack([scores_of(9, i2=3, i7=1)] * 2)
    pool = pool_by({"a": same[0], "b": same[1]}, histories=[[0], [0, 1, 3, 4, 5]])
    fusion = Fusion(("a", "b"), "weights", np.array([1.0, 0.0]), segments={1: np.array([0.0, 1.0])})
    assert ordered(pool, fusion.scores(pool), 1)[0].tolist() == [[7], [2]]
    assert fusion.speaking == ("a", "b") and Fusion(("a", "b"), "weights", np.array([1.0, 0.0])).speaking == ("a",)


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
    places, context = np.ones((40, 3), np.int16), np.ones((40, 3), np.float32)
    pool = Pool(np.zeros(1, int), np.array([0, 40]), np.arange(40, dtype=np.int32), values, places, context)
    np.testing.assert_allclose(mean_ndcg(pool, [relevant], weights, 10), expected)


def silent_here_and_there(people=60, candidates=25, seed=5) -> tuple[Pool, list[np.ndarray]]:
    """Three models, each without an opinion of a third of the candidates; model 1 lifts what is relevant."""
    random = np.random.default_rng(seed)
    relevant = [np.sort(random.choice(candidates, 3, replace=False)) for _ in range(people)]
    truth = np.concatenate([np.isin(np.arange(candidates), columns) for columns in relevant])
    values = random.uniform(0.05, 0.9, (len(truth), 3))
    values[:, 1] = np.where(truth, 0.95, values[:, 1])
    silent = random.random(values.shape) < 1 / 3
    silent[silent.all(axis=1), 0] = False
    values[silent] = 0.0
    places = np.where(silent, CANDIDATES + 1, random.integers(1, 50, values.shape)).astype(np.int16)
    context = np.column_stack([random.random(len(truth)) * 3, np.full(len(truth), 2.0), (~silent).sum(axis=1)])
    starts, columns = np.arange(people + 1) * candidates, np.tile(np.arange(candidates), people)
    pool = Pool(np.arange(people), starts, columns.astype(np.int32), values.astype(np.float32), places,
                context.astype(np.float32))  # fmt: skip
    return pool, relevant


@pytest.fixture(scope="module")
def learned():
    """(pool, relevant, {method: Fusion}) of the same three models."""
    pool, relevant = silent_here_and_there()
    _, booster = cross_fitted(pool, relevant, folds_of_people(pool.people, FOLDS, 1), 5, 1)
    names, weights = ("popularity", "knows", "half"), np.array([0.2, 0.5, 0.3])
    values = {"weights": 0.4, "ranker": 0.5, "listed": 0.5}
    segments = {0: np.array([0.6, 0.1, 0.3])}
    fusions = {
        "weights": Fusion(names, "weights", weights, "", values, 0.02, segments),
        "ranker": Fusion(names, "ranker", weights, booster, values, 0.02, segments),
    }
    return pool, relevant, fusions


@pytest.mark.parametrize("method", ["weights", "ranker"])
def test_shares_sum_to_one_and_only_who_has_an_opinion_has_one(learned, method):
    pool, _, fusions = learned
    rows = np.arange(len(pool.columns))
    shares = fusions[method].shares(pool, rows)
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-9)
    assert shares.min() >= 0 and (shares[pool.values == 0] == 0).all()
    assert fusions[method].shares(pool, rows[:0]).shape == (0, 3)


def test_the_ranker_lifts_what_is_relevant_and_says_through_whom(learned):
    pool, relevant, fusions = learned
    truth = np.concatenate([np.isin(np.arange(25), columns) for columns in relevant])
    spoken = np.flatnonzero(truth & (pool.values[:, 1] > 0))
    shares = fusions["ranker"].shares(pool, spoken)
    assert (shares.argmax(axis=1) == 1).mean() > 0.9
    lists, _ = ordered(pool, fusions["ranker"].scores(pool), 3)
    assert np.mean([np.isin(own, columns).mean() for own, columns in zip(lists, relevant, strict=True)]) > 0.6


@pytest.mark.parametrize("method", ["weights", "ranker"])
def test_a_fusion_survives_as_plain_values(learned, method):
    pool, _, fusions = learned
    fusion = fusions[method]
    again = Fusion.of_dict(json.loads(json.dumps(fusion.as_dict())))
    assert again.as_dict() == fusion.as_dict()
    assert (again.names, again.method, again.discount, again.speaking) == (
        fusion.names, fusion.method, fusion.discount, fusion.speaking
    )  # fmt: skip
    assert np.array_equal(again.scores(pool), fusion.scores(pool))
    rows = np.arange(50)
    assert np.array_equal(again.shares(pool, rows), fusion.shares(pool, rows))


def test_a_fusion_over_fewer_models(learned):
    _, _, fusions = learned
    weighted, ranker = fusions["weights"], fusions["ranker"]
    for fusion in (weighted, ranker):
        assert fusion.over(["half", "another", "knows", "popularity"]) is fusion
    fewer = ranker.over(["half", "popularity"])
    assert (fewer.names, fewer.method, fewer.booster, fewer.values) == (("popularity", "half"), "weights", "", {})
    np.testing.assert_allclose(fewer.weights, [0.4, 0.6])
    np.testing.assert_allclose(fewer.segments[0], [2 / 3, 1 / 3])
    assert fewer.discount == 0.02
    # what had no say changes no figure; what had takes the figures with it
    mute = Fusion(("a", "b", "c"), "weights", np.array([0.4, 0.6, 0.0]), values={"weights": 0.3})
    assert mute.over(["a", "b"]).values == {"weights": 0.3} and mute.over(["a", "c"]).values == {}
    assert mute.over(["c"]).weights.tolist() == [1.0]


def test_every_model_has_a_granularity_and_alpha_and_lambda_by_hand():
    assert set(GRANULARITY) == {model.name for model in MODELS} and set(GRANULARITY.values()) <= set(GRANULARITIES)
    alpha = alpha_of({"popularity": 0.1, "ease": 0.4, "text": 0.2, "social": 0.05, "transitions": 0.25})
    expected = {"behaviour": 0.5, "text": 0.2, "social": 0.05, "knowledge": 0.0, "sequence": 0.25}
    assert alpha == pytest.approx(expected, abs=1e-6)
    expected = {"text": 0.4, "social": 0.1, "knowledge": 0.0, "sequence": 0.5}
    assert lambda_of(alpha) == pytest.approx(expected, abs=1e-6)
