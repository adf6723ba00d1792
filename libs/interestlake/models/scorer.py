"""One contract for everything that scores items for people: numpy and scipy in, a (people, items) matrix out."""

from abc import ABC, abstractmethod
from dataclasses import fields

import numpy as np
import scipy.sparse as sp

from ..interactions.batch import UserBatch

SCORE_STEPS = 1_000_000  # a row's scores are told apart down to this share of its largest magnitude


class Scorer(ABC):
    """Scores every item for every person of a batch.

    A score of exactly 0 means "no opinion": such an item is never proposed. A person a scorer knows nothing about
    (no history, no vector, no friend) gets a row of zeros. Scores compare within one row only. Scorers hold arrays
    alone, so that they can be broadcast and pickled.
    """

    name: str

    @abstractmethod
    def score(self, batch: UserBatch) -> np.ndarray:
        """(B, I) float32, finite."""

    def contributions(self, batch: UserBatch, row: int, columns: np.ndarray) -> np.ndarray | None:
        """(history items of the person, len(columns)) float64: what each history item adds to each score.

        Rows follow `batch.history[row].indices`. None where a score is not a sum over single history items.
        """
        return None

    @property
    def nbytes(self) -> int:
        """Memory of the arrays held, in bytes."""
        return sum(_nbytes(getattr(self, field.name)) for field in fields(self))


def _nbytes(value: object) -> int:
    if isinstance(value, np.ndarray):
        return value.nbytes
    return value.data.nbytes + value.indices.nbytes + value.indptr.nbytes if sp.issparse(value) else 0


def top_unseen(scores: np.ndarray, seen: np.ndarray, limit: int) -> tuple[np.ndarray, np.ndarray]:
    """The best `limit` columns of one score row -> (columns, scores), best first, ties by the lower column.

    scores: (I,) float, 0 = no opinion; seen: columns to leave out. Scores are rounded to a millionth of the row's
    largest magnitude first, so that rounding noise never decides an order.
    """
    largest = float(np.abs(scores).max(initial=0.0))
    if largest == 0.0:
        return np.empty(0, np.int64), np.empty(0, np.float64)
    rounded = np.round(scores.astype(np.float64) * (SCORE_STEPS / largest))
    rounded[scores == 0.0] = -np.inf
    rounded[seen] = -np.inf
    limit = min(limit, int(np.count_nonzero(rounded > -np.inf)))
    if limit == 0:
        return np.empty(0, np.int64), np.empty(0, np.float64)
    threshold = np.partition(rounded, len(rounded) - limit)[len(rounded) - limit]
    columns = np.flatnonzero(rounded >= threshold)
    columns = columns[np.argsort(-rounded[columns], kind="stable")][:limit]
    return columns, rounded[columns] * (largest / SCORE_STEPS)
