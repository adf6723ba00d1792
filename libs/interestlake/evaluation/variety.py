"""What lists show beside accuracy: how much of the catalogue, how unlike within a list, how unexpected."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pandas as pd
from pyspark import Broadcast
from pyspark.sql import Column
from pyspark.sql import functions as F

from .arrays import dissimilarity_within

AT_ONCE = 128  # lists whose vectors are looked at together


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
        texts, lengths = vectors.value, sorted(ks)
        has_text = texts.any(axis=1)
        for frame in frames:
            if frame.empty:
                continue
            places = np.zeros((len(frame), frame["items"].str.len().max()), np.int64)
            there = np.arange(places.shape[1]) < frame["items"].str.len().to_numpy()[:, None]
            places[there] = np.concatenate(frame["items"].to_list())
            some = there & has_text[places]
            values = np.concatenate([
                _within(texts, places[start : start + AT_ONCE], some[start : start + AT_ONCE], lengths)
                for start in range(0, len(frame), AT_ONCE)
            ])  # fmt: skip
            row, place = np.nonzero(~np.isnan(values))
            lists = frame[["split", "model", "user_id"]].iloc[row].reset_index(drop=True)
            yield lists.assign(k=np.asarray(lengths)[place], value=values[row, place])

    schema = "split string, model string, user_id string, k int, value double"
    return lambda lists: lists.mapInPandas(run, schema)


def _within(texts: np.ndarray, places: np.ndarray, some: np.ndarray, ks: Sequence[int]) -> np.ndarray:
    vectors = texts[places]  # (lists, longest, d)
    vectors[~some] = 0
    return dissimilarity_within(vectors, some, ks)
