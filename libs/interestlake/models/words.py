"""Items that share words: cosine of TF-IDF vectors."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ..interactions.batch import UserBatch
from ..interactions.pairs import Pairs
from ..interactions.side_information import SideInformation
from .fitted import Fitted
from .model import TEXT, Cost, Model, Size
from .opinions import Opinions, sparse_or_dense
from .scorer import Scorer


@dataclass(frozen=True)
class WordScorer(Scorer):
    """score_uj = cosine of the history's summed TF-IDF vector with item j's; term_weights: (I, V) CSR, unit rows."""

    name: str
    term_weights: sp.csr_matrix

    def _profile(self, history: sp.csr_matrix) -> tuple[sp.csr_matrix, np.ndarray]:
        """The summed vectors (B, V) and their lengths (B,)."""
        total = sp.csr_matrix(history @ self.term_weights)  # (B, I) @ (I, V) -> (B, V)
        length = np.sqrt(np.asarray(total.multiply(total).sum(axis=1)).ravel())
        length[length < 1e-9] = np.inf
        return total, length.astype(np.float32)

    def score(self, batch: UserBatch) -> np.ndarray:
        total, length = self._profile(batch.history)
        return np.asarray((total @ self.term_weights.T).todense(), np.float32) / length[:, None]

    def opinions(self, batch: UserBatch) -> Opinions:
        total, length = self._profile(batch.history)
        product = sp.csr_matrix(total @ self.term_weights.T, dtype=np.float32)  # (B, V) @ (V, I) -> (B, I)
        product.data /= np.repeat(length, np.diff(product.indptr))
        return sparse_or_dense(product)

    def contributions(self, batch: UserBatch, row: int, columns: np.ndarray) -> np.ndarray:
        chosen = batch.history[row]
        length = self._profile(chosen)[1][0]
        similar = (self.term_weights[chosen.indices] @ self.term_weights[columns].T).toarray().astype(np.float64)
        return chosen.data[:, None] * similar / length


def fit(pairs: Pairs, side: SideInformation, params: Mapping, seed: int) -> Fitted:
    """The TF-IDF rows of the items; nothing is fitted."""
    return Fitted(WordScorer("words", side.words))


def cost(size: Size) -> Cost:
    """The rows are there already."""
    return Cost(0.0, 0.0)


WORDS = Model("words", "text", TEXT, fit, cost, needs=("words",))
