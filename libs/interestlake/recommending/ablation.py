"""What the fusion owes to each granularity and each family, and how far a perfect choice among models would go."""

from collections.abc import Mapping, Sequence

import numpy as np

from ..evaluation import arrays
from ..interactions.held_out import HeldOut
from .pool import CANDIDATES, Pool, joined, ordered
from .segment_weights import fit_weights, mean_ndcg

POPULARITY = "popularity"
# by what a model looks at: who chose what, what items are, or both
FAMILIES = {
    "collaborative": {"behaviour", "sequence", "social"},
    "content": {"text", "knowledge"},
    "hybrid": {"behaviour", "sequence", "social", "text", "knowledge"},
}


def without_each(
    pools: Sequence[Pool],
    relevant: Sequence[Sequence[np.ndarray]],
    everyone: Pool,
    names: Sequence[str],
    granularity: Mapping[str, str],
    k: int,
    seed: int,
) -> dict[str, tuple[float, np.ndarray]]:
    """granularity left out -> (validation nDCG@k, lists (U, k) of `everyone`), by weights fitted anew on the rest.

    Under "none" stand the weights of all models, for comparison. Popularity stays, so that everybody has a list.
    """
    pool, asked_of = joined(pools), [columns for part in relevant for columns in part]
    values = {}
    for left_out in ("none", *sorted(set(granularity.values()))):
        places = [place for place, name in enumerate(names) if name == POPULARITY or granularity[name] != left_out]
        part, mine = pool.of_models(places), [names[place] for place in places]
        weights = fit_weights(part, asked_of, k, mine.index(POPULARITY), seed)
        value = float(mean_ndcg(part, asked_of, weights[None, :], k)[0])
        lists, _ = ordered(everyone, np.round(everyone.values[:, places] @ weights, 6), k)
        values[left_out] = (value, lists)
    return values


def by_family(
    pools: Sequence[Pool],
    relevant: Sequence[Sequence[np.ndarray]],
    everyone: Pool,
    names: Sequence[str],
    granularity: Mapping[str, str],
    k: int,
    seed: int,
) -> dict[str, tuple[float, np.ndarray]]:
    """Family -> (validation nDCG@k, lists (U, k) of `everyone`), by weights fitted on its models alone.

    A family lists what its own models and popularity propose, and nothing that others brought; popularity stays in all,
    so that everybody has a list. A family without a model of its own is left out.
    """
    pool, asked_of = joined(pools), [columns for part in relevant for columns in part]
    values = {}
    for family, granularities in FAMILIES.items():
        own = [name != POPULARITY and granularity[name] in granularities for name in names]
        if not any(own):
            continue
        places = [place for place, name in enumerate(names) if own[place] or name == POPULARITY]
        part, listed = (_proposed(one.of_models(places)) for one in (pool, everyone))
        weights = fit_weights(part, asked_of, k, [names[place] for place in places].index(POPULARITY), seed)
        value = float(mean_ndcg(part, asked_of, weights[None, :], k)[0])
        values[family] = (value, ordered(listed, np.round(listed.values @ weights, 6), k)[0])
    return values


def _proposed(pool: Pool) -> Pool:
    """The candidates that one of the pool's models lists itself."""
    proposed = (pool.places <= CANDIDATES).any(axis=1)
    starts = np.concatenate([[0], np.cumsum(np.bincount(pool.owner[proposed], minlength=len(pool.people)))])
    parts = (pool.columns[proposed], pool.values[proposed], pool.places[proposed], pool.context[proposed])
    return Pool(pool.people, starts, *parts)


def oracle(lists: Mapping[str, np.ndarray], asked: HeldOut, k: int) -> float:
    """Mean nDCG@k where each person gets the list of the model that suits them best: a ceiling for choosing a list.

    lists: model -> (n, >= k) of `asked.people`. It reads the test pairs, and nothing but a reader may use it.
    """
    hits = [arrays.hits_of(rows, asked.relevant) for rows in lists.values()]
    values = [arrays.ranking_at(one, asked.sizes, k)["ndcg"] for one in hits]
    return float(np.max(values, axis=0).mean())
