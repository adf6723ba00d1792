"""The block-wise and stacked forms of the one-machine models against the same thing written one row at a time."""

import numpy as np
import pytest
import scipy.sparse as sp
from threadpoolctl import threadpool_limits

from interestlake.interactions.batch import UserBatch
from interestlake.models import fold_in_als
from interestlake.models import top as lists
from interestlake.models.fold_in_als import FoldInAls
from interestlake.models.low_rank import low_rank
from interestlake.models.neighbours import item_neighbours, strongest_per_row
from interestlake.models.opinions import SparseOpinions, same_opinions, sparse_or_dense
from interestlake.models.top import SCORE_STEPS, top_columns
from interestlake.models.two_tower_fit import side_of

from ..benchmark.world import feedback, pairs

KINDS = {
    "spread": lambda scores, random: scores,
    "tied": lambda scores, random: np.round(scores * 3),
    "few opinions": lambda scores, random: scores * (random.random(scores.shape) < 0.03),
    "negative": lambda scores, random: -np.abs(scores),
    "closer than a step": lambda scores, random: scores * 1e-6 + 1,
    "empty rows": lambda scores, random: scores * (np.arange(len(scores)) % 2)[:, None],
}


def drawn(kind: str, seed: int) -> tuple[np.ndarray, sp.csr_matrix, int]:
    """Scores of a kind, pairs that were seen, and the length of the lists."""
    random = np.random.default_rng(seed)
    people, items = random.integers(1, [30, 700])
    limit = int(random.choice([1, 10, 90]))
    scores = KINDS[kind](random.normal(size=(people, items)), random).astype(np.float32)
    return scores, sp.random(people, items, random.choice([0, 0.05, 0.9]), format="csr", random_state=seed), limit


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("strip", [1, 4000, 2**20])
def test_lists_of_a_block_are_those_of_each_row(kind, strip, monkeypatch):
    monkeypatch.setattr(lists, "STRIP_BYTES", strip)
    for seed in range(12):
        scores, seen, limit = drawn(kind, seed)
        people = len(scores)
        columns, values = top_columns(scores, seen, limit)
        for row in range(people):
            own, own_values = best_of(scores[row], seen[row].indices, limit)
            np.testing.assert_array_equal(columns[row], np.pad(own, (0, limit - len(own)), constant_values=-1))
            np.testing.assert_allclose(values[row, : len(own)], own_values, rtol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_opinions_that_are_stored_sparsely_or_once_are_those_of_the_array(kind):
    for seed in range(12):
        scores, seen, limit = drawn(kind, seed)
        people = len(scores)
        person, column = (place.ravel() for place in np.indices(scores.shape))
        same = np.tile(scores[:1], (people, 1))
        for opinions, told in (
            (SparseOpinions(sp.csr_matrix(scores)), scores),
            (sparse_or_dense(sp.csr_matrix(scores)), scores),
            (same_opinions(scores[0], people), same),
        ):
            np.testing.assert_array_equal(opinions.at(person, column), told.ravel())
            for mine, expected in zip(opinions.top(seen, limit), top_columns(told, seen, limit), strict=True):
                np.testing.assert_array_equal(mine, expected)


def best_of(scores: np.ndarray, seen: np.ndarray, limit: int) -> tuple[np.ndarray, np.ndarray]:
    """A full sort of one row by steps of a millionth, then by column."""
    largest = max(np.abs(scores).max(), np.float32(1e-30))
    steps = np.rint(scores * (np.float32(SCORE_STEPS) / largest))
    left = np.setdiff1d(np.flatnonzero(scores), seen)
    best = left[np.lexsort((left, -steps[left]))][:limit]
    return best, steps[best] * (largest / SCORE_STEPS)


@pytest.mark.parametrize("limit", [1, 5, 100])
def test_strongest_entries_are_those_of_a_full_sort(limit):
    random = np.random.default_rng(limit)
    matrix = sp.random(50, 300, 0.2, format="csr", random_state=3)
    matrix.data = np.round(random.normal(size=matrix.nnz), 1)  # ties, and values that are not positive
    entries = matrix.tocoo()
    found = strongest_per_row(entries.row, entries.col, entries.data, limit, matrix.shape).toarray()
    expected = np.zeros(matrix.shape)
    for row, values in enumerate(matrix.toarray()):
        best = [column for column in np.lexsort((np.arange(300), -values)) if values[column] > 0][:limit]
        expected[row, best] = values[best]
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("measure", ["cosine", "jaccard", "llr"])
def test_neighbours_do_not_depend_on_the_strips(measure, monkeypatch):
    chosen = sp.random(150, 90, 0.08, format="csr", random_state=5)
    chosen.data[:] = 1.0
    whole = item_neighbours(chosen, measure, 10, 0.3)
    monkeypatch.setattr("interestlake.models.neighbours.STRIP", 7)
    assert abs(whole - item_neighbours(chosen, measure, 10, 0.3)).nnz == 0


@pytest.mark.parametrize("scaled", [True, False])
@pytest.mark.parametrize("cells", [1, 500, 2**19])
def test_stacked_fold_in_solves_each_person_s_system(scaled, cells, monkeypatch):
    monkeypatch.setattr(fold_in_als, "FOLD_CELLS", cells)
    random = np.random.default_rng(4)
    vectors = random.normal(size=(80, 6)).astype(np.float32)
    vectors[::9] = 0.0  # items the model never saw
    history = sp.random(40, 80, 0.1, format="csr", dtype=np.float32, random_state=6)
    history.data[::5] = 0.0
    history.data[history.indptr[3] : history.indptr[4]] = 0.0  # a person who liked nothing
    scorer = FoldInAls.of("als", vectors, 7.0, 0.05, scaled)
    found = scorer.user_vectors(UserBatch(history, history, history, {}))
    gram = vectors.astype(np.float64).T @ vectors.astype(np.float64)
    for row in range(40):
        kept = [item for item in history[row].indices if history[row, item] > 0 and vectors[item].any()]
        mine, weight = vectors[kept].astype(np.float64), history[row, kept].toarray().ravel().astype(np.float64)
        left = gram + mine.T @ np.diag(7.0 * weight) @ mine + 0.05 * (len(kept) if scaled else 1) * np.eye(6)
        expected = np.linalg.solve(left, mine.T @ (1 + 7.0 * weight)) if kept else np.zeros(6)
        np.testing.assert_allclose(found[row], expected, atol=1e-10)
    assert not found[3].any()


def test_low_rank_vectors_are_the_same_to_the_bit_for_any_number_of_threads():
    chosen = sp.random(400, 300, 0.05, format="csr", random_state=0)
    data = feedback(pairs(people=60, length=6))
    texts = np.random.default_rng(1).normal(size=(data.shape[1], 40)).astype(np.float32)
    made = []
    for threads in (1, 2):
        with threadpool_limits(threads, "blas"):
            made.append((*low_rank(chosen, 32, seed=3), *side_of(data, texts, seed=3)))
    for one, again in zip(*made, strict=True):
        np.testing.assert_array_equal(one, again)
