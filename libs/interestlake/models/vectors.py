"""Scorers that are a product of a person's vector with an item's."""

from abc import abstractmethod
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np

from ..interactions.batch import UserBatch
from .item_index import ItemIndex
from .nearest import LARGE, NearOpinions, build_index
from .opinions import SPARSE_CELLS, Opinions
from .scorer import Scorer


@dataclass(frozen=True)
class VectorScorer(Scorer):
    """score_uj = v_u . a_j. item_vectors: (I, d) float32, zeros for an item that has none; index: of them, where items
    are too many to look at each; lists then hold RECALL of the exact best, with exact scores."""

    item_vectors: np.ndarray
    index: ItemIndex | None = field(default=None, kw_only=True)

    @abstractmethod
    def user_vectors(self, batch: UserBatch) -> np.ndarray:
        """(B, d); zeros for a person of whom nothing is known."""

    def score(self, batch: UserBatch) -> np.ndarray:
        return (self.user_vectors(batch) @ self.item_vectors.T).astype(np.float32)  # (B, d) @ (d, I) -> (B, I)

    def opinions(self, batch: UserBatch) -> Opinions:
        if self.index is None:
            return super().opinions(batch)
        return NearOpinions(self.user_vectors(batch), self.item_vectors, self.index)

    def cells(self, items: int) -> int:
        return items if self.index is None else min(items, SPARSE_CELLS)

    def indexed(self, batch: UserBatch, seed: int, least: int = LARGE) -> Self:
        """With an index that was made to fit the people of the batch, where there are at least so many items."""
        if len(self.item_vectors) < least:
            return self
        return replace(self, index=build_index(self.item_vectors, self.user_vectors(batch), seed))
