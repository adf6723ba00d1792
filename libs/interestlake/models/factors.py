"""Vectors of people and items whose product is the score."""

from dataclasses import dataclass

import numpy as np

from ..interactions.batch import UserBatch
from .scorer import Scorer


@dataclass(frozen=True)
class FactorScorer(Scorer):
    """score_uj = v_u . a_j with the user vectors that the batch carries under this scorer's name.

    item_vectors: (I, d) float32, zeros for an item the model never saw.
    """

    name: str
    item_vectors: np.ndarray

    def score(self, batch: UserBatch) -> np.ndarray:
        return (batch.vectors[self.name] @ self.item_vectors.T).astype(np.float32)  # (B, d) @ (d, I) -> (B, I)
