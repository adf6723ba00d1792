"""ALS item factors as a scorer: a person's vector is solved from the history at hand."""

from dataclasses import dataclass

import numpy as np

from ..interactions.batch import UserBatch
from .vectors import VectorScorer

FOLD_CELLS = 2**19  # numbers of one stack of systems: 4 MB


@dataclass(frozen=True)
class FoldInAls(VectorScorer):
    """score_uj = v_u . a_j where v_u is solved from the history at hand (Hu, Koren and Volinsky 2008).

    v_u = (Y'Y + Y_u' diag(alpha w) Y_u + regularization * n_u I)^-1 Y_u' (1 + alpha w), n_u = items of the history
    where `scaled`, else 1:
    Spark's own last half-step, so that for the train history v_u is the trained vector, and a longer history needs no
    refit. item_vectors Y: (I, d) float32, zeros for an item the model never saw (it then counts nowhere);
    gram: (d, d) float64, Y'Y.
    """

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
