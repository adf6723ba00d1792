"""The Gram matrix of the train pairs, summed on executors in strips of items: item-kNN and EASE both come from it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp
from pyspark.sql import DataFrame

from ..models.item_matrix import cosine_neighbours

STRIP_ITEMS = 512  # rows of the Gram matrix that travel together
PEOPLE_PER_PARTITION = 50_000
STRIP_SCHEMA = "strip int, columns binary, counts binary, lengths binary"
SUMMED_SCHEMA = STRIP_SCHEMA + ", items binary, neighbours binary, cosines binary"


@dataclass(frozen=True)
class CoOccurrence:
    """What the driver keeps: (I, I) CSR of cosine neighbours, and the dense Gram matrix where it was asked for."""

    neighbours: sp.csr_matrix
    gram: np.ndarray | None


def partition_count(people: int) -> int:
    """Partitions of a pass over people: by their number alone, so that rows do not depend on the cluster."""
    return max(4, -(-people // PEOPLE_PER_PARTITION))


def partial_strips(place: np.ndarray, item_count: int, max_history: int, partitions: int) -> Callable:
    """histories(user_index, items) -> STRIP_SCHEMA rows, the Gram strips of each partition's people. Lazy.

    place: column in the Gram matrix per item_index, -1 for an item left out. A pair counts once per person (binary
    X); only the newest `max_history` items of a person enter, so the cost is linear in people.
    """

    def count(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        rows = [place[np.asarray(items[-max_history:], np.int64)] for frame in frames for items in frame["items"]]
        rows = [row[row >= 0] for row in rows]
        if not rows:
            return
        indptr = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
        indices = np.concatenate(rows)
        chosen = sp.csr_matrix((np.ones(len(indices), np.float32), indices, indptr), (len(rows), item_count))  # X
        by_item = chosen.tocsc()
        for strip, start in enumerate(range(0, item_count, STRIP_ITEMS)):
            part = (by_item[:, start : start + STRIP_ITEMS].T @ chosen).tocsr()  # rows of X'X
            if part.nnz:
                yield pd.DataFrame([_packed(strip, part)], columns=STRIP_SCHEMA.replace(",", "").split()[::2])

    def build(histories: DataFrame) -> DataFrame:
        spread = histories.select("user_index", "items").repartition(partitions, "user_index")
        return spread.mapInPandas(count, STRIP_SCHEMA)

    return build


def _packed(strip: int, rows: sp.csr_matrix) -> tuple:
    rows.sort_indices()
    columns = rows.indices.astype(np.int32).tobytes()
    return strip, columns, rows.data.astype(np.float32).tobytes(), np.diff(rows.indptr).astype(np.int32).tobytes()


def _unpacked(columns: bytes, counts: bytes, lengths: bytes, item_count: int) -> sp.csr_matrix:
    indptr = np.concatenate([[0], np.cumsum(np.frombuffer(lengths, np.int32))])
    flat = (np.frombuffer(counts, np.float32), np.frombuffer(columns, np.int32), indptr)
    return sp.csr_matrix(flat, (len(indptr) - 1, item_count))


def summed_strips(norms: np.ndarray, neighbours: int, keep_gram: bool) -> Callable:
    """Partial strips -> SUMMED_SCHEMA: one row per strip with its cosine neighbours, and its sums if kept. Lazy.

    norms: (I,) root of each item's person count. Counts are whole numbers below 2^24, so any order of summing gives
    the same floats.
    """

    def total(parts: pd.DataFrame) -> pd.DataFrame:
        gram = sum(_unpacked(p.columns, p.counts, p.lengths, len(norms)) for p in _renamed(parts))
        strip = int(parts["strip"].iloc[0])
        gram.sort_indices()
        items, near, cosines = cosine_neighbours(gram, strip * STRIP_ITEMS, norms, neighbours)
        _, *packed = _packed(strip, gram) if keep_gram else (strip, b"", b"", b"")
        arrays = (items.astype(np.int32), near.astype(np.int32), cosines.astype(np.float32))
        row = (strip, *packed, *(array.tobytes() for array in arrays))
        return pd.DataFrame([row], columns=SUMMED_SCHEMA.replace(",", "").split()[::2])

    return lambda strips: strips.groupBy("strip").applyInPandas(total, SUMMED_SCHEMA)


def _renamed(parts: pd.DataFrame) -> list:
    return list(parts.rename(columns={"columns": "columns"}).itertuples(index=False))


def collect_strips(strips: DataFrame, item_count: int, keep_gram: bool) -> CoOccurrence:
    """Gather the summed strips. Runs one Spark job; (I, neighbours) entries, and I x I where the Gram is kept."""
    items, near, cosines = [], [], []
    gram = np.zeros((item_count, item_count)) if keep_gram else None
    for row in strips.orderBy("strip").toLocalIterator():
        items.append(np.frombuffer(row["items"], np.int32))
        near.append(np.frombuffer(row["neighbours"], np.int32))
        cosines.append(np.frombuffer(row["cosines"], np.float32))
        if gram is not None:
            part = _unpacked(row["columns"], row["counts"], row["lengths"], item_count)
            start = row["strip"] * STRIP_ITEMS
            gram[start : start + part.shape[0]] = part.toarray()
    flat = [np.concatenate([*arrays, np.empty(0, arrays_type)]) for arrays, arrays_type in
            ((items, np.int32), (near, np.int32), (cosines, np.float32))]
    # an item's neighbours speak for it: row = item of the history, column = item scored
    neighbours = sp.csr_matrix((flat[2], (flat[1], flat[0])), (item_count, item_count))
    return CoOccurrence(neighbours, gram)
