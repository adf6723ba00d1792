"""Planted answers that scorers must find exactly; test_contract.py has what every one of them must hold."""

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.linear_model import Ridge

from interestlake.core.errors import BadInput
from interestlake.core.vectors import unit_rows
from interestlake.interactions.batch import UserBatch
from interestlake.models.content import ContentScorer, ridge
from interestlake.models.factors import FactorScorer
from interestlake.models.fold_in_als import FoldInAls
from interestlake.models.information import InformationScorer
from interestlake.models.item_matrix import Ease, EdgeScorer, cosine_neighbours, ease_weights
from interestlake.models.log_evidence import LogEvidence, log_background, log_evidence
from interestlake.models.popularity import Popularity
from interestlake.models.social import SocialScorer
from interestlake.models.text import TextScorer
from interestlake.models.words import WordScorer

from .one_row import top_unseen

BOARD = 24
PERSONAL = (
    "graph",
    "transitions",
    "log_evidence",
    "item_knn",
    "ease",
    "als",
    "two_tower",
    "text",
    "words",
    "content",
    "information",
)


def checkerboard() -> np.ndarray:
    """Person u chose item i where both are even or both odd, but not i = u: the withheld diagonal is the answer."""
    board = (np.add.outer(np.arange(BOARD), np.arange(BOARD)) % 2 == 0).astype(np.float32)
    np.fill_diagonal(board, 0)
    return board


def batch_of(history: np.ndarray, recent=None, friends=None, vectors=None) -> UserBatch:
    empty = np.zeros_like(history)
    parts = (history, history if recent is None else recent, empty if friends is None else friends)
    return UserBatch(*(sp.csr_matrix(part.astype(np.float32)) for part in parts), vectors or {})


def als_factors(board: np.ndarray, rank=4, alpha=10.0, regularization=0.05):
    """Implicit ALS in numpy, items first, then users, as Spark sweeps."""
    random = np.random.default_rng(5)
    users, items = random.random((BOARD, rank)) - 0.5, None

    def solve(fixed, rows):
        gram, out = fixed.T @ fixed, np.zeros((len(rows), rank))
        for row, weights in enumerate(rows):
            on = weights > 0
            left = gram + fixed[on].T @ (fixed[on] * (alpha * weights[on])[:, None])
            left += regularization * on.sum() * np.eye(rank)
            out[row] = np.linalg.solve(left, fixed[on].T @ (1 + alpha * weights[on]))
        return out

    for _ in range(10):
        items = solve(users, board.T)
        users = solve(items, board)
    return users, items


def fitted():
    """name -> scorer fitted on the checkerboard, and the vectors that a batch of all its people carries."""
    board = checkerboard()
    gram = board.T.astype(np.float64) @ board
    norms = np.sqrt(np.diag(gram))
    item, near, cosine = cosine_neighbours(sp.csr_matrix(gram), 0, norms, BOARD)
    knn = sp.csr_matrix((cosine.astype(np.float32), (near, item)), gram.shape)
    edges = sp.csr_matrix((gram - np.diag(np.diag(gram))).astype(np.float32))
    parity = np.eye(2, dtype=np.float32)[np.arange(BOARD) % 2]
    users, items = als_factors(board)
    scorers = [
        Popularity("popularity", board.sum(axis=0)),
        EdgeScorer("graph", edges),
        EdgeScorer("transitions", edges, recency=1.0),
        LogEvidence("log_evidence", log_evidence(edges, 0.5), log_background(board.sum(axis=0), -0.1), decay=0.8),
        EdgeScorer("item_knn", knn),
        Ease("ease", np.arange(BOARD), ease_weights(gram.copy(), 1.0), BOARD),
        FoldInAls.of("als", items.astype(np.float32), 10.0, 0.05),
        FactorScorer("two_tower", parity),
        TextScorer("text", parity),
        SocialScorer("social"),
        WordScorer("words", sp.csr_matrix(parity)),
        ContentScorer.of("content", parity, sp.csr_matrix(board), 1.0, 0.0),
        InformationScorer.of("information", sp.csr_matrix(parity), 1.0, 0.5),
    ]
    return {scorer.name: scorer for scorer in scorers}, {"two_tower": parity}, users


SCORERS, VECTORS, ALS_USERS = fitted()


