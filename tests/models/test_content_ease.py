"""EASE pulled towards content against a constrained ridge, column by column."""

import numpy as np
import pytest
import scipy.sparse as sp

from interestlake.interactions.side_information import SideInformation
from interestlake.models import content_ease
from interestlake.models.content_ease import CONTENT_EASE, pulled_weights
from interestlake.models.item_matrix import ease_weights

from ..benchmark.world import feedback, pairs


@pytest.mark.parametrize("share", [0.0, 0.2])
def test_each_column_is_a_ridge_towards_its_target(share, monkeypatch):
    monkeypatch.setattr(content_ease, "STRIP", 5)
    random, l2 = np.random.default_rng(2), 3.0
    chosen = (random.random((50, 14)) < 0.3).astype(float)
    gram, target = chosen.T @ chosen, random.random((14, 14)) * (random.random((14, 14)) < 0.3)
    np.fill_diagonal(target, 0)
    found = pulled_weights(np.linalg.inv(gram + l2 * np.eye(14)), sp.csr_matrix(target), l2 * share)
    assert not found.diagonal().any()
    for column in range(14):
        others = np.arange(14) != column
        right = gram[others, column] + l2 * share * target[others, column]
        expected = np.linalg.solve(gram[np.ix_(others, others)] + l2 * np.eye(13), right)
        np.testing.assert_allclose(found[others, column], expected, atol=1e-6)
    if not share:
        np.testing.assert_allclose(found, ease_weights(gram, l2), atol=1e-6)


def test_a_new_item_is_scored_through_those_like_it():
    world = feedback(pairs())
    items = np.array([*world.item_ids, "j"], object)
    known = type(world)(world.user_ids, items, world.users, world.items, world.weights, world.times, True)
    content = np.eye(len(items), dtype=np.float32)
    content[-1] = content[3]
    side = SideInformation(content=np.hstack([content, np.ones((len(items), 1), np.float32)]))
    scorer = CONTENT_EASE.fit(known, side, {"l2": 10.0, "share": 0.5}, 0).scorer
    scores = scorer.score(known.batch(np.arange(known.shape[0])))[:, -1]
    chose = known.matrix[:, 3].toarray().ravel() > 0
    assert scores[chose].min() > 0.0 and scores[chose].mean() > 5 * np.abs(scores[~chose]).mean()
