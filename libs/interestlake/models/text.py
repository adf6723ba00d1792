"""Items described alike: cosine of an item's vector with the mean of the history, by texts and by facts."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..core.present import present
from ..interactions.batch import UserBatch
from ..interactions.pairs import Pairs
from ..interactions.side_information import SideInformation
from .fitted import Fitted
from .model import FACTS as BY_FACTS
from .model import TEXT as BY_TEXT
from .model import Cost, Model, Size
from .vectors import VectorScorer


@dataclass(frozen=True)
class TextScorer(VectorScorer):
    """score_uj = cosine of the history's weighted mean text vector with item j's.

    item_vectors: (I, d) float32, unit length, zeros for an item without text.
    """

    def _profile(self, batch: UserBatch) -> tuple[np.ndarray, np.ndarray]:
        """The unit profiles (B, d) and the lengths (B,) they had."""
        total = np.asarray(batch.history @ self.item_vectors, dtype=np.float64)  # (B, I) @ (I, d) -> (B, d)
        length = np.linalg.norm(total, axis=1)
        length[length < 1e-9] = np.inf
        return total / length[:, None], length

    def user_vectors(self, batch: UserBatch) -> np.ndarray:
        return self._profile(batch)[0]

    def contributions(self, batch: UserBatch, row: int, columns: np.ndarray) -> np.ndarray:
        chosen, weight = batch.chosen(row)
        vectors = self.item_vectors[chosen].astype(np.float64)
        length = np.linalg.norm(weight @ vectors)
        return weight[:, None] * (vectors @ self.item_vectors[columns].T) / (length if length >= 1e-9 else np.inf)


def fit_text(pairs: Pairs, side: SideInformation, params: Mapping, seed: int) -> Fitted:
    """Vectors of the items' texts; nothing is fitted."""
    return Fitted(TextScorer("text", present(side.text)))


def fit_facts(pairs: Pairs, side: SideInformation, params: Mapping, seed: int) -> Fitted:
    """Singular vectors of the items' facts; nothing is fitted."""
    return Fitted(TextScorer("facts", present(side.facts)))


def cost(size: Size) -> Cost:
    """The vectors are there already."""
    return Cost(0.0, 0.0)


TEXT = Model("text", "text", BY_TEXT, fit_text, cost, needs=("texts",), on_spark=True)
FACTS = Model("facts", "knowledge", BY_FACTS, fit_facts, cost, needs=("facts",))
