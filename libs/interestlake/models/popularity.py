"""How many chose an item: over all time, and lately."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..evaluation.search import Grid
from ..interactions.batch import UserBatch
from ..interactions.pairs import Pairs
from ..interactions.side_information import SideInformation
from .fitted import Fitted
from .model import LEAST, POPULAR, Cost, Model, Size
from .opinions import Opinions, same_opinions
from .scorer import Scorer

DAY = 86_400.0


@dataclass(frozen=True)
class Popularity(Scorer):
    """score_uj = train users of item j, the same for everyone. user_counts: (I,) float32."""

    name: str
    user_counts: np.ndarray

    def score(self, batch: UserBatch) -> np.ndarray:
        return np.tile(self.user_counts.astype(np.float32), (batch.size, 1))

    def opinions(self, batch: UserBatch) -> Opinions:
        return same_opinions(self.user_counts.astype(np.float32), batch.size)

    def cells(self, items: int) -> int:
        return 1


def fit_popularity(pairs: Pairs, side: SideInformation, params: Mapping, seed: int) -> Fitted:
    """Counts the people of each item."""
    return Fitted(Popularity("popularity", np.asarray(pairs.matrix.sum(axis=0), np.float32).ravel()))


def fit_trend(pairs: Pairs, side: SideInformation, params: Mapping, seed: int) -> Fitted:
    """Popularity where a pair counts half as much for every half-life before the newest pair."""
    age = (pairs.times.max() - pairs.times) / (params["half_life_days"] * DAY)
    weight = 0.5**age * (pairs.weights > 0)
    return Fitted(Popularity("trend", np.bincount(pairs.items, weight, pairs.shape[1]).astype(np.float32)))


def cost(size: Size) -> Cost:
    """One pass over the pairs."""
    return Cost(LEAST, 3e-8 * size.pairs)


POPULARITY = Model("popularity", "behaviour", POPULAR, fit_popularity, cost, on_spark=True)
TREND = Model(
    "trend",
    "sequence",
    POPULAR,
    fit_trend,
    cost,
    grids={"half_life_days": Grid((30.0, 90.0, 365.0), 3.0, low=1, high=3650.0)},
    needs=("times",),
    quick={"half_life_days": 90.0},
)
