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
    pools: Sequence[Pool], relevant: Sequence[Sequence[np.ndarray]], everyone: Pool, names: Sequence[str],
    granularity: Mapping[str, str], k: int, seed: int,
) -> dict[str, tuple[float, np.ndarray]]:
    """granularity left out -> (validation nDCG@k, lists (U, k) of `everyone`), by weights fitted anew on the rest.

    Under "none" stand the weights of all models, for comparison. Popularity stays, so that everybody has a list.
    """
    pool, wanted = joined(pools), [columns for part in relevant for columns in part]
    found = {}
    for left_out in ("none", *sorted(set(granularity.values()))):
        kept = [place for place, name in enumerate(names) if name == POPULARITY or granularity[name] != left_out]
        part, mine = pool.of_models(kept), [names[place] for place in kept]
        weights = fit_weights(part, wanted, k, mine.index(POPULARITY), seed)
        value = float(mean_ndcg(part, wanted, weights[None, :], k)[0])
        lists, _ = ordered(everyone, np.round(everyone.values[:, kept] @ weights, 6), k)
        found[left_out] = (value, lists)
    return found


def by_family(
    pools: Sequence[Pool], relevant: Sequence[Sequence[np.ndarray]], everyone: Pool, names: Sequence[str],
    granularity: Mapping[str, str], k: int, seed: int,
) -> dict[str, tuple[float, np.ndarray]]:
    """Family -> (validation nDCG@k, lists (U, k) of `everyone`), by weights fitted on its models alone.

    A family lists what its own models and popularity propose, and nothing that others brought; popularity stays in all,
    so that everybody has a list. A family without a model of its own is left out.
    """
    pool, wanted = joined(pools), [columns for part in relevant for columns in part]
    found = {}
    for family, granularities in FAMILIES.items():
        own = [name != POPULARITY and granularity[name] in granularities for name in names]
        if not any(own):
            continue
        kept = [place for place, name in enumerate(names) if own[place] or name == POPULARITY]
        part, listed = (_proposed(one.of_models(kept)) for one in (pool, everyone))
        weights = fit_weights(part, wanted, k, [names[place] for place in kept].index(POPULARITY), seed)
        value = float(mean_ndcg(part, wanted, weights[None, :], k)[0])
        found[family] = (value, ordered(listed, np.round(listed.values @ weights, 6), k)[0])
    return found


def _proposed(pool: Pool) -> Pool:
    """The candidates that one of the pool's models lists itself."""
    kept = (pool.places <= CANDIDATES).any(axis=1)
    starts = np.concatenate([[0], np.cumsum(np.bincount(pool.owner[kept], minlength=len(pool.people)))])
    parts = (pool.columns[kept], pool.values[kept], pool.places[kept], pool.context[kept])
    return Pool(pool.people, starts, *parts)


def oracle(lists: Mapping[str, np.ndarray], held: HeldOut, k: int) -> float:
    """Mean nDCG@k where each person gets the list of the model that suits them best: a ceiling for choosing a list.

    lists: model -> (n, >= k) of `held.people`. It reads the test pairs, and nothing but a reader may use it.
    """
    values = [arrays.ranking_at(arrays.hits_of(rows, held.relevant), held.sizes, k)["ndcg"] for rows in lists.values()]
    return float(np.max(values, axis=0).mean())
