"""Maximal marginal relevance against a walk in plain Python, and on lists whose answer is known."""

import numpy as np
import pytest

from interestlake.recommending.rerank import maximal_marginal_relevance


def by_hand(columns, scores, vectors, diversity, k):
    low, high = min(scores), max(scores)
    relevance = {c: (s - low) / ((high - low) or 1.0) for c, s in zip(columns, scores, strict=True)}
    left, picked = list(columns), []
    while left and len(picked) < k:

        def value(column):
            likeness = max((float(vectors[column] @ vectors[other]) for other in picked), default=0.0)
            return (1 - diversity) * relevance[column] - diversity * likeness

        best = max(left, key=lambda column: (round(value(column), 9), -left.index(column)))
        picked.append(best)
        left.remove(best)
    return picked


@pytest.mark.parametrize("diversity", [0.0, 0.2, 0.5, 0.9])
def test_equals_the_greedy_walk(diversity):
    random = np.random.default_rng(2)
    vectors = random.normal(size=(40, 5))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    columns = np.stack([random.permutation(40)[:15] for _ in range(12)])
    scores = -np.sort(-random.random((12, 15)), axis=1)
    picked, kept = maximal_marginal_relevance(columns, scores, vectors, diversity, 6)
    for row in range(12):
        expected = by_hand(columns[row].tolist(), scores[row].tolist(), vectors, diversity, 6)
        assert picked[row].tolist() == expected
        places = [columns[row].tolist().index(column) for column in expected]
        np.testing.assert_allclose(kept[row], scores[row][places])


def test_nothing_asked_nothing_changed():
    columns = np.array([[3, 1, 2, -1], [0, -1, -1, -1]])
    scores = np.array([[0.9, 0.5, 0.1, 0.0], [0.3, 0.0, 0.0, 0.0]])
    picked, kept = maximal_marginal_relevance(columns, scores, np.eye(4, dtype=np.float32), 0.0, 3)
    assert picked.tolist() == [[3, 1, 2], [0, -1, -1]] and kept[0].tolist() == [0.9, 0.5, 0.1]


def test_a_copy_gives_way_to_something_else():
    vectors = np.array([[1, 0], [1, 0], [0, 1]], np.float32)  # items 0 and 1 are copies
    columns, scores = np.array([[0, 1, 2]]), np.array([[1.0, 0.95, 0.3]])
    assert maximal_marginal_relevance(columns, scores, vectors, 0.5, 3)[0].tolist() == [[0, 2, 1]]
    assert maximal_marginal_relevance(columns, scores, vectors, 0.1, 3)[0].tolist() == [[0, 1, 2]]
