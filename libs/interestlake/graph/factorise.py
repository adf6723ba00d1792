"""Truncated SVD of behaviour x text: people stream through, and one item-sized block reaches the driver at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce

import numpy as np
import pandas as pd
from pyspark import TaskContext
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from scipy import sparse

from ..core.present import present
from .low_rank_plan import OVERSAMPLING

# the data alone sets the blocks, so that partial sums are the same numbers in the same order on any cluster
PAIRS_PER_BLOCK = 250_000
ITEMS_PER_SLICE = 4_096  # of a partial product; slices of all blocks are added side by side
POWER_ROUNDS = 3


@dataclass(frozen=True)
class LowRank:
    """values: (rank,) singular values, largest first; items: (items, rank) coordinates of every item column.

    user row a -> a @ items / values gives the user's coordinates; user . item approximates the behaviour.
    """

    values: np.ndarray
    items: np.ndarray
    captured: float


class BehaviourMatrix:
    """People x items, sparse, rows of unit length, held by Spark in blocks of people, `PAIRS_PER_BLOCK` in each."""

    def __init__(self, pairs: DataFrame, items: int):
        """pairs(user_id, column int in [0, items), weight > 0), one row per pair. Persisted until `release`."""
        self.items = items
        blocks = 1 + pairs.count() // PAIRS_PER_BLOCK
        norm = pairs.groupBy("user_id").agg(F.sqrt(F.sum(F.col("weight") ** 2)).alias("norm"))
        scaled = pairs.join(norm, "user_id").select(
            "user_id", "column", (F.col("weight") / F.col("norm")).alias("value")
        )
        self.rows = scaled.repartition(blocks, "user_id").sortWithinPartitions("user_id", "column").persist()

    def release(self) -> None:
        self.rows.unpersist()

    def gram_times(self, block: np.ndarray) -> np.ndarray:
        """(items, k) -> A^T A block, (items, k) float64. One Spark job.

        The partial products of the blocks of people are added on executors, slice of items by slice, in the order of
        the blocks; the driver gets each item's sum once, whatever the number of people.
        """
        shared = self.rows.sparkSession.sparkContext.broadcast(block)
        items = self.items

        def partial(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
            total = np.zeros_like(shared.value)
            for _, matrix in _user_rows(frames, items):
                total += matrix.T @ (matrix @ shared.value)
            slices = range(0, items, ITEMS_PER_SLICE)
            sums = [total[first : first + ITEMS_PER_SLICE].tobytes() for first in slices]
            yield pd.DataFrame({"slice": slices, "part": present(TaskContext.get()).partitionId(), "sum": sums})

        partials = self.rows.mapInPandas(partial, "slice int, part int, sum binary")
        added = partials.groupBy("slice").applyInPandas(_added, "slice int, sum binary").toPandas()
        shared.destroy()
        whole = b"".join(added.sort_values("slice")["sum"])
        return np.frombuffer(whole, block.dtype).reshape(block.shape)

    def user_vectors(self, projection: np.ndarray) -> DataFrame:
        """(items, rank) -> (user_id, vector array<float>), A @ projection. Lazy."""
        items = self.items

        def project(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
            for users, matrix in _user_rows(frames, items):
                yield pd.DataFrame({"user_id": users, "vector": list((matrix @ projection).astype(np.float32))})

        return self.rows.mapInPandas(project, "user_id string, vector array<float>")


def _added(parts: pd.DataFrame) -> pd.DataFrame:
    """The parts of one slice -> their sum, added in the order of the parts: the same numbers on any cluster."""
    total = reduce(np.add, (np.frombuffer(part) for part in parts.sort_values("part")["sum"]))
    return pd.DataFrame({"slice": parts["slice"].iloc[:1], "sum": [total.tobytes()]})


def _user_rows(frames: Iterator[pd.DataFrame], items: int) -> Iterator[tuple[np.ndarray, sparse.csr_matrix]]:
    """Frames sorted by user -> (user ids, rows) with every user whole, although a user may span two frames."""
    last_row = None
    for frame in frames:
        frame = frame if last_row is None else pd.concat([last_row, frame], ignore_index=True)
        last = frame["user_id"].to_numpy() == frame["user_id"].iloc[-1]
        last_row = frame[last]
        if not last.all():
            yield _matrix(frame[~last], items)
    if last_row is not None and len(last_row):
        yield _matrix(last_row, items)


def _matrix(frame: pd.DataFrame, items: int) -> tuple[np.ndarray, sparse.csr_matrix]:
    rows, users = pd.factorize(frame["user_id"])
    values = (frame["value"].to_numpy(), (rows, frame["column"].to_numpy()))
    return np.asarray(users), sparse.csr_matrix(values, shape=(len(users), items))


def centred_text(vectors: np.ndarray, with_text: np.ndarray) -> np.ndarray:
    """(items, d) -> rows centred on the mean of the known ones and of unit length; zeros where nothing is known."""
    centred = vectors - vectors[with_text].mean(axis=0) if with_text.any() else vectors
    norms = np.linalg.norm(centred, axis=1, keepdims=True)
    return np.where(with_text[:, None], centred / np.maximum(norms, 1e-12), 0.0)


def truncated_svd(behaviour: BehaviourMatrix, text: np.ndarray, rank: int, text_share: float, seed: int) -> LowRank:
    """Randomised truncated SVD (Halko, Martinsson and Tropp, 2011) of M = A [(1-s) I, s T].

    A: people x items behaviour with unit rows; T: (items, d) text features, so that M's columns are items and the text
    of what a person chose; s = text_share. The subspace is found through A^T A alone: POWER_ROUNDS + 2 Spark jobs, each
    linear in the pairs. Items without people get coordinates through T. The sign is fixed: each factor's largest item
    coordinate is positive. Rank is cut to what the matrix has.
    """
    behave = 1.0 - text_share

    def mix(block: np.ndarray) -> np.ndarray:
        return behave * block[: behaviour.items] + text_share * (text @ block[behaviour.items :])

    def unmix(block: np.ndarray) -> np.ndarray:
        return np.vstack([behave * block, text_share * (text.T @ block)])

    width = behaviour.items + text.shape[1]
    size = min(rank + OVERSAMPLING, width)
    basis = np.linalg.qr(np.random.default_rng(seed).normal(size=(width, size)))[0]
    for _ in range(POWER_ROUNDS + 1):
        basis = np.linalg.qr(unmix(behaviour.gram_times(mix(basis))))[0]
    small = basis.T @ unmix(behaviour.gram_times(mix(basis)))
    squares, inner = np.linalg.eigh((small + small.T) / 2)
    order = np.argsort(squares)[::-1][:rank]
    order = order[squares[order] > 1e-10 * max(squares.max(), 1e-300)]
    values, right = np.sqrt(squares[order]), basis @ inner[:, order]
    items = mix(right)
    items *= np.sign(items[np.abs(items).argmax(axis=0), np.arange(items.shape[1])])
    return LowRank(values, items, float(squares[order].sum()))
