"""Weight vectors on the simplex, drawn and refined: what a fit of the fusion tries."""

import numpy as np

POPULARITY_SHARE = 0.01  # everyone gets a list: popularity never falls silent


def with_floor(weights: np.ndarray, popularity: int) -> np.ndarray:
    """(W, S) simplex rows -> the same with at least POPULARITY_SHARE on column `popularity`."""
    floor = np.zeros(weights.shape[1])
    floor[popularity] = POPULARITY_SHARE
    return (1 - POPULARITY_SHARE) * weights + floor


def first_draws(source_count: int, draws: int, popularity: int, seed: int) -> np.ndarray:
    """(1 + S + draws, S): uniform, every corner, then Dirichlet draws, half sparse (0.3), half even (1.0)."""
    random = np.random.default_rng(seed)
    sparse = random.dirichlet(np.full(source_count, 0.3), draws // 2)
    even = random.dirichlet(np.ones(source_count), draws - draws // 2)
    uniform = np.full((1, source_count), 1 / source_count)
    return with_floor(np.vstack([uniform, np.eye(source_count), sparse, even]), popularity)


def refined_draws(centre: np.ndarray, draws: int, popularity: int, seed: int) -> np.ndarray:
    """(1 + draws, S): `centre`, then Dirichlet draws around it, half near (concentration 60), half wider (15)."""
    random = np.random.default_rng(seed)
    near = random.dirichlet(60 * centre + 0.1, draws // 2)
    wide = random.dirichlet(15 * centre + 0.1, draws - draws // 2)
    return np.vstack([centre[None, :], with_floor(np.vstack([near, wide]), popularity)])


def best_mean(weights: np.ndarray, scores: np.ndarray, keep: int) -> np.ndarray:
    """The mean of the `keep` best weight vectors, ties by row: steadier than the single best on few people."""
    return weights[np.argsort(-scores, kind="stable")[:keep]].mean(axis=0)
