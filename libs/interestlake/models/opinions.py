"""What a scorer thinks of a batch's items, in the form that it has it in: best unseen items, and the score of any."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ..interactions.sparse_parts import places_in
from .top import Listed, best_of, largest_of_rows, top_columns

SPARSE_CELLS = 20_000  # neighbours of a long history
SPARSE_SHARE = 8  # a product with more than every eighth cell stored is quicker as an array


class Opinions(ABC):
    """Of B people on I items. A score of exactly 0 is no opinion; scores compare within one row only."""

    @abstractmethod
    def top(self, closed: sp.csr_matrix, limit: int) -> Listed:
        """(B, limit) best columns, -1 where none is left, and their scores; a stored entry of closed (B, I) is none."""

    @abstractmethod
    def at(self, person: np.ndarray, column: np.ndarray) -> np.ndarray:
        """(C,) rows of the batch and (C,) columns -> (C,) float32 scores."""


@dataclass(frozen=True)
class DenseOpinions(Opinions):
    """scores: (B, I) float32."""

    scores: np.ndarray

    def top(self, closed: sp.csr_matrix, limit: int) -> Listed:
        return top_columns(self.scores, closed, limit)

    def at(self, person: np.ndarray, column: np.ndarray) -> np.ndarray:
        return self.scores[person, column]


@dataclass(frozen=True)
class SparseOpinions(Opinions):
    """scores: (B, I) CSR float32, sorted, without duplicates; what is not stored is no opinion."""

    scores: sp.csr_matrix

    def top(self, closed: sp.csr_matrix, limit: int) -> Listed:
        row, column, value = rows_of(self.scores)
        largest = largest_of_rows(row, value, self.scores.shape[0])
        stays = (value != 0.0) & open_entries(self.scores, closed)
        return best_of(row[stays], column[stays], value[stays], largest, limit)

    def at(self, person: np.ndarray, column: np.ndarray) -> np.ndarray:
        return value_at(self.scores, person, column)


@dataclass(frozen=True)
class SameOpinions(Opinions):
    """One opinion for everyone. scores: (I,) float32; order: the columns of its opinions, best first;
    people: how many are asked for."""

    scores: np.ndarray
    order: np.ndarray
    people: int

    def top(self, closed: sp.csr_matrix, limit: int) -> Listed:
        # the items of a history may be the best ones
        looked_at = limit + int(np.diff(closed.indptr).max(initial=0))
        column = np.tile(self.order[:looked_at], self.people)
        row = np.repeat(np.arange(self.people), len(self.order[:looked_at]))
        value = self.scores[column]
        stays = ~stored_in(closed, row, column)
        largest = np.full(self.people, np.abs(self.scores).max(initial=0.0), np.float32)
        return best_of(row[stays], column[stays], value[stays], largest, limit)

    def at(self, person: np.ndarray, column: np.ndarray) -> np.ndarray:
        return self.scores[column]


def same_opinions(scores: np.ndarray, people: int) -> SameOpinions:
    """(I,) float32 scores that are everyone's."""
    [order], _ = best_of(*_of_one(scores), np.count_nonzero(scores))
    return SameOpinions(scores, order, people)


def _of_one(scores: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """(I,) -> what `best_of` takes of one row: its opinions, and the largest magnitude."""
    columns = np.flatnonzero(scores)
    largest = np.abs(scores).max(initial=0.0, keepdims=True)
    return np.zeros(len(columns), np.int64), columns, scores[columns], largest


def sparse_or_dense(scores: sp.csr_matrix) -> Opinions:
    """(B, I) CSR of a product -> its opinions, in the form that is quicker to look through."""
    people, items = scores.shape
    if scores.nnz * SPARSE_SHARE > people * items:
        return DenseOpinions(np.asarray(scores.todense(), dtype=np.float32))
    scores = scores.astype(np.float32)
    scores.sort_indices()
    return SparseOpinions(scores)


def rows_of(matrix: sp.csr_matrix) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The stored entries: (n,) rows, columns, values."""
    return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr)), matrix.indices, matrix.data


def stored_in(matrix: sp.csr_matrix, row: np.ndarray, column: np.ndarray) -> np.ndarray:
    """(C,) whether (row, column) is a stored entry."""
    keys, _ = _keys(matrix)
    return places_in(keys, _key(matrix, row, column)) >= 0


def open_entries(matrix: sp.csr_matrix, closed: sp.csr_matrix) -> np.ndarray:
    """(n,) whether a stored entry of a sorted matrix is none of those of `closed`."""
    # a history is shorter than what follows from it: it is looked up there, and not the other way round
    keys, _ = _keys(matrix)
    place = places_in(keys, _keys(closed)[0])
    is_open = np.ones(len(keys), bool)
    is_open[place[place >= 0]] = False
    return is_open


def value_at(matrix: sp.csr_matrix, row: np.ndarray, column: np.ndarray) -> np.ndarray:
    """(C,) values at (row, column), 0 where nothing is stored."""
    keys, data = _keys(matrix)
    place = places_in(keys, _key(matrix, row, column))
    if not len(data):
        return np.zeros(len(row), matrix.dtype)
    return np.where(place >= 0, data[np.maximum(place, 0)], data.dtype.type(0))


def _key(matrix: sp.csr_matrix, row: np.ndarray, column: np.ndarray) -> np.ndarray:
    return row.astype(np.int64) * matrix.shape[1] + column


def _keys(matrix: sp.csr_matrix) -> tuple[np.ndarray, np.ndarray]:
    """Ascending keys of the stored entries, and their values."""
    row, column, data = rows_of(matrix)
    keys = _key(matrix, row, column)
    if matrix.has_sorted_indices:
        return keys, data
    order = np.argsort(keys, kind="stable")
    return keys[order], data[order]
