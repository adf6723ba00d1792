"""The order of a list, one row at a time: what `models.top.top_columns` is held against."""

import numpy as np

from interestlake.models.top import SCORE_STEPS


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
