"""Weight vectors on the simplex, drawn and refined: what a fit of the fusion tries."""

import numpy as np

POPULARITY_SHARE = 0.01  # everyone gets a list: popularity never falls silent


def with_floor(weights: np.ndarray, popularity: int) -> np.ndarray:
    """(W, S) simplex rows -> the same with at least POPULARITY_SHARE on column `popularity`."""
    floor = np.zeros(weights.shape[1])
    floor[popularity] = POPULARITY_SHARE
    return (1 - POPULARITY_SHARE) * weights + floor


def first_draws(
    source_count: int, draws: int, popularity: int, seed: int, speaks: np.ndarray | None = None
) -> np.ndarray:
    """(1 + S + draws, S): uniform, every corner, then Dirichlet draws, half sparse (0.3), half even (1.0).

    speaks: (S,) bool, the sources that may have weight; None = all. S counts those alone then.
    """
    own = np.arange(source_count) if speaks is None else np.flatnonzero(speaks)
    random, count = np.random.default_rng(seed), len(own)
    sparse = random.dirichlet(np.full(count, 0.3), draws // 2)
    even = random.dirichlet(np.ones(count), draws - draws // 2)
    weights = np.zeros((1 + count + draws, source_count))
    weights[:, own] = np.vstack([np.full((1, count), 1 / count), np.eye(count), sparse, even])
    return with_floor(weights, popularity)


def refined_draws(
    centre: np.ndarray, draws: int, popularity: int, seed: int, speaks: np.ndarray | None = None
) -> np.ndarray:
    """(1 + draws, S): `centre`, then Dirichlet draws around it, half near (concentration 60), half wider (15).

    speaks: as in `first_draws`.
    """
    own = np.arange(len(centre)) if speaks is None else np.flatnonzero(speaks)
    random = np.random.default_rng(seed)
    near = random.dirichlet(60 * centre[own] + 0.1, draws // 2)
    wide = random.dirichlet(15 * centre[own] + 0.1, draws - draws // 2)
    weights = np.zeros((draws, len(centre)))
    weights[:, own] = np.vstack([near, wide])
    return np.vstack([centre[None, :], with_floor(weights, popularity)])


def best_mean(weights: np.ndarray, scores: np.ndarray, keep: int) -> np.ndarray:
    """The mean of the `keep` best weight vectors, ties by row: steadier than the single best on few people."""
    return weights[np.argsort(-scores, kind="stable")[:keep]].mean(axis=0)


def bagged_mean(
    weights: np.ndarray, scores: np.ndarray, owners: np.ndarray, keep: int, bags: int, seed: int
) -> np.ndarray:
    """(W, S) weights, (n, W) scores -> the mean of `best_mean` over `bags` bootstraps (bagging, Breiman 1996).

    owners: (n,) whose row it is: a person is drawn with all rows of theirs.
    """
    people, code = np.unique(owners, return_inverse=True)
    drawn = np.random.default_rng(seed).multinomial(len(people), np.full(len(people), 1 / len(people)), bags)
    best = np.argsort(-(drawn[:, code] @ scores), axis=1, kind="stable")[:, :keep]  # (bags, keep)
    return weights[best].mean(axis=(0, 1))
