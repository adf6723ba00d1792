"""Neighbourhood models from one machine's pair matrix: items by who chose them, people by what they chose."""

from collections.abc import Callable

import numpy as np
import scipy.sparse as sp
from scipy.special import xlogy

from .model import LEAST, Cost, Size

MEASURES = ("cosine", "jaccard", "llr")
MAX_FACT_PAIRS = 50_000_000  # pairs of items that share a fact
STRIP = 1024  # rows whose neighbours are picked at once


def item_neighbours(chosen: sp.csr_matrix, measure: str, neighbours: int, discount: float) -> sp.csr_matrix:
    """chosen (U, I) binary -> (I, I) CSR, row = item of the history, column = item scored, for EdgeScorer.

    Each item is scored through its `neighbours` nearest items, ties by column. cosine: n_ij / sqrt(n_i n_j) (Sarwar et
    al. 2001); jaccard: n_ij / (n_i + n_j - n_ij); llr: Dunning's log-likelihood ratio (1993) of choosing both, 0 where
    the pair is rarer than chance. The value is then divided by n_j^discount, n_j the people of the item scored.
    """
    chosen = sp.csr_matrix(chosen, dtype=np.int32)
    counts = np.asarray(chosen.sum(axis=0), dtype=np.int64).ravel()
    value_of = _measure(measure, chosen.shape[0])
    by_item = chosen.tocsc()
    parts = []
    for start in range(0, chosen.shape[1], STRIP):
        block = by_item[:, start : start + STRIP].T @ chosen
        length = np.diff(block.indptr)
        item = np.repeat(np.arange(start, start + len(length)), length)
        value = value_of(block.data, np.repeat(counts[start : start + STRIP], length), counts[block.indices])
        value[block.indices == item] = 0.0
        parts.append(strongest_per_row(item - start, block.indices, value, neighbours, block.shape))
    near_of = sp.vstack(parts, format="csr")  # row = item scored
    scaled = sp.diags(1 / np.maximum(counts, 1) ** discount) @ near_of
    return sp.csr_matrix(scaled.T, dtype=np.float32)


def neighbours_cost(together: float, size: Size) -> Cost:
    """Of `item_neighbours` with 100 of them, where `together` pairs of items are counted."""
    kept, strip = min(together, 100.0 * size.items), STRIP * min(together / max(size.items, 1), size.items)
    return Cost(LEAST + 30.0 * kept + 42.0 * strip, 4e-8 * together + 1.8e-6 * size.pairs)


def fact_neighbours(carried: sp.csr_matrix, named: sp.csr_matrix, measure: str, neighbours: int) -> sp.csr_matrix:
    """(I, F) 1 where an item carries a (predicate, object) pair, the same where it is that object -> (I, I) CSR.

    Items are alike by the facts they share. A fact about an item is a fact of that item too (the loop of Kipf and
    Welling 2017), so that an item is near those that it names. The rarest facts count, MAX_FACT_PAIRS pairs in all.
    """
    facts = ((carried + named) > 0).astype(np.int32).tocsc()
    counts = np.diff(facts.indptr).astype(np.int64)
    rarest = np.argsort(counts, kind="stable")
    counted = rarest[(counts[rarest] >= 2) & (np.cumsum(counts[rarest] ** 2) <= MAX_FACT_PAIRS)]
    return item_neighbours(facts[:, np.sort(counted)].T.tocsr(), measure, neighbours, 0.0)


def _measure(measure: str, people: int) -> Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]:
    """-> value(n_ij, n_i, n_j), whole numbers in, float64 out."""
    if measure == "cosine":
        return lambda both, n_i, n_j: both / np.sqrt((n_i * n_j).astype(np.float64))
    if measure == "jaccard":
        return lambda both, n_i, n_j: both / (n_i + n_j - both)
    count = np.arange(people + 1, dtype=np.float64)
    entropy = xlogy(count, count)  # n log n of every count there is: a look-up is a tenth of a logarithm

    def likelihood_ratio(both: np.ndarray, n_i: np.ndarray, n_j: np.ndarray) -> np.ndarray:
        value = entropy[both] + entropy[n_i - both] + entropy[n_j - both] + entropy[people - n_i - n_j + both]
        value += entropy[people]
        value -= entropy[n_i] + entropy[people - n_i] + entropy[n_j] + entropy[people - n_j]
        return np.where(both.astype(np.int64) * people > n_i * n_j, 2 * value, 0.0)

    return likelihood_ratio


def strongest_per_row(
    row: np.ndarray, column: np.ndarray, value: np.ndarray, limit: int, shape: tuple[int, int]
) -> sp.csr_matrix:
    """The `limit` largest positive values of each row, ties by the lower column -> CSR of `shape`. `row` ascends."""
    ends = np.searchsorted(row, np.arange(shape[0] + 1))
    least = np.zeros(shape[0])
    for long in np.flatnonzero(np.diff(ends) > limit):
        entries = value[ends[long] : ends[long + 1]]
        least[long] = np.partition(entries, len(entries) - limit)[len(entries) - limit]
    kept = np.flatnonzero((value > 0) & (value >= np.repeat(least, np.diff(ends))))
    row, column, value = row[kept], column[kept], value[kept]
    order = np.lexsort((column, -value, row))
    row, column, value = row[order], column[order], value[order]
    kept = np.arange(len(row)) - np.searchsorted(row, row) < limit
    return sp.csr_matrix((value[kept], (row[kept], column[kept])), shape)
