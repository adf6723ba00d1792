"""Opinions that are inner products with more items than anybody looks at one by one."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from .by_length import counted, order_by_length
from .inverted_lists import build_lists
from .item_index import CELLS_AT_ONCE, LISTED, ItemIndex
from .opinions import Opinions, stored_in
from .top import Listed, best_of, largest_of_rows

PEOPLE = 200  # of a sample that an index is fitted to
LARGE = 50_000  # items; fewer are looked at one by one
FEW = 0.1  # share of the items that is looked at by length alone, without a try of lists


@dataclass(frozen=True)
class NearOpinions(Opinions):
    """Products of users (B, d) with items (I, d) float32, of which `index` finds the largest; `at` is exact."""

    users: np.ndarray
    items: np.ndarray
    index: ItemIndex

    def top(self, closed: sp.csr_matrix, limit: int) -> Listed:
        # the items of a history are among the nearest
        looked_at = limit + int(np.diff(closed.indptr).max(initial=0))
        row, column, value = self.index.search(self.users, self.items, looked_at)
        largest = largest_of_rows(row, value, len(self.users))
        stays = (value != 0.0) & ~stored_in(closed, row, column)
        return best_of(row[stays], column[stays], value[stays], largest, limit)

    def at(self, person: np.ndarray, column: np.ndarray) -> np.ndarray:
        values = np.empty(len(person), np.float32)
        step = max(1, CELLS_AT_ONCE // max(self.items.shape[1], 1))
        for start in range(0, len(person), step):
            span = slice(start, start + step)
            values[span] = np.einsum("cd,cd->c", self.users[person[span]], self.items[column[span]])
        return values


def build_index(items: np.ndarray, users: np.ndarray, seed: int) -> ItemIndex:
    """items (I, d), users (n, d) of a sample -> the longest vectors first, which is exact, unless lists that hold
    RECALL of the sample's best take less time."""
    by_length = order_by_length(items)
    exact = by_length.search(users, items, LISTED)
    by_length = counted(by_length, users, exact)
    if by_length.looked_at <= FEW * len(by_length.members):
        return by_length
    return build_lists(items, users, exact, by_length.looked_at, seed) or by_length
