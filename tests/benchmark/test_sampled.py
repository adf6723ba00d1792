"""Candidates of the sampled protocol."""

import numpy as np

from interestlake.interactions.held_out import held_out_pairs
from interestlake.interactions.pairs import Pairs
from interestlake.models.factors import FactorScorer
from interestlake.models.fitted import Fitted
from interestlake.recommending.pool import gather
from interestlake.recommending.sampled import draw_candidates

from .world import pairs


def test_candidates_are_the_held_item_and_unseen_ones():
    frame = pairs().assign(weight=1.0).rename(columns={"timestamp": "time"})
    ids = [np.unique(frame[name].to_numpy(object)) for name in ("user_id", "item_id")]
    data = Pairs.of(frame, *ids, timed=True)
    last = data.starts[1:] - 1
    known = data.rows(~np.isin(np.arange(len(data)), last))
    held = held_out_pairs(data.users[last], data.items[last], data.weights[last], known)
    asked = draw_candidates(held, known, 20, seed=1)
    assert asked.shape == (60, 21)
    for row, person in enumerate(held.people):
        assert held.relevant[row][0] in asked[row] and len(set(asked[row])) == 21
        assert not set(asked[row]) & set(known.matrix[person].indices)
        assert (np.diff(asked[row]) > 0).all()
    np.testing.assert_array_equal(asked, draw_candidates(held, known, 20, seed=1))
    assert (asked != draw_candidates(held, known, 20, seed=2)).any()
    short = draw_candidates(held, known, 200, seed=1)  # more than the catalogue holds
    assert short.shape == (60, 201) and (short[:, 0] == -1).all()
    assert all(held.relevant[row][0] in short[row] for row in range(60))


def given(scores) -> Fitted:
    """A model whose scores are given, (U, I); 0 is no opinion."""
    scores = np.asarray(scores, np.float32)
    return Fitted(FactorScorer("given", np.eye(scores.shape[1], dtype=np.float32)), scores)


def test_asked_columns_are_valued_among_themselves():
    frame = pairs().assign(weight=1.0).rename(columns={"timestamp": "time"})
    ids = [np.unique(frame[name].to_numpy(object)) for name in ("user_id", "item_id")]
    known = Pairs.of(frame, *ids, timed=True)
    size = known.shape[1]
    scores = np.zeros((known.shape[0], size), np.float32)
    scores[:, :4] = [3.0, 1.0, 0.0, 2.0]
    far = scores.copy()
    far[:, 4:] = 1_000.0  # what is not asked weighs nothing
    asked = np.array([[-1, 0, 1, 2, 3], [0, 1, 2, 3, 5]], np.int32)
    people = np.array([1, 2])
    near, pool = (gather([given(one)], known, people, None, asked) for one in (scores, far))
    assert pool.columns.tolist() == [0, 1, 2, 3, 0, 1, 2, 3, 5]
    np.testing.assert_array_equal(pool.values[:4], near.values[:4])
    expected = (np.array([1.0, -1.0, 0.0]) / np.std([1.0, 2.0, 3.0]) + 4) / 10
    np.testing.assert_allclose(pool.values[[0, 1, 3], 0], expected, atol=1e-6)
    assert pool.values[2, 0] == 0  # no opinion
    assert pool.places[:4, 0].tolist() == [1, 3, 101, 2] and pool.context[:4, 2].tolist() == [1, 1, 0, 1]
