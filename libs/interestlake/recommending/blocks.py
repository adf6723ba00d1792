"""Rows of people -> batches of matrices -> each source's proposals: the numpy core of a pass, free of Spark."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp

from ..interactions.batch import UserBatch
from ..models.scorer import Scorer, top_unseen
from .guard import Guard

RECENT_ITEMS = 10  # last items that stand for the present
BLOCK_BYTES = 256 * 2**20  # score matrices of one block of people

Proposal = tuple[np.ndarray, np.ndarray]  # columns best first, their scores


@dataclass(frozen=True)
class Catalogue:
    """The items as matrix columns in ascending item_id.

    item_ids, titles: (I,) str; column_of_index: (largest item_index + 1,) column of an item_index, -1 where none.
    """

    item_ids: np.ndarray
    titles: np.ndarray
    column_of_index: np.ndarray

    @property
    def item_count(self) -> int:
        return len(self.item_ids)

    def columns_of(self, item_ids: Sequence[str]) -> np.ndarray:
        """The column of each item id, -1 for one that is not in the catalogue."""
        place = np.searchsorted(self.item_ids, np.array(item_ids, object))
        inside = np.minimum(place, self.item_count - 1)
        return np.where(self.item_ids[inside] == np.array(item_ids, object), inside, -1).astype(np.int64)

    @property
    def index_of_column(self) -> np.ndarray:
        """(I,) the item_index of each column."""
        used = np.flatnonzero(self.column_of_index >= 0)
        return used[np.argsort(self.column_of_index[used])]

    @classmethod
    def of(cls, items: pd.DataFrame) -> "Catalogue":
        """items(item_id, item_index, title), any order -> the catalogue."""
        items = items.sort_values("item_id", kind="stable")
        column_of_index = np.full(int(items["item_index"].max()) + 1 if len(items) else 0, -1, np.int64)
        column_of_index[items["item_index"].to_numpy()] = np.arange(len(items))
        return cls(items["item_id"].to_numpy(dtype=object), items["title"].to_numpy(dtype=object), column_of_index)


def sparse_rows(lists: Sequence, values: Sequence, column_of_index: np.ndarray, item_count: int) -> sp.csr_matrix:
    """Item indexes and values per person (None = empty) -> (B, I) float32 CSR; stored zeros are kept."""
    indices = [column_of_index[np.asarray([] if row is None else row, dtype=np.int64)] for row in lists]
    data = [np.asarray([] if row is None else row, dtype=np.float32) for row in values]
    indptr = np.concatenate([[0], np.cumsum([len(row) for row in indices])])
    flat = (np.concatenate([*data, np.empty(0, np.float32)]), np.concatenate([*indices, np.empty(0, np.int64)]), indptr)
    matrix = sp.csr_matrix(flat, shape=(len(indices), item_count))
    matrix.sort_indices()
    return matrix


def to_batch(people: pd.DataFrame, catalogue: Catalogue, dimensions: dict[str, int]) -> UserBatch:
    """people(items, weights, friend_items, friend_weights, <name>_vector...) -> the batch of matrices.

    `items` are item indexes in the order of choice. `dimensions`: d per vector name; a null vector, and any vector
    of a person without items, becomes zeros.
    """
    columns, count = catalogue.column_of_index, catalogue.item_count
    history = sparse_rows(people["items"].tolist(), people["weights"].tolist(), columns, count)
    last = [[] if row is None else row[-RECENT_ITEMS:] for row in people["items"]]
    recency = [1.0 / np.arange(len(row), 0, -1) for row in last]
    recent = sparse_rows(last, recency, columns, count)
    friends = sparse_rows(people["friend_items"].tolist(), people["friend_weights"].tolist(), columns, count)
    vectors = {}
    for name, dimension in dimensions.items():
        vectors[name] = np.zeros((len(people), dimension), np.float32)
        for row, (vector, items) in enumerate(zip(people[f"{name}_vector"], people["items"], strict=True)):
            if vector is not None and items is not None and len(items):
                vectors[name][row] = vector
    return UserBatch(history, recent, friends, vectors)


def blocks(frames: Iterator[pd.DataFrame], item_count: int, scorer_count: int) -> Iterator[pd.DataFrame]:
    """Cut frames into blocks whose score matrices stay within BLOCK_BYTES, at most 512 people each."""
    rows = int(np.clip(BLOCK_BYTES // max(4 * item_count * scorer_count, 1), 1, 512))
    for frame in frames:
        for start in range(0, len(frame), rows):
            yield frame.iloc[start : start + rows]


def propose(
    batch: UserBatch, scorers: Sequence[Scorer], limit: int, guard: Guard | None = None,
    barred: Sequence[np.ndarray] | None = None,
) -> list[list[Proposal]]:
    """Each person's best `limit` unseen items of each scorer that `guard` leaves open: result[person][scorer].

    barred: columns per person that are never proposed, though they are no part of the history.
    """
    proposals: list[list[Proposal]] = [[] for _ in range(batch.size)]
    indptr, indices = batch.history.indptr, batch.history.indices
    shut = None if guard is None else guard.closed(batch.history)
    for scorer in scorers:
        scores = scorer.score(batch)  # (B, I)
        for person in range(batch.size):
            seen = indices[indptr[person] : indptr[person + 1]]
            if shut is not None:
                seen = np.concatenate([seen, np.flatnonzero(shut[person])])
            if barred is not None and len(barred[person]):
                seen = np.union1d(seen, barred[person])
            proposals[person].append(top_unseen(scores[person], seen, limit))
    return proposals
