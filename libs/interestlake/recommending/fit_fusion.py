"""Weights and a learned ranker on half-known people; validation decides which of them fuses, and how much variety."""

import logging
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from .cross_fit import beats, folds_of_people, list_ndcg, simplest_within, standard_error
from .fusion import LEADING, RANKER, WEIGHTS, Fusion, doublings, unit_range
from .learned_ranker import FOLDS, cross_fitted
from .pool import Pool, joined
from .segment_weights import Weighing, fit_segments, ndcg_by_person

LOG = logging.getLogger("interestlake")
# shares of the range of the fused score that a doubling of an item's people costs it
DISCOUNTS = (0.0, 0.0025, 0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.06, 0.08)
LEAST_PEOPLE = 20  # below them there is nothing for a ranker to learn from
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)  # of the fitted weights beside those of the leading models, the simplest first
ERRORS = 1.0  # standard errors of the difference that the simpler way may be behind
WEIGHT_FOLDS, REPEATS = 5, 2


def fit_fusion(
    pools: Sequence[Pool],
    relevant: Sequence[Sequence[np.ndarray]],
    names: Sequence[str],
    k: int,
    seed: int,
    variety: float,
    by_cut: bool = False,
) -> Fusion:
    """pools, relevant: one per cut -> the Fusion of `names`.

    The values that decide on weights and ranker are of people who took no part in the fit. The weights lie between
    those of the leading models and the fitted ones, at the first of SHARES that the best share does not beat by more
    than ERRORS; the ranker takes over where it beats them by more than that. variety: the largest popularity discount
    is taken that costs at most this share of the nDCG, an error of the cost included. by_cut: the people of one cut
    have the same few withheld items in common, which a ranker would know again, and which make their gains one draw:
    the ranker's folds and the errors' clusters are the cuts; with fewer than three cuts there is no ranker then,
    nor where too few people have candidates.
    Without a person to learn from the weights are even.
    """
    pool, held_out = joined(pools), [columns for part in relevant for columns in part]
    if not len(pool.people):
        return Fusion(tuple(names), WEIGHTS, np.full(len(names), 1 / len(names)))
    popularity = list(names).index("popularity")
    asked = [len(part.people) for part in pools if len(part.people)]
    cuts = np.repeat(np.arange(len(asked)), asked)
    clusters = cuts if by_cut and len(asked) > 1 else pool.people
    weights, ndcg, values = _shrunk_weights(pool, held_out, k, popularity, seed, clusters)
    segments = {}
    if values[LEADING] < values[WEIGHTS]:
        segments = fit_segments(pool, held_out, weights, k, popularity, seed)
    fusion = Fusion(tuple(names), WEIGHTS, weights, values=values, segments=segments)
    plain = fusion.weighted(pool)
    if len(pool.people) >= LEAST_PEOPLE and (not by_cut or len(asked) >= 3):
        folds = cuts if by_cut else folds_of_people(pool.people, FOLDS, seed)
        if (learned := cross_fitted(pool, held_out, folds, k, seed)) is None:
            LOG.info("  learned ranker left out: too few people with candidates to learn it from and to judge it on")
            return _with_variety(fusion, plain, pool, held_out, k, variety, clusters)
        by_ranker = unit_range(pool, learned[0])
        gained = list_ndcg(pool, by_ranker, held_out, k) - ndcg
        values[RANKER] = float(values[WEIGHTS] + gained.mean())
        if beats(gained, clusters, ERRORS):
            fusion, plain = replace(fusion, method=RANKER, booster=learned[1]), by_ranker
    return _with_variety(fusion, plain, pool, held_out, k, variety, clusters)


def _shrunk_weights(
    pool: Pool, held_out: Sequence[np.ndarray], k: int, popularity: int, seed: int, clusters: np.ndarray
) -> tuple[np.ndarray, np.ndarray, dict[str, float]]:
    """-> (S,) weights, (n,) nDCG@k of people by weights that were fitted without them, and values by method."""
    weighing = Weighing(pool, held_out, k, popularity, seed)
    ndcg = np.zeros((len(held_out), len(SHARES)))
    for repeat in range(REPEATS):
        folds = folds_of_people(pool.people, WEIGHT_FOLDS, seed + repeat)
        for fold in np.unique(folds):
            mine, others = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
            if len(others):
                tried = _between(weighing, others)
                own = [held_out[row] for row in mine]
                ndcg[mine] += ndcg_by_person(pool.pick(mine), own, tried, k) / REPEATS
    way = simplest_within(ndcg, clusters, ERRORS)
    weights = _between(weighing, np.arange(len(held_out)))[way]
    return weights, ndcg[:, way], {LEADING: float(ndcg[:, 0].mean()), WEIGHTS: float(ndcg[:, way].mean())}


def _between(weighing: Weighing, rows: np.ndarray) -> np.ndarray:
    """(len(SHARES), S) weights from those of the leading models to the fitted ones, by the people of `rows`."""
    share = np.array(SHARES)[:, None]
    return (1 - share) * weighing.leading(rows) + share * weighing.fitted(rows)


def _with_variety(
    fusion: Fusion,
    plain: np.ndarray,
    pool: Pool,
    held_out: Sequence[np.ndarray],
    k: int,
    variety: float,
    clusters: np.ndarray,
) -> Fusion:
    many = doublings(pool)
    tried = [list_ndcg(pool, np.round(plain - size * many, 6), held_out, k) for size in DISCOUNTS]
    least = simplest_within(np.column_stack(tried), clusters, ERRORS)
    lost = [tried[least] - own for own in tried]
    cost = [own.mean() + ERRORS * standard_error(own, clusters) for own in lost]
    most = max(way for way in range(len(tried)) if way == least or cost[way] <= variety * tried[least].mean())
    listed = float(tried[most].mean())
    return replace(fusion, discount=DISCOUNTS[most], values={**fusion.values, "listed": listed})
