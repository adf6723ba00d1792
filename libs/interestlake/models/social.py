"""What friends chose."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ..evaluation.search import Grid
from ..interactions.batch import UserBatch
from ..interactions.pairs import Pairs
from ..interactions.side_information import SideInformation
from .fitted import Fitted
from .model import FRIENDS, LEAST, Cost, Model, Size
from .opinions import SPARSE_CELLS, Opinions, sparse_or_dense
from .scorer import Scorer


@dataclass(frozen=True)
class SocialScorer(Scorer):
    """score_uj = sum of the friends' weights for item j, times item_weight_j; item_weight: (I,), None = 1."""

    name: str
    item_weight: np.ndarray | None = None

    def score(self, batch: UserBatch) -> np.ndarray:
        friends = np.asarray(batch.friends.todense(), dtype=np.float32)
        return friends if self.item_weight is None else friends * self.item_weight

    def opinions(self, batch: UserBatch) -> Opinions:
        friends = batch.friends.astype(np.float32)
        if self.item_weight is None:
            return sparse_or_dense(friends)
        weighted = friends.data * self.item_weight[friends.indices]
        return sparse_or_dense(sp.csr_matrix((weighted, friends.indices, friends.indptr), friends.shape))

    def cells(self, items: int) -> int:
        return min(items, SPARSE_CELLS)


def fit(pairs: Pairs, side: SideInformation, params: Mapping, seed: int) -> Fitted:
    """An item counts people ** -discount."""
    counts = np.maximum(np.asarray(pairs.matrix.sum(axis=0)).ravel(), 1.0)
    return Fitted(SocialScorer("social", (counts ** -params["discount"]).astype(np.float32)))


def cost(size: Size) -> Cost:
    """One number an item."""
    return Cost(LEAST, 1e-8 * size.pairs)


SOCIAL = Model(
    "social",
    "social",
    FRIENDS,
    fit,
    cost,
    grids={"discount": Grid((0.0, 0.25, 0.5, 0.75))},
    needs=("friends",),
    quick={"discount": 0.25},
    on_spark=True,
)
