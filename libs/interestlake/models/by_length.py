"""Large inner products by the lengths of vectors: the longest first, until none can reach a person's last place."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from .item_index import CELLS_AT_ONCE, Found, ItemIndex, found_of

PEOPLE, FIRST, MOST = 512, 2_048, 16_384  # rows of a block; items that are looked at first, and at most at once
SLACK = 1e-5  # float32 products may be above the bound by this share


@dataclass(frozen=True)
class ByLength(ItemIndex):
    """No product is above the product of the lengths (Cauchy and Schwarz), so nothing of the best is lost
    (Teflioudi, Gemulla and Mykytiuk 2015, their bound by length).

    members: (n,) columns of the items that have a vector, the longest first; lengths: (n,) float32, falling.
    """

    members: np.ndarray
    lengths: np.ndarray
    looked_at: int = 0

    @property
    def nbytes(self) -> int:
        return self.members.nbytes + self.lengths.nbytes

    def __str__(self) -> str:
        return f"{self.looked_at:,} of {len(self.members):,} items are looked at, the longest vectors first: exact"

    def search(self, users: np.ndarray, items: np.ndarray, limit: int) -> Found:
        return found_of(self._search(rows, users, items, limit) for rows in _blocks(users, limit))

    def _search(self, rows: np.ndarray, users: np.ndarray, items: np.ndarray, limit: int) -> Found:
        vectors = users[rows].astype(np.float32)
        reach = np.linalg.norm(vectors, axis=1) * (1 + SLACK)
        best = np.full((len(rows), limit), -np.inf, np.float32)
        columns = np.full((len(rows), limit), -1, np.int64)
        live, start, step = np.arange(len(rows)), 0, FIRST
        while start < len(self.members):
            last = best[live].min(axis=1)
            more = reach[live] * self.lengths[start] > last
            live, last = live[more], last[more]
            if not len(live):
                break
            chunk = self.members[start : start + step]
            products = vectors[live] @ items[chunk].T  # (P, d) @ (d, m) -> (P, m)
            over = products > last[:, None]
            for place in np.flatnonzero(over.any(axis=1)):
                entered, person = np.flatnonzero(over[place]), live[place]
                values = np.concatenate([best[person], products[place, entered]])
                listed = np.argpartition(values, len(entered))[len(entered) :]  # the `limit` largest
                best[person] = values[listed]
                columns[person] = np.concatenate([columns[person], chunk[entered]])[listed]
            start, step = start + step, min(2 * step, MOST)
        place, among = np.nonzero(columns >= 0)
        return rows[place], columns[place, among], best[place, among]


def order_by_length(items: np.ndarray) -> ByLength:
    """items (I, d) -> the index, of which it is not known yet how many items are looked at."""
    lengths = np.linalg.norm(items, axis=1).astype(np.float32)
    members = np.argsort(-lengths, kind="stable")[: np.count_nonzero(lengths)]
    return ByLength(members.astype(np.int32), lengths[members], len(members))


def counted(index: ByLength, users: np.ndarray, found: Found) -> ByLength:
    """With the items that are looked at for each of users (n, d), to find what was `found` for them, in the mean."""
    row, _, value = found
    if not len(row):
        return index
    starts = np.flatnonzero(np.diff(row, prepend=-1))
    least = np.minimum.reduceat(value, starts) / np.linalg.norm(users[row[starts]], axis=1)
    within = np.searchsorted(-index.lengths, -least, side="right")
    return replace(index, looked_at=int(within.mean()))


def _blocks(users: np.ndarray, limit: int) -> Iterator[np.ndarray]:
    """Places of the people that have a vector, so many at once that their products fit."""
    some = np.flatnonzero(users.any(axis=1))
    most = max(1, min(PEOPLE, CELLS_AT_ONCE // max(limit, MOST)))
    for start in range(0, len(some), most):
        yield some[start : start + most]
