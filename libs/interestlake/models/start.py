"""Where a fit goes on from: what a former one left, laid over the people and items of today."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

REPLAYED = 9  # pairs of before that are learned again beside a new one
REPLAYED_WINDOWS = 1  # histories beside one with something new, which itself is mostly of before
USERS, ITEMS = "users", "items"


class NotAlike(ValueError):
    """The former fit was of another shape: a fit begins anew."""


@dataclass(frozen=True)
class Start:
    """weights: what the former fit left (`Fitted.weights`); rows: per axis, USERS and ITEMS, (U,) and (I,) int64, the
    row that each had in it, -1 for a new one; sizes: rows of the former fit per axis; new: (n,) bool, the pairs that it
    had not."""

    weights: Mapping[str, np.ndarray]
    rows: Mapping[str, np.ndarray]
    sizes: Mapping[str, int]
    new: np.ndarray


def replayed(new: np.ndarray, times: int, seed: int) -> np.ndarray:
    """new (n,) bool -> (n,) bool: the new examples, and `times` as many drawn of the others, as what is learned alone
    makes a network forget the rest (Rolnick et al. 2019)."""
    old = np.flatnonzero(~new)
    drawn = np.random.default_rng(seed).permutation(old)[: times * int(new.sum())]
    learn = new.copy()
    learn[drawn] = True
    return learn
