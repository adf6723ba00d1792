"""Rows of people -> batches of matrices: the numpy core of a pass, free of Spark."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp

from ..interactions.batch import UserBatch
from ..interactions.pairs import RECENT

BLOCK_BYTES = 256 * 2**20  # score matrices of one block of people


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


def to_batch(people: pd.DataFrame, catalogue: Catalogue, vectors: Mapping[str, np.ndarray] | None = None) -> UserBatch:
    """people(items, weights, friend_items, friend_weights) -> the batch of matrices, as `Pairs.batch` gives it.

    `items` are item indexes in the order of choice; a weight above 0 is a chosen item, 0 one that is only seen.
    vectors: name -> (B, d) of these people; a person without items gets zeros.
    """
    columns, count = catalogue.column_of_index, catalogue.item_count
    liked = [None if row is None else (np.asarray(row) > 0).astype(np.float32) for row in people["weights"]]
    history = sparse_rows(people["items"].tolist(), liked, columns, count)
    last = [[] if row is None else row[-RECENT:] for row in people["items"]]
    recency = [1.0 / np.arange(len(row), 0, -1) for row in last]
    recent = sparse_rows(last, recency, columns, count)
    friends = sparse_rows(people["friend_items"].tolist(), people["friend_weights"].tolist(), columns, count)
    active = np.diff(history.indptr) > 0
    given = {name: np.where(active[:, None], values, 0).astype(np.float32) for name, values in (vectors or {}).items()}
    return UserBatch(history, recent, friends, given)


def blocks(frames: Iterator[pd.DataFrame], cells: int) -> Iterator[pd.DataFrame]:
    """Cut frames into blocks whose scores, `cells` a person, stay within BLOCK_BYTES; at most 512 people each."""
    rows = int(np.clip(BLOCK_BYTES // max(4 * cells, 1), 1, 512))
    for frame in frames:
        for start in range(0, len(frame), rows):
            yield frame.iloc[start : start + rows].reset_index(drop=True)
