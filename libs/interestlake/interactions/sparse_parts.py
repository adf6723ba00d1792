"""Small parts of CSR matrices, taken by their pointers: scipy makes and checks a matrix for each."""

import numpy as np
import scipy.sparse as sp


def row_of(matrix: sp.csr_matrix, row: int) -> tuple[np.ndarray, np.ndarray]:
    """The stored (columns, values) of one row."""
    span = slice(matrix.indptr[row], matrix.indptr[row + 1])
    return matrix.indices[span], matrix.data[span]


def rows_of(matrix: sp.csr_matrix, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The stored entries of these rows, one row after another -> (place in `rows`, column, value) of each."""
    starts = matrix.indptr[rows].astype(np.int64)
    lengths = matrix.indptr[np.asarray(rows) + 1] - starts
    place = np.repeat(np.arange(len(rows)), lengths)
    before = np.cumsum(lengths) - lengths
    entry = np.arange(len(place)) - np.repeat(before - starts, lengths)
    return place, matrix.indices[entry], matrix.data[entry]


def block_of(matrix: sp.csr_matrix, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """(len(rows), len(columns)) dense block, in the matrix's precision; what is not stored is 0.

    Each cell is looked for by bisection in its row, which is sorted: rows of thousands are not read for ten columns.
    """
    if not matrix.has_sorted_indices:
        return matrix[rows][:, columns].toarray()
    asked = np.broadcast_to(np.asarray(columns)[None, :], (len(rows), len(columns)))
    low = np.broadcast_to(matrix.indptr[rows].astype(np.int64)[:, None], asked.shape)
    end = np.broadcast_to(matrix.indptr[np.asarray(rows) + 1].astype(np.int64)[:, None], asked.shape)
    if not matrix.nnz or not asked.size:
        return np.zeros(asked.shape, matrix.dtype)
    high = end
    for _ in range(int((end - low).max()).bit_length()):
        middle = (low + high) // 2
        before = (matrix.indices[np.minimum(middle, matrix.nnz - 1)] < asked) & (low < high)
        low, high = np.where(before, middle + 1, low), np.where(before, high, middle)
    place = np.minimum(low, matrix.nnz - 1)
    return np.where((low < end) & (matrix.indices[place] == asked), matrix.data[place], matrix.dtype.type(0))


def places_in(ascending: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Place of each asked value among ascending ones, -1 where it is none of them."""
    if not len(ascending):
        return np.full(len(asked), -1)
    place = np.minimum(np.searchsorted(ascending, asked), len(ascending) - 1)
    return np.where(ascending[place] == asked, place, -1)


def values_of(columns: np.ndarray, values: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Of each asked column its value among stored (columns, values) of one row, 0 where it is none of them."""
    if not len(columns):
        return np.zeros(len(asked), values.dtype)
    order = np.argsort(columns)
    place = places_in(columns[order], asked)
    return np.where(place >= 0, values[order][place], values.dtype.type(0))
