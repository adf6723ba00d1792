"""Graph convolution in closed form: a low-pass filter on the bipartite graph of people and items."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import svds

from ..evaluation.search import Grid
from ..interactions.batch import UserBatch
from ..interactions.pairs import Pairs
from ..interactions.side_information import SideInformation
from .fitted import Fitted
from .model import LEAST, PATTERN, Cost, Model, Size
from .nearest import NearOpinions
from .opinions import Opinions
from .summed import SummedOpinions
from .vectors import VectorScorer


@dataclass(frozen=True)
class GraphFilter(VectorScorer):
    """score_u = h_u (N'N + share * D^-1/2 V V' D^1/2), N = D_U^-1/2 X D^-1/2, V its top right singular vectors.

    Shen et al. 2021, "How Powerful is Graph Convolution for Recommendation?": what LightGCN's propagation tends to
    with many layers, without training. item_vectors: (I, d), share * D^1/2 V; linear: (I, I) CSR, N'N without its
    diagonal; damping: (I,) of a history's items, 1 / (share * D), 0 for an item nobody chose.
    """

    linear: sp.csr_matrix
    damping: np.ndarray

    @classmethod
    def of(cls, name: str, chosen: sp.csr_matrix, rank: int, share: float, seed: int) -> "GraphFilter":
        """chosen (U, I) binary -> the filter; `rank` is cut to what the matrix has."""
        chosen = chosen.astype(np.float64)
        per_user, per_item = (np.asarray(chosen.sum(axis=axis)).ravel() for axis in (1, 0))
        normal = sp.diags(_inverse_root(per_user)) @ chosen @ sp.diags(_inverse_root(per_item))
        rank = min(rank, min(chosen.shape) - 1)
        start = np.random.default_rng(seed).random(min(chosen.shape)) + 0.1
        right = svds(normal, k=rank, v0=start, return_singular_vectors="vh")[2]
        linear = sp.coo_matrix(normal.T @ normal)
        apart = linear.row != linear.col
        kept = (linear.data[apart].astype(np.float32), (linear.row[apart], linear.col[apart]))
        items = (right.T * np.sqrt(per_item)[:, None] * share).astype(np.float32)
        damping = (_inverse_root(per_item) ** 2 / share).astype(np.float32)
        return cls(name, items, sp.csr_matrix(kept, linear.shape), damping)

    def user_vectors(self, batch: UserBatch) -> np.ndarray:
        return (batch.history @ sp.diags(self.damping)) @ self.item_vectors

    def score(self, batch: UserBatch) -> np.ndarray:
        near = np.asarray((batch.history @ self.linear).todense(), dtype=np.float32)
        return near + super().score(batch)

    def opinions(self, batch: UserBatch) -> Opinions:
        far = super().opinions(batch)
        if not isinstance(far, NearOpinions):
            return far  # `score` of the two together
        return SummedOpinions(sp.csr_matrix(batch.history @ self.linear, dtype=np.float32), far)


def _inverse_root(degree: np.ndarray) -> np.ndarray:
    return np.where(degree > 0, 1 / np.sqrt(np.maximum(degree, 1e-12)), 0.0)


def fit(pairs: Pairs, side: SideInformation, params: Mapping, seed: int) -> Fitted:
    """See `GraphFilter`."""
    rank, share = params["rank"], params["share"]
    return Fitted(GraphFilter.of("graph_filter", pairs.matrix, rank=rank, share=share, seed=seed))


def cost(size: Size) -> Cost:
    """Every pair of items of a history, and the singular vectors."""
    rows = size.people + size.items
    return Cost(LEAST + 26.0 * size.together + 500.0 * rows, 4e-8 * size.together + 3.4e-5 * rows)


GRAPH_FILTER = Model(
    "graph_filter",
    "behaviour",
    PATTERN,
    fit,
    cost,
    grids={
        "share": Grid((0.1, 0.3, 1.0), 3.0, low=0.01),
        "rank": Grid((32, 64, 128), 2, low=8, high=512),
    },
    budget=12,
    quick={"share": 0.3, "rank": 64},
)
