"""Scorers that are one product of a person's history with an item x item matrix: neighbours, graphs and EASE."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ..core.errors import BadInput
from ..interactions.batch import UserBatch
from ..interactions.sparse_parts import block_of, places_in
from .cholesky import inverse_in_place
from .opinions import SPARSE_SHARE, Opinions, SparseOpinions
from .scorer import Scorer, SparseScorer

PROBES, RESIDUAL = 2, 1e-3  # lists were the same to 99.9 % at a residual of 1e-4, to 99.1 % at 1.5e-3


def given_history(batch: UserBatch, recency: float) -> sp.csr_matrix:
    """(B, I) h: the history's weights, or with a recency above 0 the place from the end^-recency of the last items."""
    if not recency:
        return batch.history
    return batch.recent if recency == 1.0 else batch.recent.power(recency)


def given_of(batch: UserBatch, row: int, recency: float) -> tuple[np.ndarray, np.ndarray]:
    """Columns of one person's history and the h of `given_history` of each."""
    columns, weights = batch.chosen(row)
    if not recency:
        return columns, weights
    recent = batch.recency_of(row, columns)
    return columns, recent if recency == 1.0 else np.where(recent > 0, np.maximum(recent, 1e-30) ** recency, 0)


@dataclass(frozen=True)
class EdgeScorer(SparseScorer):
    """score_uj = sum_i h_ui * W_ij over the sparse item matrix W.

    weights: (I, I) CSR, row = item of the history, column = item scored, zero diagonal.
    recency: see `given_history`.
    """

    name: str
    weights: sp.csr_matrix
    recency: float = 0.0

    def _product(self, batch: UserBatch) -> sp.csr_matrix:
        return given_history(batch, self.recency) @ self.weights  # (B, I) @ (I, I) -> (B, I)

    def contributions(self, batch: UserBatch, row: int, columns: np.ndarray) -> np.ndarray:
        chosen, weight = given_of(batch, row, self.recency)
        return weight[:, None] * block_of(self.weights, chosen, columns)


@dataclass(frozen=True)
class Ease(Scorer):
    """EASE (Steck 2019): score_uj = sum_i h_ui * B_ij with the closed-form B of `ease_weights`.

    items: (E,) ascending columns of the items whose choice says something, those of the Gram matrix; scored: (S,) of
    the items that are scored, None = items; weights: (E, S) float32; recency: see `given_history`.
    """

    name: str
    items: np.ndarray
    weights: np.ndarray
    item_count: int
    recency: float = 0.0
    scored: np.ndarray | None = None

    @property
    def targets(self) -> np.ndarray:
        return self.items if self.scored is None else self.scored

    def score(self, batch: UserBatch) -> np.ndarray:
        scores = np.zeros((batch.size, self.item_count), np.float32)
        given = given_history(batch, self.recency)[:, self.items]
        scores[:, self.targets] = given @ self.weights  # (B, E) @ (E, S) -> (B, S)
        return scores

    def opinions(self, batch: UserBatch) -> Opinions:
        if not self._few:
            return super().opinions(batch)
        scores = np.asarray(given_history(batch, self.recency)[:, self.items] @ self.weights, np.float32)
        starts = np.arange(batch.size + 1) * len(self.targets)
        shape = (batch.size, self.item_count)
        return SparseOpinions(sp.csr_matrix((scores.ravel(), np.tile(self.targets, batch.size), starts), shape))

    def cells(self, items: int) -> int:
        return 3 * len(self.targets) if self._few else items

    @property
    def _few(self) -> bool:
        """Whether most of the catalogue is never scored."""
        return len(self.targets) * SPARSE_SHARE < self.item_count

    def contributions(self, batch: UserBatch, row: int, columns: np.ndarray) -> np.ndarray:
        chosen, weight = given_of(batch, row, self.recency)
        source, target = places_in(self.items, chosen), places_in(self.targets, columns)
        block = self.weights[np.ix_(np.maximum(source, 0), np.maximum(target, 0))].astype(np.float64)
        inside = (source >= 0)[:, None] & (target >= 0)[None, :]
        return weight[:, None] * np.where(inside, block, 0.0)


