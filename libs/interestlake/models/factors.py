"""Vectors of people and items whose product is the score."""

from dataclasses import dataclass

import numpy as np

from ..interactions.batch import UserBatch
from .vectors import VectorScorer


@dataclass(frozen=True)
class FactorScorer(VectorScorer):
    """score_uj = v_u . a_j with the user vectors that the batch carries under this scorer's name.

    item_vectors: (I, d) float32, zeros for an item the model never saw.
    """

    def user_vectors(self, batch: UserBatch) -> np.ndarray:
        return batch.vectors[self.name]
