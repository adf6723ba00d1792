"""Candidates of the sampled protocol."""

import numpy as np

from interestlake.benchmark.feedback import Feedback
from interestlake.benchmark.measure import held_pairs
from interestlake.benchmark.sampled import draw_candidates

from .world import pairs


def test_candidates_are_the_held_item_and_unseen_ones():
    frame = pairs().assign(weight=1.0).rename(columns={"timestamp": "time"})
    ids = [np.unique(frame[name].to_numpy(object)) for name in ("user_id", "item_id")]
    data = Feedback.of(frame, *ids, timed=True)
    last = data.starts[1:] - 1
    known = data.rows(~np.isin(np.arange(len(data)), last))
    held = held_pairs(data.users[last], data.items[last], data.weights[last], known)
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