def ease_weights(gram: np.ndarray, l2: float) -> np.ndarray:
    """G = X'X, (E, E) float32 or 64, overwritten -> B = I - P / diag(P), P = (G + l2 I)^-1, diagonal 0, float32.

    Formula: Steck 2019, "Embarrassingly Shallow Autoencoders". Solved in G's own precision and memory. Raises BadInput
    where G + l2 I is not positive definite.
    """
    gram[np.diag_indices_from(gram)] += l2
    inverted_or_refused(gram)
    return off_diagonal(gram)


def frugal_ease_weights(gram_in: Callable[[type], np.ndarray], l2: float) -> np.ndarray:
    """The B of `ease_weights` by `checked_inverse`: in a half of the time and a third of the memory."""
    return off_diagonal(checked_inverse(gram_in, l2))


def checked_inverse(gram_in: Callable[[type], np.ndarray], l2: float) -> np.ndarray:
    """P = (G + l2 I)^-1 in float32, 4 bytes an entry, or in float64 where that is not enough.

    gram_in(precision) -> a new G of that precision. P (G + l2 I) v is compared with v for PROBES random v; where it
    misses by more than RESIDUAL of the largest, as for a tiny l2 it may, the work is done again in float64. Raises
    BadInput where G + l2 I is not positive definite.
    """
    gram = gram_in(np.float32)
    gram[np.diag_indices_from(gram)] += np.float32(l2)
    probe = np.random.default_rng(0).standard_normal((len(gram), PROBES)).astype(np.float32)
    image = gram @ probe
    if inverse_in_place(gram) and np.abs(gram @ image - probe).max() <= RESIDUAL * np.abs(probe).max():
        return gram
    gram = gram_in(np.float64)
    gram[np.diag_indices_from(gram)] += l2
    inverted_or_refused(gram)
    return gram


def inverted_or_refused(matrix: np.ndarray) -> None:
    """Inverts in place. Raises BadInput where the matrix is not positive definite."""
    if not inverse_in_place(matrix):
        raise BadInput.of(
            "EASE",
            found="a Gram matrix that is not positive definite",
            expected="a larger ease_l2",
            where="conf/params/recommend.yml",
        )


def off_diagonal(inverse: np.ndarray) -> np.ndarray:
    """P (E, E) -> -P / diag(P), column by column, diagonal 0, float32; over P where that is float32."""
    weights = inverse.astype(np.float32, copy=False)
    weights /= -weights.diagonal()[None, :]
    np.fill_diagonal(weights, 0.0)
    return weights


def cosine_neighbours(
    gram_rows: sp.csr_matrix, first_item: int, norms: np.ndarray, limit: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows `first_item`.. of G = X'X -> (item, neighbour, cosine) of each item's `limit` nearest, ties by column.

    gram_rows: (rows, I) CSR; norms: (I,) root of G's diagonal. cosine_ij = G_ij / (norm_i * norm_j); an item is not
    its own neighbour (Sarwar et al. 2001).
    """
    items, neighbours, values = [], [], []
    for row in range(gram_rows.shape[0]):
        span = slice(gram_rows.indptr[row], gram_rows.indptr[row + 1])
        item, columns = first_item + row, gram_rows.indices[span]
        cosine = gram_rows.data[span] / (norms[item] * norms[columns])
        other = (columns != item) & (cosine > 0)
        columns, cosine = columns[other], cosine[other]
        order = np.lexsort((columns, -cosine))[:limit]
        items.append(np.full(len(order), item))
        neighbours.append(columns[order])
        values.append(cosine[order])
    return np.concatenate(items), np.concatenate(neighbours), np.concatenate(values)
