"""Scores of many people -> each person's best unseen items, a block of people at a time."""

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp
from threadpoolctl import threadpool_limits

from ..interactions.pairs import Pairs
from .opinions import Opinions
from .scorer import Scorer

BLOCK_BYTES = 16 * 2**20  # one score matrix of a block
THREADS = min(8, os.cpu_count() or 1)


@dataclass(frozen=True)
class Fitted:
    """A fitted model: its scorer, and (U, d) user vectors where the scorer looks them up by its name; weights: of a
    training, what another one can go on from (models/start.py)."""

    scorer: Scorer
    user_vectors: np.ndarray | None = None
    weights: Mapping[str, np.ndarray] = field(default_factory=dict, compare=False, repr=False)

    @property
    def vectors(self) -> Mapping[str, np.ndarray]:
        return {} if self.user_vectors is None else {self.scorer.name: self.user_vectors}

    def score(self, known: Pairs, people: np.ndarray, friends: sp.csr_matrix | None) -> np.ndarray:
        """(len(people), I) float32 from the histories in `known`."""
        return self.scorer.score(known.batch(people, friends, self.vectors))

    def opinions(self, known: Pairs, people: np.ndarray, friends: sp.csr_matrix | None) -> Opinions:
        """The same scores as the scorer has them."""
        return self.scorer.opinions(known.batch(people, friends, self.vectors))


def blocks(people: np.ndarray, item_count: int) -> Iterator[np.ndarray]:
    """`people` in parts whose score matrix stays within BLOCK_BYTES."""
    size = int(np.clip(BLOCK_BYTES // max(4 * item_count, 1), 1, 2048))
    for start in range(0, len(people), size):
        yield people[start : start + size]


def top_lists(
    fitted: Fitted, known: Pairs, people: np.ndarray, limit: int, friends: sp.csr_matrix | None
) -> tuple[np.ndarray, np.ndarray]:
    """The best `limit` unseen items of each of `people` -> columns (n, limit) int32, -1 = none, and scores."""

    def listed(block: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return fitted.opinions(known, block, friends).top(known.matrix[block], limit)

    _ = known.matrix, known.recency  # made once, before threads ask for them
    # numpy leaves the interpreter to other threads; BLAS threads of each of them would only wait for cores
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(THREADS) as pool:
        parts = list(pool.map(listed, blocks(people, known.shape[1])))
    columns, scores = zip(*parts, strict=True) if parts else ([np.empty((0, limit), np.int32)], [np.empty((0, limit))])
    return np.concatenate(columns), np.concatenate(scores)
