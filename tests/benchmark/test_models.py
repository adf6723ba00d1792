"""The one-machine models against brute force and against each other."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from interestlake.interactions.pairs import Pairs
from interestlake.models.ease import fit_ease, most_chosen
from interestlake.models.graph_filter import GraphFilter
from interestlake.models.item_matrix import ease_weights
from interestlake.models.neighbourhoods import sparse_ease_weights
from interestlake.models.neighbours import fact_neighbours, item_neighbours
from interestlake.models.sequence_ease import fit_kernel_ease, kernel_gram
from interestlake.models.transitions import transition_edges
from interestlake.models.user_knn import UserNeighbours

from .world import feedback as planted_feedback
from .world import pairs

DAY = 86_400.0


@pytest.fixture(scope="module")
def feedback() -> Pairs:
    return planted_feedback(pairs())


def sequences(data: Pairs) -> list[np.ndarray]:
    return [data.items[start:end] for start, end in itertools.pairwise(data.starts)]


def test_kernel_gram_sums_over_every_pair_of_a_person(feedback):
    expected = np.zeros((feedback.shape[1],) * 2)
    for items in sequences(feedback):
        for a, b in itertools.product(range(len(items)), repeat=2):
            expected[items[a], items[b]] += math.exp(-abs(a - b) / 2.5)
    found = kernel_gram(feedback.users, feedback.items, feedback.shape[1], 2.5)
    np.testing.assert_allclose(found.toarray(), expected, atol=1e-12)


def test_a_kernel_that_never_falls_is_plain_ease(feedback):
    gram = kernel_gram(feedback.users, feedback.items, feedback.shape[1], 1e9)
    assert gram.diagonal().min() >= 2
    plain, kernel = fit_ease("ease", feedback.matrix, 20.0), fit_kernel_ease("ease", gram, 20.0)
    batch = feedback.batch(np.arange(10))
    np.testing.assert_allclose(kernel.score(batch), plain.score(batch), atol=1e-5)


def test_a_search_leaves_the_rarer_items_out(feedback):
    counts = np.asarray(feedback.matrix.sum(axis=0)).ravel()
    used = most_chosen(counts, 1, 20)
    assert len(used) == 20 and counts[used].min() >= np.sort(counts)[-20]
    scorer = fit_ease("ease", feedback.matrix, 20.0, most_items=20)
    scored = scorer.score(feedback.batch(np.arange(30))).any(axis=0)
    assert set(np.flatnonzero(scored)) <= set(used)


def test_ease_by_people_equals_ease_by_items(feedback):
    few = feedback.matrix[:40]  # fewer people than items
    used = np.flatnonzero(np.asarray(few.sum(axis=0)).ravel() > 0)
    expected = ease_weights((few.T @ few).toarray()[np.ix_(used, used)].astype(np.float64), 5.0)
    np.testing.assert_allclose(fit_ease("ease", few, 5.0).weights, expected, atol=1e-5)


def test_sparse_ease_with_all_neighbours_solves_the_same_regressions(feedback):
    gram = sp.csr_matrix(feedback.matrix.T.astype(np.float64) @ feedback.matrix)
    found = sparse_ease_weights(gram, 5.0, neighbours=feedback.shape[1]).toarray()
    for column in range(feedback.shape[1]):
        others = np.flatnonzero((gram[:, column].toarray().ravel() > 0) & (np.arange(feedback.shape[1]) != column))
        left = gram[others][:, others].toarray() + 5.0 * np.eye(len(others))
        expected = np.linalg.solve(left, gram[others, column].toarray().ravel())
        np.testing.assert_allclose(found[others, column], expected, atol=1e-5)


def test_transitions_against_a_walk_over_every_step(feedback):
    size, window, discount, backward = feedback.shape[1], 3, 0.4, 0.25
    times = feedback.times * 50
    expected = np.zeros((size, size))
    for start, end in itertools.pairwise(feedback.starts):
        for a in range(start, end):
            for b in range(a + 1, min(a + window + 1, end)):
                step = (b - a) ** -0.5 * 0.5 ** ((times[b] - times[a]) / (0.01 * DAY))
                expected[feedback.items[a], feedback.items[b]] += step
                expected[feedback.items[b], feedback.items[a]] += backward * step
    counts = np.bincount(feedback.items, minlength=size)
    expected *= np.outer(counts**-discount, counts**-discount)
    found = transition_edges(
        feedback.users,
        feedback.items,
        times,
        size,
        window=window,
        gap_power=0.5,
        backward=backward,
        discount=discount,
        half_life_days=0.01,
    )
    np.testing.assert_allclose(found.toarray(), expected, atol=1e-6)


@pytest.mark.parametrize("measure", ["cosine", "jaccard", "llr"])
def test_item_neighbours_against_counts_of_people(feedback, measure):
    dense = feedback.matrix.toarray().astype(bool)
    people, size = dense.shape
    value = np.zeros((size, size))
    for i, j in itertools.permutations(range(size), 2):
        both, n_i, n_j = (dense[:, i] & dense[:, j]).sum(), dense[:, i].sum(), dense[:, j].sum()
        if measure == "llr":
            value[i, j] = _llr(both, n_i - both, n_j - both, people - n_i - n_j + both)
        else:
            value[i, j] = both / (math.sqrt(n_i * n_j) if measure == "cosine" else n_i + n_j - both)
    found = item_neighbours(feedback.matrix, measure, neighbours=size, discount=0.0).toarray()
    np.testing.assert_allclose(found, value, atol=1e-4)
    five = item_neighbours(feedback.matrix, measure, neighbours=5, discount=0.0).toarray()
    assert ((five > 0).sum(axis=0) <= 5).all()
    for column in range(size):  # the five strongest of each scored item, and no others
        largest = np.sort(value[:, column])[-5:].sum()
        assert five[:, column].sum() == pytest.approx(largest, abs=1e-4)


def _llr(both: int, first: int, second: int, neither: int) -> float:
    """Dunning 1993 by observed and expected counts; 0 below independence."""
    table = np.array([[both, first], [second, neither]], float)
    expected = table.sum(axis=1, keepdims=True) @ table.sum(axis=0, keepdims=True) / table.sum()
    if both <= expected[0, 0]:
        return 0.0
    some = table > 0
    return float(2 * (table[some] * np.log(table[some] / expected[some])).sum())


def test_user_neighbours_against_cosines(feedback):
    dense = feedback.matrix.toarray()
    unit = dense / np.linalg.norm(dense, axis=1, keepdims=True)
    alike = unit @ unit.T
    scorer = UserNeighbours.of("user_knn", feedback.matrix, neighbours=len(dense), power=2.0, discount=0.0)
    found = scorer.score(feedback.batch(np.arange(len(dense))))
    np.testing.assert_allclose(found, alike**2 @ dense, rtol=1e-4, atol=1e-4)


def test_graph_filter_of_full_rank_is_the_formula(feedback):
    dense = feedback.matrix.toarray().astype(np.float64)
    per_user, per_item = dense.sum(axis=1), dense.sum(axis=0)
    normal = dense / np.sqrt(per_user)[:, None] / np.sqrt(np.maximum(per_item, 1))[None, :]
    rank, share = 6, 0.4
    vectors = np.linalg.svd(normal)[2][:rank].T
    linear = normal.T @ normal
    np.fill_diagonal(linear, 0.0)
    far = np.diag(per_item**-0.5) @ vectors @ vectors.T @ np.diag(per_item**0.5)
    scorer = GraphFilter.of("graph", feedback.matrix, rank, share, seed=1)
    found = scorer.score(feedback.batch(np.arange(len(dense))))
    np.testing.assert_allclose(found, dense @ (linear + share * far), atol=1e-4)


def test_feedback_keeps_order_and_joins_parts():
    frame = pd.DataFrame({"user_id": ["b", "a", "a"], "item_id": ["x", "y", "x"], "weight": 1.0, "time": [1.0, 5, 2]})
    data = Pairs.of(frame, np.array(["a", "b"], object), np.array(["x", "y"], object), timed=True)
    assert data.items.tolist() == [0, 1, 0] and data.users.tolist() == [0, 0, 1]
    assert data.recency[0].toarray().tolist() == [[0.5, 1.0]]
    again = data.rows(data.items == 0).plus(data)
    assert again.items.tolist() == data.items.tolist() and again.times.tolist() == data.times.tolist()


def test_items_are_near_by_shared_facts_and_by_naming_each_other(monkeypatch):
    """Items 0 and 1 share a rare fact, 2 names 3, everybody shares the last fact, 4 has nothing else."""
    carried = np.array([[1, 0, 1], [1, 0, 1], [0, 1, 1], [0, 0, 1], [0, 0, 1]], np.float32)
    named = np.zeros_like(carried)
    named[3, 1] = 1.0
    given = [sp.csr_matrix(part) for part in (carried, named)]
    near = fact_neighbours(*given, "cosine", 4).toarray()
    assert near[0, 1] == pytest.approx(1.0) and near[2, 3] == near[3, 2] == pytest.approx(1.0)
    assert near[0, 2] == pytest.approx(0.5) and near[0, 4] == pytest.approx(1 / np.sqrt(2))
    monkeypatch.setattr("interestlake.models.neighbours.MAX_FACT_PAIRS", 8)  # the fact of all five would be 25 more
    rare = fact_neighbours(*given, "cosine", 4).toarray()
    assert rare[0, 1] == rare[2, 3] == pytest.approx(1.0) and rare.sum() == pytest.approx(4.0)
