"""Scores of many people -> each person's best unseen items, a block of people at a time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ..models.scorer import SCORE_STEPS, Scorer
from .feedback import Feedback

BLOCK_BYTES = 128 * 2**20  # one score matrix of a block


@dataclass(frozen=True)
class Fitted:
    """A fitted model: its scorer, and (U, d) user vectors where the scorer looks them up by its name."""

    scorer: Scorer
    user_vectors: np.ndarray | None = None

    @property
    def vectors(self) -> Mapping[str, np.ndarray]:
        return {} if self.user_vectors is None else {self.scorer.name: self.user_vectors}

    def score(self, known: Feedback, people: np.ndarray, friends: sp.csr_matrix | None) -> np.ndarray:
        """(len(people), I) float32 from the histories in `known`."""
        return self.scorer.score(known.batch(people, friends, self.vectors))


def blocks(people: np.ndarray, item_count: int) -> Iterator[np.ndarray]:
    """`people` in parts whose score matrix stays within BLOCK_BYTES."""
    size = int(np.clip(BLOCK_BYTES // max(4 * item_count, 1), 1, 2048))
    for start in range(0, len(people), size):
        yield people[start : start + size]


def top_columns(scores: np.ndarray, history: sp.csr_matrix, limit: int) -> tuple[np.ndarray, np.ndarray]:
    """(B, I) scores, (B, I) seen pairs -> columns (B, limit) int32 best first, -1 where none is left, and scores.

    The order of `models.scorer.top_unseen`, for a whole block: scores are told apart to a millionth of the row's
    largest, ties go to the lower column, 0 is no opinion.
    """
    people, items = scores.shape
    limit_here = min(limit, items)
    largest = np.maximum(np.abs(scores).max(axis=1, initial=0.0), 1e-30)
    steps = scores * (SCORE_STEPS / largest)[:, None].astype(np.float32)
    np.rint(steps, out=steps)
    steps[scores == 0.0] = -np.inf
    steps[np.repeat(np.arange(people), np.diff(history.indptr)), history.indices] = -np.inf
    columns = np.full((people, limit), -1, np.int32)
    values = np.zeros((people, limit))
    best = np.argpartition(steps, items - limit_here, axis=1)[:, items - limit_here :]
    best.sort(axis=1)
    found = np.take_along_axis(steps, best, axis=1)
    order = np.argsort(-found, axis=1, kind="stable")
    best, found = np.take_along_axis(best, order, axis=1), np.take_along_axis(found, order, axis=1)
    columns[:, :limit_here] = np.where(np.isfinite(found), best, -1)
    values[:, :limit_here] = np.where(np.isfinite(found), found * (largest / SCORE_STEPS)[:, None], 0.0)
    # a tie across the last place: which columns the partition took is chance
    last = found[:, -1]
    for row in np.flatnonzero(np.isfinite(last) & ((steps >= last[:, None]).sum(axis=1) > limit_here)):
        tied = np.flatnonzero(steps[row] >= last[row])
        tied = tied[np.argsort(-steps[row, tied], kind="stable")][:limit_here]
        columns[row, :limit_here], values[row, :limit_here] = tied, steps[row, tied] * largest[row] / SCORE_STEPS
    return columns, values


def top_lists(
    fitted: Fitted, known: Feedback, people: np.ndarray, limit: int, friends: sp.csr_matrix | None
) -> tuple[np.ndarray, np.ndarray]:
    """The best `limit` unseen items of each of `people` -> columns (n, limit) int32, -1 = none, and scores."""
    parts = []
    for block in blocks(people, known.shape[1]):
        parts.append(top_columns(fitted.score(known, block, friends), known.matrix[block], limit))
    columns, scores = zip(*parts, strict=True) if parts else ([np.empty((0, limit), np.int32)], [np.empty((0, limit))])
    return np.concatenate(columns), np.concatenate(scores)


