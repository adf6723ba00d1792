"""Judging on people that a fit did not see: folds of people, errors of differences, and the simplest that will do."""

from collections.abc import Sequence

import numpy as np

from ..evaluation.arrays import hits_of, ranking_at
from .pool import Pool, ordered

ROUNDING = 1e-9


def folds_of_people(people: np.ndarray, folds: int, seed: int) -> np.ndarray:
    """people (n,): whose row it is -> (n,) a seeded fold each; all rows of a person lie in one."""
    ids, code = np.unique(people, return_inverse=True)
    return (np.random.default_rng(seed).permutation(len(ids)) % folds)[code]


def standard_error(differences: np.ndarray, clusters: np.ndarray) -> float:
    """Of the mean of (n,) differences, rows of a cluster, as a person's, taken together (Liang and Zeger 1986)."""
    _, code = np.unique(clusters, return_inverse=True)
    sums = np.bincount(code, differences - differences.mean())
    return float(np.sqrt((sums**2).sum()) / max(len(differences), 1))


def beats(gained: np.ndarray, clusters: np.ndarray, errors: float) -> bool:
    """Whether the mean of (n,) paired differences is more than so many standard errors above 0, rounding aside."""
    return bool(gained.mean() > errors * standard_error(gained, clusters) + ROUNDING)


def simplest_within(ndcg: np.ndarray, clusters: np.ndarray, errors: float) -> int:
    """ndcg (n, M) of ways from the simplest to the most elaborate -> the first that the best one does not beat by more
    than so many standard errors of their paired difference (the one-standard-error rule, Breiman et al. 1984)."""
    best = int(ndcg.mean(axis=0).argmax())
    for way in range(best):
        if not beats(ndcg[:, best] - ndcg[:, way], clusters, errors):
            return way
    return best


def list_ndcg(pool: Pool, scores: np.ndarray, relevant: Sequence[np.ndarray], k: int) -> np.ndarray:
    """(C,) scores -> (n,) nDCG@k of each person's list."""
    sizes = np.array([max(len(columns), 1) for columns in relevant])
    return ranking_at(hits_of(ordered(pool, scores, k)[0], relevant), sizes, k)["ndcg"]
