"""Pairs of people and items as arrays: what every model is fitted on and scored with."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
import scipy.sparse as sp

from .batch import UserBatch

RECENT = 50  # newest items of a person that carry a place in the sequence


@dataclass(frozen=True)
class Pairs:
    """n pairs over U people and I items, each pair once, sorted by (person, time, place in the file).

    user_ids (U,), item_ids (I,): ascending str, the same for every part of one benchmark; users, items: (n,) int32
    places in them; weights: (n,) float32 >= 0; times: (n,) float64 seconds, the place in the file where `timed` is
    False.
    """

    user_ids: np.ndarray
    item_ids: np.ndarray
    users: np.ndarray
    items: np.ndarray
    weights: np.ndarray
    times: np.ndarray
    timed: bool

    @classmethod
    def of(cls, pairs: pd.DataFrame, user_ids: np.ndarray, item_ids: np.ndarray, timed: bool) -> "Pairs":
        """pairs(user_id, item_id, weight, time), all ids among `user_ids` and `item_ids` -> the arrays."""
        users, items = np.searchsorted(user_ids, pairs["user_id"]), np.searchsorted(item_ids, pairs["item_id"])
        times = pairs["time"].to_numpy(np.float64)
        order = np.lexsort((np.arange(len(pairs)), times, users))
        users, items = users[order].astype(np.int32), items[order].astype(np.int32)
        arrays = (users, items, pairs["weight"].to_numpy(np.float32)[order], times[order])
        return cls(user_ids, item_ids, *arrays, timed)

    def __len__(self) -> int:
        return len(self.users)

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.user_ids), len(self.item_ids)

    @property
    def keys(self) -> np.ndarray:
        """(n,) int64: one number per pair, the same in every part over the same people and items."""
        return pair_keys(self.users, self.items, self.shape[1])

    @cached_property
    def starts(self) -> np.ndarray:
        """(U + 1,) first row of each person."""
        return np.searchsorted(self.users, np.arange(self.shape[0] + 1))

    @cached_property
    def matrix(self) -> sp.csr_matrix:
        """(U, I) float32: 1 for a chosen pair, a stored 0 for a pair of weight 0, which is seen and not liked."""
        liked = (self.weights > 0).astype(np.float32)
        return sp.csr_matrix((liked, (self.users, self.items)), shape=self.shape)

    @cached_property
    def recency(self) -> sp.csr_matrix:
        """(U, I) float32: 1 / place from the end for each person's newest RECENT items."""
        place = self.starts[self.users + 1] - np.arange(len(self))
        near = place <= RECENT
        return sp.csr_matrix((1.0 / place[near].astype(np.float32), (self.users[near], self.items[near])), self.shape)

    def rows(self, mask: np.ndarray) -> "Pairs":
        """The pairs where `mask` (n,) holds, over the same people and items."""
        parts = (self.users, self.items, self.weights, self.times)
        return replace(self, **dict(zip(("users", "items", "weights", "times"), (p[mask] for p in parts), strict=True)))

    def plus(self, other: "Pairs") -> "Pairs":
        """Both parts' pairs, each person's in order of time; of a pair in both, the one of `other` stays."""
        mine = self.rows(~np.isin(self.keys, other.keys))
        joined = [np.concatenate(pair) for pair in zip(mine._arrays(), other._arrays(), strict=True)]
        order = np.lexsort((np.arange(len(joined[0])), joined[3], joined[0]))
        users, items, weights, times = (array[order] for array in joined)
        return Pairs(self.user_ids, self.item_ids, users, items, weights, times, self.timed)

    def batch(
        self, people: np.ndarray, friends: sp.csr_matrix | None = None, vectors: Mapping[str, np.ndarray] | None = None
    ) -> UserBatch:
        """The histories of `people` (places in user_ids) as a UserBatch; friends: (U, U) links.

        vectors: name -> (U, d), the rows of `people` are taken.
        """
        shown = sp.csr_matrix((len(people), self.shape[1]), dtype=np.float32)
        if friends is not None:
            shown = (friends[people] @ self.matrix).tocsr()
        taken = {name: values[people] for name, values in (vectors or {}).items()}
        return UserBatch(self.matrix[people], self.recency[people], shown, taken)

    def _arrays(self) -> tuple[np.ndarray, ...]:
        return self.users, self.items, self.weights, self.times


def pair_keys(users: np.ndarray, items: np.ndarray, item_count: int) -> np.ndarray:
    """Places of people and items -> one number per pair."""
    return users.astype(np.int64) * item_count + items