@pytest.fixture
def everyone() -> UserBatch:
    board = checkerboard()
    return batch_of(board, friends=np.roll(board, 2, axis=0), vectors=VECTORS)


@pytest.mark.parametrize("name", PERSONAL)
def test_the_withheld_diagonal_comes_first(name, everyone):
    scores = SCORERS[name].score(everyone)
    first = [top_unseen(scores[u], everyone.history[u].indices, 1)[0] for u in range(BOARD)]
    hits = [columns.tolist() == [person] for person, columns in enumerate(first)]
    assert sum(hits) / BOARD == 1.0


def test_folding_in_the_trained_history_gives_the_trained_vector(everyone):
    np.testing.assert_allclose(SCORERS["als"].user_vectors(everyone), ALS_USERS, rtol=1e-4, atol=1e-5)


def test_ease_is_steck_s_closed_form():
    random = np.random.default_rng(1)
    chosen = (random.random((60, 15)) < 0.3).astype(float)
    inverse = np.linalg.inv(chosen.T @ chosen + 7.0 * np.eye(15))
    expected = np.eye(15) - inverse / np.diag(inverse)
    np.testing.assert_allclose(ease_weights(chosen.T @ chosen, 7.0), expected, atol=1e-6)


def test_ease_scores_nothing_for_items_outside_its_gram():
    weights = ease_weights(np.array([[2.0, 1.0], [1.0, 2.0]]), 1.0)
    scores = Ease("ease", np.array([1, 3]), weights, 5).score(batch_of(np.array([[1, 1, 0, 0, 0]])))
    assert np.flatnonzero(scores[0]).tolist() == [3]


def test_a_gram_matrix_that_is_not_positive_definite_is_said():
    with pytest.raises(BadInput, match="ease_l2"):
        ease_weights(np.array([[1.0, 5.0], [5.0, 1.0]]), 0.1)


def test_cosine_neighbours_equal_scikit_learn():
    from sklearn.metrics.pairwise import cosine_similarity

    random = np.random.default_rng(2)
    chosen = (random.random((50, 12)) < 0.4).astype(float)
    gram = sp.csr_matrix(chosen.T @ chosen)
    item, near, cosine = cosine_neighbours(gram[4:8], 4, np.sqrt(gram.diagonal()), 3)
    oracle = cosine_similarity(chosen.T)
    np.fill_diagonal(oracle, 0)
    for row in range(4, 8):
        order = np.lexsort((np.arange(12), -oracle[row]))[:3]
        assert near[item == row].tolist() == order.tolist()
        np.testing.assert_allclose(cosine[item == row], oracle[row, order])


@pytest.mark.parametrize("seed", range(20))
def test_top_unseen_equals_a_full_sort(seed):
    random = np.random.default_rng(seed)
    scores = random.integers(-3, 6, 40).astype(np.float32)
    seen = random.choice(40, 8, replace=False)
    order = [c for c in sorted(range(40), key=lambda c: (-scores[c], c)) if scores[c] != 0 and c not in seen]
    columns, values = top_unseen(scores, seen, 10)
    assert columns.tolist() == order[:10]
    np.testing.assert_allclose(values, scores[columns])


def test_rounding_noise_does_not_decide_an_order():
    columns, _ = top_unseen(np.array([0.3, 0.1 + 0.2, 0.3 - 1e-9]), np.empty(0, int), 3)
    assert columns.tolist() == [0, 1, 2]


def test_unit_rows_keep_zeros():
    assert unit_rows(np.array([[3.0, 4.0], [0, 0]])).tolist() == [[np.float32(0.6), np.float32(0.8)], [0, 0]]


def test_content_scores_are_each_persons_ridge_regression():
    """Against scikit-learn, person by person; the last items have no history and are scored all the same."""
    random = np.random.default_rng(8)
    features = random.normal(size=(30, 5)).astype(np.float32)
    history = (random.random((12, 30)) < 0.3).astype(np.float32)
    history[:, 25:] = 0
    known = history.any(axis=0)
    scorer = ContentScorer.of("content", features, sp.csr_matrix(history), l2=2.0, discount=0.0)
    found = scorer.score(batch_of(history))
    for person in range(12):
        model = Ridge(alpha=2.0, fit_intercept=False).fit(features[known], history[person, known])
        np.testing.assert_allclose(found[person], features @ model.coef_, atol=1e-4)
    assert not ridge(features, known, 2.0)[25:].any()
