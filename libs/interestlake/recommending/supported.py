"""Which items enough people chose both of, for sentences that say that people did."""

from collections.abc import Iterator

import numpy as np
import scipy.sparse as sp

from ..interactions.pairs import Pairs

LEAST = 3  # people; of fewer, nothing is said of people
KEPT = 500  # items beside an item, those of the most people
NEWEST = 300  # items of a history that count
ROWS_AT_ONCE = 2_048


def chosen_by_several(pairs: Pairs) -> sp.csr_matrix:
    """(I, I) CSR of True where LEAST people or more chose both items, by the NEWEST of each history; of an item KEPT
    at most, and those that keep it among theirs."""
    ends = np.repeat(pairs.starts[1:], np.diff(pairs.starts))
    counts = (ends - np.arange(len(pairs)) <= NEWEST) & (pairs.weights > 0)
    people = np.repeat(np.arange(len(pairs.starts) - 1), np.diff(pairs.starts))[counts]
    ones = np.ones(len(people), np.int32)
    chosen = sp.csc_matrix((ones, (people, pairs.items[counts])), pairs.shape)
    chosen.data[:] = 1
    rows = list(_rows(chosen))
    items = pairs.shape[1]
    columns = np.concatenate([*rows, np.empty(0, np.int32)])
    starts = np.concatenate([[0], np.cumsum([len(row) for row in rows], dtype=np.int64)])
    kept = sp.csr_matrix((np.ones(len(columns), bool), columns, starts), (items, items))
    return sp.csr_matrix(kept + kept.T)


def _rows(chosen: sp.csc_matrix) -> Iterator[np.ndarray]:
    """(U, I) of ones -> per item the columns beside it."""
    by_person = chosen.tocsr()
    for start in range(0, chosen.shape[1], ROWS_AT_ONCE):
        both = (chosen[:, start : start + ROWS_AT_ONCE].T @ by_person).tocsr()  # (R, U) @ (U, I) -> (R, I)
        for row in range(both.shape[0]):
            span = slice(both.indptr[row], both.indptr[row + 1])
            columns, people = both.indices[span], both.data[span]
            stays = (people >= LEAST) & (columns != start + row)
            columns, people = columns[stays], people[stays]
            if len(columns) > KEPT:
                columns = columns[np.lexsort((columns, -people))[:KEPT]]
            yield columns.astype(np.int32)
