"""What items are about, regressed: each person's taste, and what everybody likes."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ..core.present import present
from ..evaluation.search import Grid
from ..interactions.batch import UserBatch
from ..interactions.pairs import Pairs
from ..interactions.side_information import SideInformation
from .fitted import Fitted
from .model import LEAST, POPULAR, TEXT, Cost, Model, Size
from .popularity import Popularity
from .vectors import VectorScorer


@dataclass(frozen=True)
class ContentScorer(VectorScorer):
    """score_uj = x_j . w_u, each person's ridge regression of what they chose on what the items are about.

    w_u = (X'X + l2 I)^-1 X' D h_u over the items of train, the closed form of Hoerl and Kennard (1970) for all people
    at once; D weighs an item by people ** -discount. item_vectors: X; solved: (I, d) float32, the rows of
    D X (X'X + l2 I)^-1, zeros for an item outside train. An item without interactions is scored like any other.
    """

    solved: np.ndarray

    @classmethod
    def of(cls, name: str, features: np.ndarray, chosen: sp.csr_matrix, l2: float, discount: float) -> "ContentScorer":
        """chosen: (U, I), a value above 0 counts."""
        counts = np.asarray((chosen > 0).sum(axis=0)).ravel()
        weight = np.where(counts > 0, np.maximum(counts, 1.0) ** -discount, 0.0)
        return cls(name, features, (ridge(features, counts > 0, l2) * weight[:, None]).astype(np.float32))

    def user_vectors(self, batch: UserBatch) -> np.ndarray:
        return np.asarray(batch.history @ self.solved)  # (B, I) @ (I, d) -> (B, d)

    def contributions(self, batch: UserBatch, row: int, columns: np.ndarray) -> np.ndarray:
        chosen, weight = batch.chosen(row)
        return weight[:, None] * (self.solved[chosen].astype(np.float64) @ self.item_vectors[columns].T)


def ridge(features: np.ndarray, known: np.ndarray, l2: float) -> np.ndarray:
    """X (I, d), known (I,) -> (I, d) float64: row i is (X'X + l2 I)^-1 x_i over the known items, zeros elsewhere."""
    rows = features[known].astype(np.float64)
    gram = rows.T @ rows
    gram[np.diag_indices_from(gram)] += l2
    solved = np.zeros(features.shape)
    solved[known] = np.linalg.solve(gram, rows.T).T
    return solved


def fit_content(pairs: Pairs, side: SideInformation, params: Mapping, seed: int) -> Fitted:
    """See `ContentScorer`."""
    return Fitted(ContentScorer.of("content", present(side.content), pairs.matrix, **params))


def fit_appeal(pairs: Pairs, side: SideInformation, params: Mapping, seed: int) -> Fitted:
    """How popular an item should be by what it is about: log(1 + people) regressed on the content, above 0."""
    counts = np.asarray((pairs.matrix > 0).sum(axis=0)).ravel()
    content = present(side.content)
    weight = ridge(content, counts > 0, params["l2"]).T @ np.log1p(counts)
    expected = content @ weight
    return Fitted(Popularity("appeal", (expected - expected.min() + 1e-3).astype(np.float32)))


def cost(size: Size) -> Cost:
    """The known rows and their solved ones in float64, at 512 coordinates."""
    return Cost(LEAST + 6_500.0 * size.items, 3e-6 * size.items + 0.07)


CONTENT = Model(
    "content",
    "text",
    TEXT,
    fit_content,
    cost,
    grids={"l2": Grid((1.0, 10.0, 100.0), 4.0, low=0.01), "discount": Grid((0.0, 0.25, 0.5))},
    needs=("content",),
    budget=12,
    quick={"l2": 10.0, "discount": 0.0},
)
APPEAL = Model(
    "appeal",
    "text",
    POPULAR,
    fit_appeal,
    cost,
    grids={"l2": Grid((1.0, 10.0, 100.0), 4.0, low=0.01)},
    needs=("content",),
    budget=6,
    quick={"l2": 10.0},
)
