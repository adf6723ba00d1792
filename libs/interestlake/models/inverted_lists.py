"""Large inner products by lists of items around centroids, of which a few are searched."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from .item_index import CELLS_AT_ONCE, LISTED, Found, ItemIndex, found_of

RECALL = 0.99  # share of the exact first LISTED that the lists that are searched have to hold
FIRST_PROBES = 8
GATHERED = 20  # a product with a list's gathered items takes as long as so many of one product with all of them
SAMPLE, STEPS, BATCH = 64, 100, 4096  # items a list that are clustered, in so many steps of so many items
ROWS_AT_ONCE = 8192


@dataclass(frozen=True)
class InvertedLists(ItemIndex):
    """An inverted file (Jegou, Douze and Schmid 2011) over item vectors, which it does not hold.

    centroids: (L, d) float32; members: (n,) columns of the items that have a vector, list by list; starts: (L + 1,);
    probes: lists that are searched per person, those of the largest products with their centroids; recall: share of
    the exact best that a sample of people found there.
    """

    centroids: np.ndarray
    members: np.ndarray
    starts: np.ndarray
    probes: int
    recall: float = 1.0
    looked_at: int = 0

    @property
    def nbytes(self) -> int:
        return self.centroids.nbytes + self.members.nbytes + self.starts.nbytes

    def __str__(self) -> str:
        lists = len(self.centroids)
        return f"{self.probes} of {lists} lists are searched, which hold {self.recall:.3f} of the first {LISTED}"

    def search(self, users: np.ndarray, items: np.ndarray, limit: int) -> Found:
        return found_of(self._search(rows, users, items, limit) for rows in self._chunks(users))

    def _chunks(self, users: np.ndarray) -> Iterator[np.ndarray]:
        some = np.flatnonzero(users.any(axis=1))
        longest = int(np.sort(np.diff(self.starts))[-self.probes :].sum())
        most = max(1, CELLS_AT_ONCE // max(longest, 1))
        for start in range(0, len(some), most):
            yield some[start : start + most]

    def probed(self, users: np.ndarray) -> np.ndarray:
        """users (B, d) -> (B, probes) the lists that are searched for each."""
        near = users @ self.centroids.T
        last = near.shape[1] - min(self.probes, near.shape[1])
        return np.argpartition(near, last, axis=1)[:, last:]

    def _search(self, rows: np.ndarray, users: np.ndarray, items: np.ndarray, limit: int):
        probed = self.probed(users[rows])
        lengths = np.diff(self.starts)[probed]
        offsets = np.cumsum(lengths, axis=1) - lengths
        sizes = lengths.sum(axis=1)
        found = np.concatenate([[0], np.cumsum(sizes)])
        products = np.empty(found[-1], np.float32)
        columns = np.empty(found[-1], np.int32)
        one, place = np.divmod(np.argsort(probed, axis=None, kind="stable"), probed.shape[1])
        of_list = probed[one, place]
        cuts = np.searchsorted(of_list, np.arange(len(self.centroids) + 1))
        for number in np.unique(of_list):
            span = slice(cuts[number], cuts[number + 1])
            members = self.members[self.starts[number] : self.starts[number + 1]]
            who = one[span]
            into = (found[who] + offsets[who, place[span]])[:, None] + np.arange(len(members))
            products[into] = users[rows[who]] @ items[members].T  # (P', d) @ (d, m)
            columns[into] = members
        row, column, value = [], [], []
        for person, (start, end) in enumerate(zip(found, found[1:], strict=False)):
            mine = products[start:end]
            best = np.argpartition(-mine, limit - 1)[:limit] if len(mine) > limit else np.arange(len(mine))
            row.append(np.full(len(best), rows[person]))
            column.append(columns[start:end][best])
            value.append(mine[best])
        return np.concatenate(row), np.concatenate(column), np.concatenate(value)


def build_lists(items: np.ndarray, users: np.ndarray, exact: Found, most: int, seed: int) -> InvertedLists | None:
    """items (I, d), users (n, d) of a sample, their best LISTED -> lists whose probes hold RECALL of these; None where
    they would take longer than a product with `most` items."""
    from sklearn.cluster import MiniBatchKMeans

    there = np.flatnonzero(items.any(axis=1))
    lists = int(np.sqrt(len(there)))
    if not lists or not len(exact[0]):
        return None
    random = np.random.default_rng(seed)
    sample = items[np.sort(random.choice(there, min(len(there), SAMPLE * lists), replace=False))]
    fit = MiniBatchKMeans(lists, init="random", n_init=1, max_iter=1, batch_size=BATCH, random_state=seed,
                          compute_labels=False)  # fmt: skip
    for _ in range(STEPS):
        fit.partial_fit(sample[random.integers(0, len(sample), BATCH)].astype(np.float32))
    centroids = fit.cluster_centers_.astype(np.float32)
    halves = 0.5 * (centroids**2).sum(axis=1)
    nearest = np.concatenate([
        np.argmax(items[there[start : start + ROWS_AT_ONCE]] @ centroids.T - halves, axis=1)
        for start in range(0, len(there), ROWS_AT_ONCE)
    ])  # fmt: skip
    order = np.argsort(nearest, kind="stable")
    starts = np.searchsorted(nearest[order], np.arange(lists + 1))
    index = InvertedLists(centroids, there[order].astype(np.int32), starts, FIRST_PROBES)
    return _calibrated(index, items, users, exact, most)


def _calibrated(
    index: InvertedLists, items: np.ndarray, users: np.ndarray, exact: Found, most: int
) -> InvertedLists | None:
    best, some = _sets(*exact), users[users.any(axis=1)]
    while True:
        gathered = int(np.diff(index.starts)[index.probed(some)].sum(axis=1).mean())
        index = replace(index, looked_at=len(index.centroids) + gathered)
        if GATHERED * gathered >= most:
            return None
        told = _sets(*index.search(users, items, LISTED))
        recall = float(np.mean([len(mine & told.get(person, set())) / len(mine) for person, mine in best.items()]))
        index = replace(index, recall=recall)
        if recall >= RECALL:
            return index
        if index.probes >= len(index.centroids):
            return None
        index = replace(index, probes=min(2 * index.probes, len(index.centroids)))


def _sets(row: np.ndarray, column: np.ndarray, value: np.ndarray) -> dict[int, set[int]]:
    starts = np.flatnonzero(np.diff(row, prepend=-1))
    parts = np.split(column, starts[1:])
    return {int(row[start]): set(part.tolist()) for start, part in zip(starts, parts, strict=False)}
