"""Weights of the fused list, on the simplex, fitted on validation feedback."""

from collections.abc import Sequence

import numpy as np

from ..recommending.weigh import best_mean, first_draws, refined_draws
from .fusion import Pool

DRAWS = 256
KEPT = 10


def fit_weights(pool: Pool, relevant: Sequence[np.ndarray], k: int, popularity: int, seed: int) -> np.ndarray:
    """(S,) weights of the largest mean nDCG@k: two rounds of seeded draws, the mean of the KEPT best of both.

    relevant: per person of the pool, the held-out columns.
    """
    first = first_draws(pool.values.shape[1], DRAWS, popularity, seed)
    values = mean_ndcg(pool, relevant, first, k)
    near = refined_draws(best_mean(first, values, KEPT), DRAWS, popularity, seed + 1)
    tried, value = np.vstack([first, near]), np.concatenate([values, mean_ndcg(pool, relevant, near, k)])
    return best_mean(tried, value, KEPT)


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
