"""What lists show beside accuracy: how much of the catalogue, how unlike within a list, how unexpected."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pandas as pd
from pyspark import Broadcast
from pyspark.sql import Column
from pyspark.sql import functions as F

from .arrays import mean_dissimilarity


def coverage(shown_items: Column, catalogue_items: int) -> Column:
    """Distinct items shown to anyone within k / items of the catalogue. Example: 3 of 12 items shown -> 0.25."""
    return F.countDistinct(shown_items) / F.lit(float(max(catalogue_items, 1)))


def novelty(user_count: Column, users: int) -> Column:
    """-log2(p) of one item in bits, p = its train users / all train users (Vargas and Castells 2011).

    An item without a train user counts as if it had one. Example: 5 of 40 users -> -log2(1/8) = 3.
    """
    return -F.log2(F.greatest(user_count, F.lit(1)) / F.lit(float(max(users, 1))))


def diversity(vectors: Broadcast, ks: Sequence[int]) -> Callable:
    """lists(split, model, user_id, items array<int>) -> (split, model, user_id, k, value): intra-list diversity. Lazy.

    vectors: broadcast (largest item_index + 1, d) unit text vectors, zeros for an item without text; `items` are item
    indexes, best first. Items without text are left out; a list with fewer than two items with text has no row.
    """

    def run(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for frame in frames:
            rows = []
            for row in frame.itertuples(index=False):
                shown = vectors.value[np.asarray(row.items, np.int64)]  # (length, d)
                with_text = shown.any(axis=1)
                for k in ks:
                    value = mean_dissimilarity(shown[:k][with_text[:k]])
                    if value == value:
                        rows.append((row.split, row.model, row.user_id, k, value))
            yield pd.DataFrame(rows, columns=["split", "model", "user_id", "k", "value"])

    schema = "split string, model string, user_id string, k int, value double"
    return lambda lists: lists.mapInPandas(run, schema)
