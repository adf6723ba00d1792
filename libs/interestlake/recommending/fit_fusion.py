"""Weights and a learned ranker on half-known people; validation decides which of them fuses, and how much variety."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..evaluation.arrays import mean_list_ndcg
from .fusion import RANKER, WEIGHTS, Fusion, doublings, unit_range
from .learned_ranker import cross_fitted, folds_of_people
from .pool import Pool, joined, ordered
from .segment_weights import fit_segments, fit_weights, mean_ndcg

# shares of the range of the fused score that a doubling of an item's people costs it
DISCOUNTS = (0.0, 0.0025, 0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.06, 0.08)
LEAST_PEOPLE = 20  # below them there is nothing for a ranker to learn from


def fit_fusion(
    pools: Sequence[Pool], relevant: Sequence[Sequence[np.ndarray]], names: Sequence[str], k: int, seed: int,
    variety: float, by_cut: bool = False,
) -> Fusion:
    """pools, relevant: one per cut -> the Fusion of `names`.

    The ranker's value is of people it did not learn from; the weights, one number per model, are judged on the people
    they were fitted on. variety: the largest popularity discount is taken that costs at most this share of the nDCG.
    by_cut: the ranker's folds are the cuts, because the people of one cut have the same few withheld items in common,
    which a ranker would know again; with fewer than three cuts there is no ranker then. Without a person to learn from
    the weights are even.
    """
    pool, held_out = joined(pools), [columns for part in relevant for columns in part]
    if not len(pool.people):
        return Fusion(tuple(names), WEIGHTS, np.full(len(names), 1 / len(names)))
    popularity = list(names).index("popularity")
    weights = fit_weights(pool, held_out, k, popularity, seed)
    values = {WEIGHTS: float(mean_ndcg(pool, held_out, weights[None, :], k)[0])}
    by_ranker, booster = None, ""
    asked = [len(part.people) for part in pools if len(part.people)]
    if len(pool.people) >= LEAST_PEOPLE and (not by_cut or len(asked) >= 3):
        folds = np.repeat(np.arange(len(asked)), asked) if by_cut else folds_of_people(len(pool.people), seed)
        by_ranker, booster = cross_fitted(pool, held_out, folds, k, seed)
        by_ranker = unit_range(pool, by_ranker)
        values[RANKER] = mean_list_ndcg(ordered(pool, by_ranker, k)[0], held_out)
    segments = fit_segments(pool, held_out, weights, k, popularity, seed)
    fusion = Fusion(tuple(names), max(values, key=values.get), weights, booster, values, segments=segments)
    plain = fusion.weighted(pool) if fusion.method == WEIGHTS else by_ranker
    return _with_variety(fusion, plain, pool, held_out, k, variety)


def _with_variety(fusion: Fusion, plain: np.ndarray, pool: Pool, held_out, k: int, variety: float) -> Fusion:
    tried = {}
    for discount in DISCOUNTS:
        lists, _ = ordered(pool, np.round(plain - discount * doublings(pool), 6), k)
        tried[discount] = mean_list_ndcg(lists, held_out)
    least = (1 - variety) * max(tried.values())
    discount = max(size for size, value in tried.items() if value >= least)
    return replace(fusion, discount=discount, values={**fusion.values, "listed": tried[discount]})
