"""EASE restricted to neighbourhoods: each item is regressed on its nearest alone."""

from collections.abc import Iterator

import numpy as np
import scipy.sparse as sp
from scipy.linalg.lapack import dposv

from .neighbours import STRIP, strongest_per_row

NEIGHBOURS = 200  # chosen on validation, see docs/benchmark.md
UNION_ITEMS = 4_000  # items of the Gram matrix that are dense at once: 128 MB
STACK_CELLS = 8_000_000  # numbers of the systems that are solved at once: 64 MB


def sparse_ease_weights(gram: sp.csr_matrix, l2: float, neighbours: int) -> sp.csr_matrix:
    """G (I, I) -> CSR: EASE's regression of each item, restricted to the items it was chosen together with most often.

    After Steck 2019, "Markov Random Fields for Collaborative Filtering": for item j and its neighbours N, solve
    (G_NN + l I) w = G_Nj. Linear in items; equals EASE's problem where N holds every item.
    """
    gram = sp.csr_matrix(gram)
    return weights_among(gram, nearest_by_gram(gram, neighbours), l2)


def weights_among(gram: sp.csr_matrix, near: np.ndarray, l2: float) -> sp.csr_matrix:
    """The same where (I, n) near says the neighbours, ascending, -1 = none."""
    values = np.empty(near.shape, np.float32)
    for start, stop in _blocks(near):
        values[start:stop] = solved(*_systems(gram, near[start:stop], start), l2)
    return as_edges(near, values, gram.shape[0])


def nearest_by_gram(gram: sp.csr_matrix, neighbours: int) -> np.ndarray:
    """G (I, I) -> (I, n) ascending columns of each row's largest entries off the diagonal, then -1; n at most
    `neighbours`, ties by the lower column."""
    parts = [near_rows(gram[start : start + STRIP], start, neighbours) for start in range(0, gram.shape[0], STRIP)]
    width = max(part.shape[1] for part in parts)
    return np.concatenate([np.pad(one, ((0, 0), (0, width - one.shape[1])), constant_values=-1) for one in parts])


def near_rows(rows: sp.csr_matrix, first_item: int, neighbours: int) -> np.ndarray:
    """Rows `first_item`.. of G -> (rows, n) as `nearest_by_gram`."""
    block = rows.tocoo()
    apart = block.row + first_item != block.col
    near = strongest_per_row(block.row[apart], block.col[apart], block.data[apart], neighbours, block.shape)
    lengths = np.diff(near.indptr)
    columns = np.full((rows.shape[0], max(lengths.max(initial=0), 1)), rows.shape[1], np.int64)
    columns[np.arange(columns.shape[1]) < lengths[:, None]] = near.indices
    columns.sort(axis=1)
    return np.where(columns < rows.shape[1], columns, -1).astype(np.int32)


def solved(left: np.ndarray, right: np.ndarray, l2: float) -> np.ndarray:
    """G_NN (B, n, n) float64, overwritten, G_Nj (B, n) -> w (B, n) float32 of (G_NN + l I) w = G_Nj for each of B
    items. A neighbour that is missing has zeros, and gets 0. Raises LinAlgError where l leaves a system singular."""
    ends = np.arange(left.shape[1])
    left[:, ends, ends] += l2
    values = np.empty(right.shape, np.float32)
    for item, (system, own) in enumerate(zip(left, right, strict=True)):
        # by Cholesky; symmetric, so its transpose is the same in the order of Fortran, and nothing is copied
        _, values[item], fault = dposv(system.T, own, lower=1, overwrite_a=1)
        if fault:
            raise np.linalg.LinAlgError(f"a neighbourhood of {len(own)} items is singular with l2={l2:g}")
    return values


def as_edges(near: np.ndarray, values: np.ndarray, item_count: int) -> sp.csr_matrix:
    """(I, n) neighbours, -1 = none, and their weights -> (I, I) CSR, row = neighbour, column = item scored."""
    there = near >= 0
    scored = np.broadcast_to(np.arange(len(near))[:, None], near.shape)
    edges = sp.csr_matrix((values[there], (near[there], scored[there])), (item_count, item_count))
    edges.sort_indices()
    return edges


def _blocks(near: np.ndarray) -> Iterator[tuple[int, int]]:
    """Spans of items whose neighbourhoods together hold at most UNION_ITEMS, or one item."""
    start, width = 0, near.shape[1]
    most = max(1, STACK_CELLS // width**2)
    while start < len(near):
        flat = near[start : start + most].ravel()
        _, first = np.unique(flat, return_index=True)
        new = np.bincount(first // width, minlength=len(flat) // width)  # neighbours that no earlier item brought
        fits = int(np.searchsorted(np.cumsum(new), UNION_ITEMS, side="right"))
        stop = start + max(fits, 1)
        yield start, min(stop, len(near))
        start = stop


def _systems(gram: sp.csr_matrix, near: np.ndarray, first_item: int) -> tuple[np.ndarray, np.ndarray]:
    """G_NN (B, n, n) and G_Nj (B, n) of items `first_item`.., zeros for a neighbour that is missing."""
    union = np.unique(near)
    union = union[union >= 0]
    place = np.full(gram.shape[1] + 1, len(union), np.int64)  # the last, of -1 and of every other item: a row of zeros
    place[union] = np.arange(len(union))
    among = _dense(gram[union], place, len(union))
    around = place[near]  # (B, n)
    own = _dense(gram[first_item : first_item + len(near)], place, len(union))
    return among[around[:, :, None], around[:, None, :]], own[np.arange(len(near))[:, None], around]


def _dense(rows: sp.csr_matrix, place: np.ndarray, width: int) -> np.ndarray:
    """Rows (R, I) -> (R + 1, width + 1) float64 by places of columns; the last row and column are zeros."""
    filled = np.zeros((rows.shape[0] + 1, width + 1))
    columns = place[rows.indices]
    filled[np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr)), columns] = rows.data
    filled[:, width] = 0.0
    return filled
