"""EASE pulled towards content against dense ridges, column by column, and against EASE where nothing pulls."""

import numpy as np
import pytest
import scipy.sparse as sp

from interestlake.core.vectors import unit_rows
from interestlake.interactions.pairs import Pairs
from interestlake.interactions.side_information import SideInformation, content_features
from interestlake.models import content_ease
from interestlake.models.content_ease import CONTENT_EASE
from interestlake.models.ease import EASE, MAX_DENSE_ITEMS
from interestlake.models.item_matrix import Ease
from interestlake.models.model import Size

from ..benchmark.world import feedback, pairs


def with_content(known: Pairs, seed: int = 0) -> SideInformation:
    random = np.random.default_rng(seed)
    content = unit_rows(random.normal(size=(known.shape[1], 6)))
    content[4] = 0.0  # an item of which nothing is told
    return SideInformation(content=np.hstack([content, np.ones((len(content), 1), np.float32)]))


def likeness(side: SideInformation, chosen: np.ndarray, neighbours: int) -> np.ndarray:
    """(I, I) S: column j the cosines of item j with its nearest of those that were chosen."""
    vectors = side.content[:, :-1]
    cosine, found = (vectors @ vectors.T) * chosen, np.zeros((len(vectors),) * 2)
    np.fill_diagonal(cosine, 0.0)
    for item, row in enumerate(cosine):
        best = [other for other in np.argsort(-row)[:neighbours] if row[other] > 0]
        found[best, item] = row[best]
    return found


def dense(scorer: Ease) -> np.ndarray:
    """(I, I) its weights from every item to every item."""
    found = np.zeros((scorer.item_count,) * 2)
    found[np.ix_(scorer.items, scorer.targets)] = scorer.weights
    return found


def with_a_new_item(people: int) -> Pairs:
    """A small world, and an item that nobody chose."""
    frame = pairs(people=people)
    world = feedback(frame)
    frame = frame.rename(columns={"timestamp": "time"}).assign(weight=1.0)
    return Pairs.of(frame, world.user_ids, np.array([*world.item_ids, "new"], object), True)


@pytest.mark.parametrize("people", [20, 90])  # fewer and more than items
@pytest.mark.parametrize("pull", [0.0, 0.5, 40.0])
def test_each_column_is_a_ridge_towards_its_likeness(people, pull, monkeypatch):
    monkeypatch.setattr(content_ease, "STRIP", 7)
    known, l2 = with_a_new_item(people), 3.0
    side = with_content(known)
    scorer = CONTENT_EASE.fit(known, side, {"l2": l2, "pull": pull, "neighbours": 5}, 0).scorer
    chosen = known.matrix.toarray().astype(float)
    gram, count = chosen.T @ chosen, known.shape[1]
    met = gram.diagonal() > 0
    found, target = dense(scorer), likeness(side, met, 5)
    assert not found.diagonal().any()
    for column in range(count):
        others = np.arange(count) != column
        left = gram[np.ix_(others, others)] + (l2 + pull) * np.eye(count - 1)
        expected = np.linalg.solve(left, gram[others, column] + pull * target[others, column])
        np.testing.assert_allclose(found[others, column][met[others]], expected[met[others]], atol=2e-5)


@pytest.mark.parametrize("people", [20, 90])
def test_without_a_pull_it_is_ease(people):
    known = with_a_new_item(people)
    alone = EASE.fit(known, SideInformation(), {"l2": 3.0}, 0).scorer
    pulled = CONTENT_EASE.fit(known, with_content(known), {"l2": 3.0, "pull": 0.0, "neighbours": 10}, 0).scorer
    np.testing.assert_allclose(dense(pulled), dense(alone), atol=1e-6)


def test_a_new_item_is_scored_through_those_like_it():
    known = with_a_new_item(60)
    content = np.eye(known.shape[1], dtype=np.float32)
    content[-1] = content[3]
    side = SideInformation(content=np.hstack([content, np.ones((len(content), 1), np.float32)]))
    scorer = CONTENT_EASE.fit(known, side, {"l2": 10.0, "pull": 5.0, "neighbours": 10}, 0).scorer
    scores = scorer.score(known.batch(np.arange(known.shape[0])))[:, -1]
    chose = known.matrix[:, 3].toarray().ravel() > 0
    assert chose.any() and scores[chose].min() > 0.0 and scores[chose].mean() > 5 * np.abs(scores[~chose]).mean()


def test_while_it_is_searched_rare_items_are_scored_by_their_content_alone():
    known = with_a_new_item(60)
    params = {"l2": 10.0, "pull": 5.0, "neighbours": 10, "most_items": 20}
    scorer = CONTENT_EASE.fit(known, with_content(known), params, 0).scorer
    assert len(scorer.items) == 20 and len(scorer.targets) >= known.shape[1] - 1
    assert np.abs(dense(scorer)).sum(axis=0)[scorer.targets].all()


def test_a_huge_catalogue_costs_more_than_a_machine_holds():
    small, huge = Size(100_000, 600, 9_000), Size(50_000_000, 1_000_000, 1_000_000)
    assert EASE.cost(small).bytes < CONTENT_EASE.cost(small).bytes < 3 * EASE.cost(small).bytes
    assert CONTENT_EASE.cost(huge).bytes > 4.0 * MAX_DENSE_ITEMS * huge.items


def test_a_catalogue_of_a_single_term_has_no_direction_of_words():
    assert content_features(None, sp.csr_matrix(np.ones((3, 1), np.float32)), None, 0) is None
    facts = np.ones((3, 2), np.float32)
    assert content_features(None, sp.csr_matrix(np.ones((3, 1), np.float32)), facts, 0).shape == (3, 3)
