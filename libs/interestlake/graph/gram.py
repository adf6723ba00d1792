"""The Gram matrix of the train pairs, summed on executors in strips of items: item-kNN and EASE both come from it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np
import pandas as pd
import scipy.sparse as sp
from pyspark.sql import DataFrame

from ..models.item_matrix import cosine_neighbours

STRIP_ITEMS = 512  # rows of the Gram matrix that travel together
STRIP = ("strip", "places", "counts", "lengths")
STRIP_SCHEMA = "strip int, places binary, counts binary, lengths binary"
SUMMED = (*STRIP, "near_items", "near_places", "cosines")
SUMMED_SCHEMA = STRIP_SCHEMA + ", near_items binary, near_places binary, cosines binary"


@dataclass(frozen=True)
class CoOccurrence:
    """What the driver keeps of G items: (G, G) CSR of cosine neighbours, and the dense Gram where it was asked for."""

    neighbours: sp.csr_matrix
    gram: np.ndarray | None


def partial_strips(place: np.ndarray, item_count: int, max_history: int, partitions: int) -> Callable:
    """histories(user_index, items) -> STRIP rows: X'X of each partition's people, STRIP_ITEMS rows at a time. Lazy.

    place: row of an item_index in the Gram matrix, -1 for an item left out. A pair counts once per person (binary
    X); only the newest `max_history` items of a person enter, so the cost is linear in people.
    """

    def count(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        rows = [place[np.asarray(items[-max_history:], np.int64)] for frame in frames for items in frame["items"]]
        rows = [row[row >= 0] for row in rows]
        if not rows:
            return
        indices = np.concatenate(rows)
        indptr = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
        chosen = sp.csr_matrix((np.ones(len(indices), np.float32), indices, indptr), (len(rows), item_count))  # X
        by_item = chosen.tocsc()
        for strip, start in enumerate(range(0, item_count, STRIP_ITEMS)):
            part = (by_item[:, start : start + STRIP_ITEMS].T @ chosen).tocsr()  # (STRIP_ITEMS, G)
            if part.nnz:
                yield pd.DataFrame([(strip, *_packed(part))], columns=STRIP)

    def build(histories: DataFrame) -> DataFrame:
        spread = histories.select("user_index", "items").repartition(partitions, "user_index")
        return spread.mapInPandas(count, STRIP_SCHEMA)

    return build


def _packed(rows: sp.csr_matrix) -> tuple[bytes, bytes, bytes]:
    rows.sort_indices()
    places = rows.indices.astype(np.int32).tobytes()
    return places, rows.data.astype(np.float32).tobytes(), np.diff(rows.indptr).astype(np.int32).tobytes()


def unpacked(places: bytes, counts: bytes, lengths: bytes, item_count: int) -> sp.csr_matrix:
    """Rows of the Gram matrix, (rows, G) CSR, as they travelled."""
    indptr = np.concatenate([[0], np.cumsum(np.frombuffer(lengths, np.int32))])
    flat = (np.frombuffer(counts, np.float32), np.frombuffer(places, np.int32), indptr)
    return sp.csr_matrix(flat, (len(indptr) - 1, item_count))


def summed_strips(norms: np.ndarray, neighbours: int, keep_gram: bool) -> Callable:
    """STRIP rows -> SUMMED rows, one per strip: its cosine neighbours, and its sums where they are kept. Lazy.

    norms: (G,) root of each item's person count. Counts are whole numbers below 2^24, so any order of summing gives
    the same floats.
    """
    item_count = len(norms)

    def total(parts: pd.DataFrame) -> pd.DataFrame:
        strip = int(parts["strip"].iloc[0])
        packed = zip(parts["places"], parts["counts"], parts["lengths"], strict=True)
        gram = reduce(add, (unpacked(*part, item_count) for part in packed))
        gram_part = _packed(gram) if keep_gram else (b"", b"", b"")
        items, places, cosines = cosine_neighbours(gram, strip * STRIP_ITEMS, norms, neighbours)
        near = (items.astype(np.int32), places.astype(np.int32), cosines.astype(np.float32))
        return pd.DataFrame([(strip, *gram_part, *(array.tobytes() for array in near))], columns=SUMMED)

    return lambda strips: strips.groupBy("strip").applyInPandas(total, SUMMED_SCHEMA)


def collect_strips(strips: DataFrame, item_count: int, keep_gram: bool) -> CoOccurrence:
    """Gather SUMMED rows: at most `neighbours` entries per item, G x G floats where the Gram is kept. One Spark job."""
    near_items, near_places, cosines = [np.empty(0, np.int32)], [np.empty(0, np.int32)], [np.empty(0, np.float32)]
    gram = np.zeros((item_count, item_count)) if keep_gram else None
    near = ("near_items", "near_places", "cosines")
    for row in (strips if keep_gram else strips.select(*near)).collect():
        near_items.append(np.frombuffer(row["near_items"], np.int32))
        near_places.append(np.frombuffer(row["near_places"], np.int32))
        cosines.append(np.frombuffer(row["cosines"], np.float32))
        if gram is not None:
            part = unpacked(row["places"], row["counts"], row["lengths"], item_count)
            start = row["strip"] * STRIP_ITEMS
            gram[start : start + part.shape[0]] = part.toarray()
    # an item is scored through its own neighbours: row = item of the history, column = item scored
    flat = (np.concatenate(cosines), (np.concatenate(near_places), np.concatenate(near_items)))
    return CoOccurrence(sp.csr_matrix(flat, (item_count, item_count)), gram)
