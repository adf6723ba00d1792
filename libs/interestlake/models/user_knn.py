"""People with like histories, and what they chose."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ..evaluation.search import Grid
from ..interactions.batch import UserBatch
from ..interactions.pairs import Pairs
from ..interactions.side_information import SideInformation
from .fitted import Fitted
from .model import LEAST, PATTERN, Cost, Model, Size
from .neighbours import strongest_per_row
from .scorer import SparseScorer


@dataclass(frozen=True)
class UserNeighbours(SparseScorer):
    """score_uj = sum over the `neighbours` most alike people v of cosine(u, v)^power, of those who chose j.

    Resnick et al. (1994), for choices. rows: (V, I) CSR, the people's histories at unit length, each item's entry
    divided by its people^discount; chosen: (V, I) binary CSR. A person with the very same history is a neighbour too.
    """

    name: str
    rows: sp.csr_matrix
    chosen: sp.csr_matrix
    item_weight: np.ndarray
    neighbours: int
    power: float

    @classmethod
    def of(cls, name: str, chosen: sp.csr_matrix, neighbours: int, power: float, discount: float) -> "UserNeighbours":
        """chosen (U, I) binary -> the scorer."""
        counts = np.asarray(chosen.sum(axis=0)).ravel()
        item_weight = (1 / np.maximum(counts, 1) ** discount).astype(np.float32)
        return cls(name, _unit(chosen, item_weight), chosen.tocsr(), item_weight, neighbours, power)

    def _product(self, batch: UserBatch) -> sp.csr_matrix:
        alike = (_unit(batch.history, self.item_weight) @ self.rows.T).tocoo()  # (B, I) @ (I, V) -> (B, V)
        near = strongest_per_row(alike.row, alike.col, alike.data, self.neighbours, alike.shape)
        near.data **= self.power
        return sp.csr_matrix(near @ self.chosen, dtype=np.float32)  # (B, V) @ (V, I) -> (B, I)


def _unit(history: sp.csr_matrix, item_weight: np.ndarray) -> sp.csr_matrix:
    weighed = sp.csr_matrix(history @ sp.diags(item_weight))
    length = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
    return sp.csr_matrix(sp.diags(1 / np.where(length > 0, length, 1.0)) @ weighed, dtype=np.float32)


def fit_user_knn(pairs: Pairs, side: SideInformation, params: Mapping, seed: int) -> Fitted:
    """See `UserNeighbours`."""
    return Fitted(UserNeighbours.of("user_knn", pairs.matrix, **params))


def cost(size: Size) -> Cost:
    """The histories at unit length; the work is in scoring."""
    return Cost(LEAST + 8.0 * size.pairs, 8e-8 * size.pairs)


USER_KNN = Model(
    "user_knn",
    "behaviour",
    PATTERN,
    fit_user_knn,
    cost,
    grids={
        "neighbours": Grid((50, 100, 200, 400), 2, low=5, high=6400),
        "power": Grid((1.0, 2.0, 3.0)),
        "discount": Grid((0.0, 0.25, 0.5)),
    },
    quick={"neighbours": 200, "power": 2.0, "discount": 0.25},
)
