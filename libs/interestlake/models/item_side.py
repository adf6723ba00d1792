"""Scorers that need no item x item matrix: popularity, factors (given or folded in), texts, friends."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ..interactions.batch import UserBatch
from .scorer import Scorer

FOLD_CELLS = 2**19  # numbers of one stack of systems: 4 MB


@dataclass(frozen=True)
class Popularity(Scorer):
    """score_uj = train users of item j, the same for everyone. user_counts: (I,) float32."""

    name: str
    user_counts: np.ndarray

    def score(self, batch: UserBatch) -> np.ndarray:
        return np.tile(self.user_counts.astype(np.float32), (batch.size, 1))


@dataclass(frozen=True)
class FactorScorer(Scorer):
    """score_uj = v_u . a_j with the user vectors that the batch carries under this scorer's name.

    item_vectors: (I, d) float32, zeros for an item the model never saw.
    """

    name: str
    item_vectors: np.ndarray

    def score(self, batch: UserBatch) -> np.ndarray:
        return (batch.vectors[self.name] @ self.item_vectors.T).astype(np.float32)  # (B, d) @ (d, I) -> (B, I)


@dataclass(frozen=True)
class FoldInAls(Scorer):
    """score_uj = v_u . a_j where v_u is solved from the history at hand (Hu, Koren and Volinsky 2008).

    v_u = (Y'Y + Y_u' diag(alpha w) Y_u + regularization * n_u I)^-1 Y_u' (1 + alpha w), n_u = items of the history
    where `scaled`, else 1:
    Spark's own last half-step, so that for the train history v_u is the trained vector, and a longer history needs no
    refit. item_vectors Y: (I, d) float32, zeros for an item the model never saw (it then counts nowhere);
    gram: (d, d) float64, Y'Y.
    """

    name: str
    item_vectors: np.ndarray
    gram: np.ndarray
    alpha: float
    regularization: float
    scaled: bool = True

    @classmethod
    def of(
        cls, name: str, item_vectors: np.ndarray, alpha: float, regularization: float, scaled: bool = True
    ) -> "FoldInAls":
        """The scorer of (I, d) item factors that were trained with `alpha` and `regularization`."""
        items = item_vectors.astype(np.float64)
        return cls(name, item_vectors, items.T @ items, alpha, regularization, scaled)

    def user_vectors(self, batch: UserBatch) -> np.ndarray:
        """(B, d) float64; zeros for a person without a known item."""
        history, dimension = batch.history, self.item_vectors.shape[1]
        kept = (history.data > 0) & self.item_vectors.any(axis=1)[history.indices]
        owner = np.repeat(np.arange(batch.size), np.diff(history.indptr))[kept]
        counts = np.bincount(owner, minlength=batch.size)
        starts = np.concatenate([[0], np.cumsum(counts)])
        columns, confidence = history.indices[kept], self.alpha * history.data[kept].astype(np.float64)
        solved = np.zeros((batch.size, dimension))
        people = np.argsort(-counts, kind="stable")[: np.count_nonzero(counts)]  # alike lengths stand together
        first = 0
        while first < len(people):
            longest = counts[people[first]]
            part = people[first : first + max(1, FOLD_CELLS // (dimension * max(longest, dimension)))]
            first += len(part)
            place = starts[part][:, None] + np.arange(longest)  # (P, n), padded
            real = np.arange(longest) < counts[part][:, None]
            place[~real] = 0
            chosen = self.item_vectors[columns[place]].astype(np.float64)  # (P, n, d)
            sure = np.where(real, confidence[place], 0.0)
            right = np.where(real, 1.0 + sure, 0.0)[:, None, :] @ chosen  # (P, 1, n) @ (P, n, d) -> (P, 1, d)
            chosen *= np.sqrt(sure)[:, :, None]
            left = self.gram + chosen.transpose(0, 2, 1) @ chosen  # (P, d, n) @ (P, n, d) -> (P, d, d)
            ridge = self.regularization * (counts[part] if self.scaled else np.ones(len(part)))
            left[:, np.arange(dimension), np.arange(dimension)] += ridge[:, None]
            solved[part] = np.linalg.solve(left, right.transpose(0, 2, 1))[:, :, 0]
        return solved

    def score(self, batch: UserBatch) -> np.ndarray:
        return (self.user_vectors(batch) @ self.item_vectors.T).astype(np.float32)


@dataclass(frozen=True)
class TextScorer(Scorer):
    """score_uj = cosine of the history's weighted mean text vector with item j's.

    item_vectors: (I, d) float32, unit length, zeros for an item without text.
    """

    name: str
    item_vectors: np.ndarray

    def _profile(self, batch: UserBatch) -> tuple[np.ndarray, np.ndarray]:
        """The unit profiles (B, d) and the lengths (B,) they had."""
        total = np.asarray(batch.history @ self.item_vectors, dtype=np.float64)  # (B, I) @ (I, d) -> (B, d)
        length = np.linalg.norm(total, axis=1)
        length[length < 1e-9] = np.inf
        return total / length[:, None], length

    def score(self, batch: UserBatch) -> np.ndarray:
        return (self._profile(batch)[0] @ self.item_vectors.T).astype(np.float32)

    def contributions(self, batch: UserBatch, row: int, columns: np.ndarray) -> np.ndarray:
        chosen = batch.history[row]
        length = self._profile(batch.row(row))[1][0]
        similar = self.item_vectors[chosen.indices].astype(np.float64) @ self.item_vectors[columns].T
        return chosen.data[:, None] * similar / length


@dataclass(frozen=True)
class WordScorer(Scorer):
    """score_uj = cosine of the history's summed TF-IDF vector with item j's; term_weights: (I, V) CSR, unit rows."""

    name: str
    term_weights: sp.csr_matrix

    def _profile(self, batch: UserBatch) -> tuple[sp.csr_matrix, np.ndarray]:
        """The summed vectors (B, V) and their lengths (B,)."""
        total = sp.csr_matrix(batch.history @ self.term_weights)  # (B, I) @ (I, V) -> (B, V)
        length = np.sqrt(np.asarray(total.multiply(total).sum(axis=1)).ravel())
        length[length < 1e-9] = np.inf
        return total, length.astype(np.float32)

    def score(self, batch: UserBatch) -> np.ndarray:
        total, length = self._profile(batch)
        return np.asarray((total @ self.term_weights.T).todense(), np.float32) / length[:, None]

    def contributions(self, batch: UserBatch, row: int, columns: np.ndarray) -> np.ndarray:
        chosen = batch.history[row]
        length = self._profile(batch.row(row))[1][0]
        similar = (self.term_weights[chosen.indices] @ self.term_weights[columns].T).toarray().astype(np.float64)
        return chosen.data[:, None] * similar / length


@dataclass(frozen=True)
class ContentScorer(Scorer):
    """score_uj = x_j . w_u, each person's ridge regression of what they chose on what the items are about.

    w_u = (X'X + l2 I)^-1 X' D h_u over the items of train, the closed form of Hoerl and Kennard (1970) for all people
    at once; D weighs an item by people ** -discount. features X: (I, d) float32; solved: (I, d) float32, the rows of
    D X (X'X + l2 I)^-1, zeros for an item outside train. An item without interactions is scored like any other.
    """

    name: str
    features: np.ndarray
    solved: np.ndarray

    @classmethod
    def of(cls, name: str, features: np.ndarray, chosen: sp.csr_matrix, l2: float, discount: float) -> "ContentScorer":
        """chosen: (U, I), a value above 0 counts."""
        counts = np.asarray((chosen > 0).sum(axis=0)).ravel()
        weight = np.where(counts > 0, np.maximum(counts, 1.0) ** -discount, 0.0)
        return cls(name, features, (ridge(features, counts > 0, l2) * weight[:, None]).astype(np.float32))

    def score(self, batch: UserBatch) -> np.ndarray:
        return (np.asarray(batch.history @ self.solved) @ self.features.T).astype(np.float32)

    def contributions(self, batch: UserBatch, row: int, columns: np.ndarray) -> np.ndarray:
        chosen = batch.history[row]
        return chosen.data[:, None] * (self.solved[chosen.indices].astype(np.float64) @ self.features[columns].T)


def ridge(features: np.ndarray, known: np.ndarray, l2: float) -> np.ndarray:
    """X (I, d), known (I,) -> (I, d) float64: row i is (X'X + l2 I)^-1 x_i over the known items, zeros elsewhere."""
    rows = features[known].astype(np.float64)
    gram = rows.T @ rows
    gram[np.diag_indices_from(gram)] += l2
    solved = np.zeros(features.shape)
    solved[known] = np.linalg.solve(gram, rows.T).T
    return solved


@dataclass(frozen=True)
class SocialScorer(Scorer):
    """score_uj = sum of the friends' weights for item j, times item_weight_j; item_weight: (I,), None = 1."""

    name: str
    item_weight: np.ndarray | None = None

    def score(self, batch: UserBatch) -> np.ndarray:
        heard = np.asarray(batch.friends.todense(), dtype=np.float32)
        return heard if self.item_weight is None else heard * self.item_weight


