"""What the fits of a release left to go on from: weights of trained models, and whose and what's rows they are."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ..interactions.pairs import Pairs
from ..models.fitted import Fitted
from ..models.start import ITEMS, USERS, Start

NO_CODE = -1


@dataclass(frozen=True)
class Left:
    """weights: model -> name -> array; users: (U,) int64 user_index of each row, NO_CODE for a row that is nobody's;
    items: (I,) item ids."""

    weights: Mapping[str, Mapping[str, np.ndarray]]
    users: np.ndarray
    items: np.ndarray

    def starts(self, users: np.ndarray, pairs: Pairs, new: np.ndarray) -> dict[str, Start]:
        """model -> where it goes on from on `pairs`, whose rows are `users` (U,), as above; new (n,) bool: the pairs
        that the former fit had not."""
        known = np.flatnonzero(self.users != NO_CODE)
        place = pd.Index(self.users[known]).get_indexer(pd.Index(users))
        here = (place >= 0) & (users != NO_CODE)
        rows = {USERS: np.full(len(users), -1, np.int64),
                ITEMS: pd.Index(self.items).get_indexer(pd.Index(pairs.item_ids)).astype(np.int64)}  # fmt: skip
        rows[USERS][here] = known[place[here]]
        sizes = {USERS: len(self.users), ITEMS: len(self.items)}
        return {name: Start(weights, rows, sizes, new) for name, weights in self.weights.items()}


def taken_from(fitted: Mapping[str, Fitted], users: np.ndarray, items: np.ndarray) -> tuple[dict[str, Fitted], Left]:
    """The models without what they left, which tasks need not carry, and that."""
    weights = {name: one.weights for name, one in fitted.items() if one.weights}
    return {name: replace(one, weights={}) for name, one in fitted.items()}, Left(weights, users, items)
