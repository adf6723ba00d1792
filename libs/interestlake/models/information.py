"""Items ranked by what a history tells about their features: contributions to D_KL(P(U | O) || P(U))."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ..evaluation.search import Grid
from ..interactions.batch import UserBatch
from ..interactions.pairs import Pairs
from ..interactions.side_information import SideInformation
from .fitted import Fitted
from .model import FACTS, LEAST, Cost, Model, Size
from .nearest import LARGE
from .opinions import SPARSE_CELLS, Opinions, open_entries, rows_of, value_at
from .scorer import Scorer
from .top import Listed, best_of, largest_of_rows, top_columns


@dataclass(frozen=True)
class InformationScorer(Scorer):
    """score_uj = sum over features f of item j of P(f | O) ln(P(f | O) / P(f)), over (features of j)^length_power.

    P(f) is the share of f among all features of all items, P(f | O) the same among those of the history O, each item
    by its weight, smoothed by Dirichlet's prior: (n_f + smoothing P(f)) / (n + smoothing) (Zhai and Lafferty 2004). The
    sum over all features is the divergence of Kullback and Leibler (1951), in nats.

    features: (I, F) CSR of 1 where an item carries a feature; share: (F,) float64 P(f). An item without features, and a
    person whose history has none, score 0.
    """

    name: str
    features: sp.csr_matrix
    share: np.ndarray
    smoothing: float
    length_power: float

    @classmethod
    def of(cls, name: str, features: sp.csr_matrix, smoothing: float, length_power: float) -> "InformationScorer":
        """features: (I, F) 0/1; P(f) is counted over all its items."""
        counts = np.asarray(features.sum(axis=0), dtype=np.float64).ravel()
        return cls(name, features, counts / max(counts.sum(), 1.0), smoothing, length_power)

    def observed(self, history: sp.csr_matrix) -> tuple[sp.csr_matrix, np.ndarray]:
        """(B, I) history -> (B, F) contributions of the features it has, less what each would give unseen; (B,) the
        factor a ln a of the rest, whose contribution is a ln a P(f) with a = smoothing / (n + smoothing)."""
        counts = sp.csr_matrix(history @ self.features, dtype=np.float64)  # (B, I) @ (I, F) -> (B, F)
        total = np.asarray(counts.sum(axis=1)).ravel()
        unseen = self.smoothing / np.where(total > 0, total + self.smoothing, 1.0)
        rest = np.where((total > 0) & (unseen > 0), unseen * np.log(np.where(unseen > 0, unseen, 1.0)), 0.0)
        row = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
        share = self.share[counts.indices]
        given = (counts.data + self.smoothing * share) / (total + self.smoothing)[row]
        counts.data = given * np.log(given / share) - rest[row] * share
        return counts, rest

    def score(self, batch: UserBatch) -> np.ndarray:
        observed, rest = self.observed(batch.history)
        scores = np.asarray((observed @ self.features.T).todense())  # (B, F) @ (F, I) -> (B, I)
        scores += rest[:, None] * (self.features @ self.share)[None, :]
        return (scores / self._lengths).astype(np.float32)

    def opinions(self, batch: UserBatch) -> Opinions:
        if len(self._lengths) < LARGE:
            return super().opinions(batch)
        observed, rest = self.observed(batch.history)
        return SharedOpinions(
            sp.csr_matrix(observed @ self.features.T), rest, self.features @ self.share, self._lengths
        )

    def cells(self, items: int) -> int:
        return items if items < LARGE else SPARSE_CELLS

    @property
    def _lengths(self) -> np.ndarray:
        return np.maximum(np.diff(self.features.indptr), 1).astype(np.float64) ** self.length_power


@dataclass(frozen=True)
class SharedOpinions(Opinions):
    """(shared + rest x share) / lengths, of which `shared` (B, I) CSR alone is above 0 and rest (B,) is not: the best
    items share a feature with the history, unless too few do. share, lengths: (I,)."""

    shared: sp.csr_matrix
    rest: np.ndarray
    share: np.ndarray
    lengths: np.ndarray

    def top(self, closed: sp.csr_matrix, limit: int) -> Listed:
        row, column, value = rows_of(self.shared)
        given = ((value + self.rest[row] * self.share[column]) / self.lengths[column]).astype(np.float32)
        largest = largest_of_rows(row, given, self.shared.shape[0])
        stays = (given > 0) & open_entries(self.shared, closed)
        columns, values = best_of(row[stays], column[stays], given[stays], largest, limit)
        few = np.flatnonzero((columns[:, -1] < 0) & (largest > 0))
        if len(few):
            whole = np.asarray(self.shared[few].todense()) + self.rest[few, None] * self.share[None, :]
            columns[few], values[few] = top_columns((whole / self.lengths).astype(np.float32), closed[few], limit)
        return columns, values

    def at(self, person: np.ndarray, column: np.ndarray) -> np.ndarray:
        given = value_at(self.shared, person, column) + self.rest[person] * self.share[column]
        return (given / self.lengths[column]).astype(np.float32)


def fit(pairs: Pairs, side: SideInformation, params: Mapping, seed: int) -> Fitted:
    """See `InformationScorer`."""
    return Fitted(InformationScorer.of("information", side.carried, **params))


def cost(size: Size) -> Cost:
    """Nothing but a share per fact."""
    return Cost(LEAST, 1e-3)


INFORMATION = Model(
    "information",
    "knowledge",
    FACTS,
    fit,
    cost,
    grids={"smoothing": Grid((0.0, 10.0, 100.0), 4.0, low=0.0), "length_power": Grid((0.0, 0.5, 1.0))},
    needs=("shared facts",),
    budget=8,
    quick={"smoothing": 10.0, "length_power": 0.5},
)
