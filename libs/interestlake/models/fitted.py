"""Scores of many people -> each person's best unseen items, a block of people at a time."""

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from threadpoolctl import threadpool_limits

from ..interactions.pairs import Pairs
from .scorer import SCORE_STEPS, Scorer

BLOCK_BYTES = 16 * 2**20  # one score matrix of a block
STRIP_BYTES = 2**20  # scores that are looked at while they are in a core's cache
GROUP = 32  # columns whose largest score stands for them
THREADS = min(8, os.cpu_count() or 1)


@dataclass(frozen=True)
class Fitted:
    """A fitted model: its scorer, and (U, d) user vectors where the scorer looks them up by its name."""

    scorer: Scorer
    user_vectors: np.ndarray | None = None

    @property
    def vectors(self) -> Mapping[str, np.ndarray]:
        return {} if self.user_vectors is None else {self.scorer.name: self.user_vectors}

    def score(self, known: Pairs, people: np.ndarray, friends: sp.csr_matrix | None) -> np.ndarray:
        """(len(people), I) float32 from the histories in `known`."""
        return self.scorer.score(known.batch(people, friends, self.vectors))


def blocks(people: np.ndarray, item_count: int) -> Iterator[np.ndarray]:
    """`people` in parts whose score matrix stays within BLOCK_BYTES."""
    size = int(np.clip(BLOCK_BYTES // max(4 * item_count, 1), 1, 2048))
    for start in range(0, len(people), size):
        yield people[start : start + size]


def top_columns(scores: np.ndarray, history: sp.csr_matrix, limit: int) -> tuple[np.ndarray, np.ndarray]:
    """(B, I) scores, (B, I) seen pairs -> columns (B, limit) int32 best first, -1 where none is left, and scores.

    Scores are told apart to a millionth of the row's largest, ties go to the lower column, 0 is no opinion.
    """
    people, items = scores.shape
    columns, values = np.full((people, limit), -1, np.int32), np.zeros((people, limit))
    strip = max(1, STRIP_BYTES // max(scores.itemsize * items, 1))
    for start in range(0, people if items else 0, strip):
        span = slice(start, start + strip)
        part = scores[span]
        largest = np.maximum(np.maximum(part.max(axis=1), -part.min(axis=1)), 1e-30)
        row, column, value = _candidates(part, history[span], largest, limit)
        step = np.rint(value * (SCORE_STEPS / largest).astype(np.float32)[row])
        order = np.lexsort((-step, row))  # stable: equal steps stay in the order of their columns
        row, column, step = row[order], column[order], step[order]
        place = np.arange(len(row)) - np.searchsorted(row, row)
        kept = place < limit
        row, place = row[kept], place[kept]
        columns[start + row, place] = column[kept]
        values[start + row, place] = step[kept] * (largest / SCORE_STEPS)[row]
    return columns, values


def _candidates(
    part: np.ndarray, seen: sp.csr_matrix, largest: np.ndarray, limit: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows, columns and scores, by row and column, of all unseen scores that may be among a row's best `limit`."""
    open_to = part.copy()
    open_to[np.repeat(np.arange(len(part)), np.diff(seen.indptr)), seen.indices] = -np.inf
    slack = largest * (2 / SCORE_STEPS)  # scores within half a step of the last one tie with it
    least = _lower_bounds(open_to, limit) - slack
    doubtful = np.flatnonzero(~(least > 0))  # zeros, which are no opinion, may have filled these rows
    if len(doubtful):
        opinions = open_to[doubtful]
        opinions[opinions == 0.0] = -np.inf
        open_to[doubtful] = opinions
        least[doubtful] = _lower_bounds(opinions, limit) - slack[doubtful]
    # what was left out is -inf, and so may a bound be
    flat = np.flatnonzero(open_to >= np.maximum(least, np.finfo(part.dtype).min)[:, None])
    row, column = np.divmod(flat, part.shape[1])
    return row, column, open_to.ravel()[flat]


def _lower_bounds(scores: np.ndarray, limit: int) -> np.ndarray:
    """(B,) a score that at least `limit` of the row reach: the `limit`-th largest of the largest of disjoint groups."""
    people, items = scores.shape
    if items <= limit:
        return np.full(people, -np.inf, scores.dtype)
    width = max(1, min(GROUP, items // (4 * limit)))
    whole = items - items % width
    groups = np.maximum.reduce(scores[:, :whole].reshape(people, width, whole // width), axis=1)
    groups = np.concatenate([groups, scores[:, whole:]], axis=1)
    return np.partition(groups, groups.shape[1] - limit, axis=1)[:, groups.shape[1] - limit]


def top_lists(
    fitted: Fitted, known: Pairs, people: np.ndarray, limit: int, friends: sp.csr_matrix | None
) -> tuple[np.ndarray, np.ndarray]:
    """The best `limit` unseen items of each of `people` -> columns (n, limit) int32, -1 = none, and scores."""

    def listed(block: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return top_columns(fitted.score(known, block, friends), known.matrix[block], limit)

    _ = known.matrix, known.recency  # made once, before threads ask for them
    # numpy leaves the interpreter to other threads; BLAS threads of each of them would only wait for cores
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(THREADS) as pool:
        parts = list(pool.map(listed, blocks(people, known.shape[1])))
    columns, scores = zip(*parts, strict=True) if parts else ([np.empty((0, limit), np.int32)], [np.empty((0, limit))])
    return np.concatenate(columns), np.concatenate(scores)
