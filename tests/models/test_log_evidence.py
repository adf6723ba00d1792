"""Log evidence against a walk over every step, and a sequence whose next item is planted."""

import itertools
import math

import numpy as np
import pytest
import scipy.sparse as sp

from interestlake.interactions.batch import UserBatch
from interestlake.interactions.side_information import SideInformation
from interestlake.models.log_evidence import LOG_EVIDENCE, LogEvidence, log_background, log_evidence

from ..benchmark.world import ITEMS_PER_TASTE, TASTES, feedback, pairs
from .one_row import top_unseen

PARAMS = {"smoothing": 0.4, "discount": 0.25, "decay": 0.7, "backward": 0.3, "window": 3, "popularity": -0.1,
          "gap_power": 0.5, "recency": 0.5}  # fmt: skip


@pytest.fixture(scope="module")
def planted():
    return feedback(pairs())


def test_scores_are_the_formula_s(planted):
    size, smoothing = planted.shape[1], 0.4
    counts, people = np.zeros((size, size)), np.bincount(planted.items, minlength=size)
    for start, end in itertools.pairwise(planted.starts):
        for a, b in itertools.combinations(planted.items[start:end], 2):
            gap = list(planted.items[start:end]).index(b) - list(planted.items[start:end]).index(a)
            if gap <= 3:
                counts[a, b] += gap**-0.5
                counts[b, a] += 0.3 * gap**-0.5
    counts *= (np.outer(people, people) / people.mean() ** 2) ** -0.25
    share = np.log((people + 1) / (people.sum() + size))
    scorer = LOG_EVIDENCE.fit(planted, SideInformation(), PARAMS, 0).scorer
    found = scorer.score(planted.batch(np.arange(planted.shape[0])))
    for person, (start, end) in enumerate(itertools.pairwise(planted.starts)):
        newest_first = planted.items[start:end][::-1]
        weight = np.array([(place + 1) ** -0.5 * 0.7**place for place in range(len(newest_first))])
        weight /= weight.sum()
        for item in range(size):
            terms = [w * math.log1p(counts[j, item] / smoothing) for w, j in zip(weight, newest_first, strict=True)]
            expected = sum(terms) - 0.1 * (share[item] - share.max()) if sum(terms) > 0 else 0.0
            assert found[person, item] == pytest.approx(expected, abs=1e-5)


def test_the_next_of_a_walk_comes_first(planted):
    size = TASTES * ITEMS_PER_TASTE
    scorer = LOG_EVIDENCE.fit(planted, SideInformation(), dict(LOG_EVIDENCE.quick), 0).scorer
    for item in range(size):
        history = sp.csr_matrix(([1.0], ([0], [item])), (1, size), dtype=np.float32)
        scores = scorer.score(UserBatch(history, history, sp.csr_matrix((1, size)), {}))[0]
        following = item - item % ITEMS_PER_TASTE + (item + 1) % ITEMS_PER_TASTE
        assert following in top_unseen(scores, np.array([item]), 2)[0]


def test_without_evidence_there_is_no_opinion_whatever_the_popularity():
    evidence = sp.csr_matrix(np.array([[0, 2.0, 0], [0, 0, 0], [0, 0, 0]], np.float32))
    history = sp.csr_matrix(np.array([[1.0, 0, 0], [0, 1.0, 0]], np.float32))
    batch = UserBatch(history, history, history, {})
    for weight in (-0.5, 0.5):
        scores = LogEvidence("x", evidence, log_background(np.array([1, 5, 9]), weight)).score(batch)
        assert (scores != 0).tolist() == [[False, True, False], [False] * 3] and scores[0, 1] >= 2.0


def test_an_item_that_is_seen_and_not_liked_speaks_for_nothing():
    evidence = sp.csr_matrix(np.array([[0, 0, 2.0], [0, 0, 5.0], [0, 0, 0]], np.float32))
    history = sp.csr_matrix((np.array([1.0, 0.0], np.float32), ([0, 0], [0, 1])), (1, 3))
    recent = sp.csr_matrix(np.array([[0.5, 1.0, 0]], np.float32))
    for decay in (1.0, 0.5):
        scores = LogEvidence("x", evidence, np.zeros(3, np.float32), decay=decay).score(
            UserBatch(history, recent, recent, {})
        )
        assert scores.tolist() == [[0.0, 0.0, 2.0]]


def test_the_logarithm_is_of_each_edge_and_the_rarest_item_has_the_larger_background():
    counts = sp.csr_matrix(np.array([[0, 3.0], [0.5, 0]], np.float32))
    np.testing.assert_allclose(log_evidence(counts, 0.5).toarray(), [[0, math.log(7)], [math.log(2), 0]], rtol=1e-6)
    assert log_background(np.array([7, 0, 3]), -1.0) == pytest.approx([0.0, math.log(8), math.log(2)])
    assert log_background(np.array([7, 0, 3]), 1.0) == pytest.approx([math.log(8), 0.0, math.log(4)])
