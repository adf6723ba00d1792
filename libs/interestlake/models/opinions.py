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
    """scores: (B, I) CSR float32 without duplicates; what is not stored is no opinion."""

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
    return SparseOpinions(scores.astype(np.float32))


def rows_of(matrix: sp.csr_matrix) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The stored entries: (n,) rows, columns, values."""
    return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr)), matrix.indices, matrix.data


def stored_in(matrix: sp.csr_matrix, row: np.ndarray, column: np.ndarray) -> np.ndarray:
    """(C,) whether (row, column) is a stored entry."""
    return places_in(_keys(matrix), _key(matrix, row, column)) >= 0


def open_entries(matrix: sp.csr_matrix, closed: sp.csr_matrix) -> np.ndarray:
    """(n,) whether a stored entry is none of those of `closed`, row by row; neither has to be sorted."""
    is_open, marked = np.ones(matrix.nnz, bool), np.zeros(matrix.shape[1], bool)
    for row in np.flatnonzero(np.diff(closed.indptr)):
        shut = closed.indices[closed.indptr[row] : closed.indptr[row + 1]]
        span = slice(matrix.indptr[row], matrix.indptr[row + 1])
        marked[shut] = True
        is_open[span] = ~marked[matrix.indices[span]]
        marked[shut] = False
    return is_open


def value_at(matrix: sp.csr_matrix, row: np.ndarray, column: np.ndarray) -> np.ndarray:
    """(C,) values at (row, column), 0 where nothing is stored; columns are looked up in one row laid out whole, which
    takes less than a sort of the stored ones."""
    order = None if (row[1:] >= row[:-1]).all() else np.argsort(row, kind="stable")
    rows, columns = (row, column) if order is None else (row[order], column[order])
    values, whole = np.zeros(len(row), matrix.dtype), np.zeros(matrix.shape[1], matrix.dtype)
    ends = np.searchsorted(rows, np.arange(matrix.shape[0] + 1))
    for one in np.flatnonzero(np.diff(ends)):
        span = slice(matrix.indptr[one], matrix.indptr[one + 1])
        stored = matrix.indices[span]
        whole[stored] = matrix.data[span]
        values[ends[one] : ends[one + 1]] = whole[columns[ends[one] : ends[one + 1]]]
        whole[stored] = 0
    if order is not None:
        values[order] = values.copy()
    return values


def _key(matrix: sp.csr_matrix, row: np.ndarray, column: np.ndarray) -> np.ndarray:
    return row.astype(np.int64) * matrix.shape[1] + column


def _keys(matrix: sp.csr_matrix) -> np.ndarray:
    """Ascending keys of the stored entries."""
    row, column, _ = rows_of(matrix)
    keys = _key(matrix, row, column)
    return keys if matrix.has_sorted_indices else np.sort(keys)
