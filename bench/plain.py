"""What one would write with scipy and `implicit` alone: the other side of the speed comparison."""

import numpy as np
import scipy.sparse as sp
from implicit.als import AlternatingLeastSquares
from threadpoolctl import threadpool_limits


def fit_als(matrix: sp.csr_matrix, rank: int, sweeps: int, regularization: float, alpha: float, seed: int):
    """(U, I) binary -> the library's model. Its own advice is followed: BLAS on one thread, all cores for itself."""
    confidence = sp.csr_matrix(matrix, dtype=np.float32, copy=True)
    confidence.data = 1.0 + alpha * confidence.data
    model = AlternatingLeastSquares(
        factors=rank, regularization=regularization, iterations=sweeps, random_state=seed, alpha=1.0
    )
    with threadpool_limits(1, "blas"):
        model.fit(confidence, show_progress=False)
    return model


def recommend(model, matrix: sp.csr_matrix, top: int, alpha: float | None = None):
    """Everybody's `top` unseen items; with an alpha the vectors are solved from the histories first."""
    people, given = np.arange(matrix.shape[0]), matrix
    if alpha is not None:
        given = matrix.copy()
        given.data = 1.0 + alpha * given.data
    with threadpool_limits(1, "blas"):
        return model.recommend(people, given, N=top, recalculate_user=alpha is not None)


def cosine_neighbours(matrix: sp.csr_matrix, neighbours: int) -> sp.csr_matrix:
    """X'X, scaled to cosines, the largest `neighbours` of each row."""
    gram = sp.csr_matrix(matrix.T @ matrix)
    norms = np.sqrt(gram.diagonal())
    gram = sp.csr_matrix(sp.diags(1 / np.maximum(norms, 1)) @ gram @ sp.diags(1 / np.maximum(norms, 1)))
    gram.setdiag(0.0)
    for row in range(gram.shape[0]):
        values = gram.data[gram.indptr[row] : gram.indptr[row + 1]]
        if len(values) > neighbours:
            values[np.argpartition(values, len(values) - neighbours)[: len(values) - neighbours]] = 0.0
    gram.eliminate_zeros()
    return gram


def transitions(
    users: np.ndarray, items: np.ndarray, item_count: int, window: int, backward: float, discount: float
) -> sp.csr_matrix:
    """S'BS: S (n, I) says what each place of the sequences holds, B (n, n) is banded, 1 / gap within one person."""
    n = len(items)
    places = sp.csr_matrix((np.ones(n), (np.arange(n), items)), (n, item_count))
    bands = [np.where(users[gap:] == users[:-gap], 1.0 / gap, 0.0) for gap in range(1, window + 1)]
    band = sp.diags(bands, list(range(1, window + 1)), (n, n), format="csr")
    edges = places.T @ (band @ places)
    edges = edges + backward * edges.T
    edges.setdiag(0.0)
    scale = sp.diags(np.maximum(np.bincount(items, minlength=item_count), 1.0) ** -discount)
    return sp.csr_matrix(scale @ edges @ scale, dtype=np.float32)
