"""Weights of the fused list, on the simplex, fitted on validation feedback."""

from collections.abc import Sequence

import numpy as np

from .pool import Pool
from .weigh import best_mean, first_draws, refined_draws

DRAWS = 256
KEPT = 10
SEGMENTS = (5, 20, 100)  # history lengths that part people whose weights may differ
MIN_SEGMENT = 100  # validation people that weights of their own are worth trying for


def fit_weights(pool: Pool, relevant: Sequence[np.ndarray], k: int, popularity: int, seed: int) -> np.ndarray:
    """(S,) weights of the largest mean nDCG@k: two rounds of seeded draws, the mean of the KEPT best of both.

    relevant: per person of the pool, the held-out columns.
    """
    first = first_draws(pool.values.shape[1], DRAWS, popularity, seed)
    values = mean_ndcg(pool, relevant, first, k)
    near = refined_draws(best_mean(first, values, KEPT), DRAWS, popularity, seed + 1)
    tried, value = np.vstack([first, near]), np.concatenate([values, mean_ndcg(pool, relevant, near, k)])
    return best_mean(tried, value, KEPT)


def segment_of(histories: np.ndarray) -> np.ndarray:
    """History lengths -> 0 for fewer than SEGMENTS[0] items, and so on."""
    return np.digitize(histories, SEGMENTS)


def fit_segments(
    pool: Pool, relevant: Sequence[np.ndarray], weights: np.ndarray, k: int, popularity: int, seed: int
) -> dict[int, np.ndarray]:
    """segment -> (S,) weights, for segments where weights of their own are better on people they were not fitted on.

    The people of a segment are halved; each half's weights, drawn around the global ones, are judged on the other half
    against the global ones. Where both together gain, the segment gets weights fitted on all of its people.
    """
    found, segments = {}, segment_of(pool.histories)
    for segment in np.unique(segments):
        rows = np.flatnonzero(segments == segment)
        if len(rows) < MIN_SEGMENT:
            continue
        halves = np.random.default_rng(seed).permutation(len(rows)) % 2
        parts = [rows[halves == half] for half in (0, 1)]
        gain = 0.0
        for mine, other in (parts, parts[::-1]):
            own = _near(pool.pick(mine), [relevant[row] for row in mine], weights, k, popularity, seed)
            judged = mean_ndcg(pool.pick(other), [relevant[row] for row in other], np.vstack([own, weights]), k)
            gain += judged[0] - judged[1]
        if gain > 0:
            found[int(segment)] = _near(pool.pick(rows), [relevant[row] for row in rows], weights, k, popularity, seed)
    return found


def _near(pool: Pool, relevant, weights: np.ndarray, k: int, popularity: int, seed: int) -> np.ndarray:
    tried = refined_draws(weights, DRAWS, popularity, seed)
    return best_mean(tried, mean_ndcg(pool, relevant, tried, k), KEPT)


def mean_ndcg(pool: Pool, relevant: Sequence[np.ndarray], weights: np.ndarray, k: int) -> np.ndarray:
    """(W,) mean nDCG@k over the pool's people under each of (W, S) weights; ties by the lower column."""
    total = np.zeros(len(weights))
    discount = 1 / np.log2(np.arange(k) + 2)
    for person, wanted in enumerate(relevant):
        span = slice(pool.starts[person], pool.starts[person + 1])
        hits = np.flatnonzero(np.isin(pool.columns[span], wanted))
        if not len(hits):
            continue
        fused = np.round(pool.values[span] @ weights.T, 6)  # (C, S) @ (S, W) -> (C, W)
        for hit in hits:
            better = (fused > fused[hit]).sum(axis=0) + (fused[:hit] == fused[hit]).sum(axis=0)
            total += np.where(better < k, discount[np.minimum(better, k - 1)], 0.0) / discount[: len(wanted)].sum()
    return total / max(len(relevant), 1)
