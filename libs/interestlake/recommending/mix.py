"""How lists are fused: weights or a learned ranker, whichever validation prefers, and how much variety they hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ..evaluation import arrays
from ..models.granularities import importance
from .learned_ranker import cross_fitted, features, folds_of_people
from .pool import Pool, ordered
from .segment_weights import SEGMENTS, fit_segments, fit_weights, mean_ndcg, segment_of

# shares of the range of the fused score that a doubling of an item's people costs it
DISCOUNTS = (0.0, 0.0025, 0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.06, 0.08)


@dataclass(frozen=True)
class Fusion:
    """method: "weights" or "ranker"; weights: (S,) on the simplex; discount: what a doubling of an item's people takes
    from its score; values: validation nDCG by method, and of the discounted list; segments: weights of people with a
    history of that length, where they are better off with their own."""

    method: str
    weights: np.ndarray
    booster: object
    values: Mapping[str, float]
    discount: float = 0.0
    segments: Mapping[int, np.ndarray] = field(default_factory=dict)

    def weighted(self, pool: Pool) -> np.ndarray:
        """(C,) sum over the models of weight x value, by the weights of each person's segment."""
        fused = pool.values @ self.weights
        segment = segment_of(pool.histories)[pool.owner]
        for number, weights in self.segments.items():
            mine = segment == number
            fused[mine] = pool.values[mine] @ weights
        return fused

    def scores(self, pool: Pool) -> np.ndarray:
        """(C,) one score per candidate."""
        if self.method == "weights":
            fused = self.weighted(pool)
        else:
            fused = unit_range(pool, self.booster.predict(features(pool)))
        return np.round(fused - self.discount * _doublings(pool), 6)

    def described(self, names: Sequence[str], granularity: Mapping[str, str]) -> dict:
        """For metrics.json; granularity: of each model."""
        told = {"everybody": self.weights} | {f"history {_span(n)}": own for n, own in self.segments.items()}
        weights = {who: dict(zip(names, map(float, own), strict=True)) for who, own in told.items()}
        alpha = {who: importance(own, granularity) for who, own in weights.items()}
        told = {"discount": self.discount, "validation": dict(self.values)}
        return {"method": self.method, "weights": weights, "alpha": alpha, **told}

    def line(self, names: Sequence[str]) -> str:
        """For the log."""
        shown = sorted(zip(names, self.weights, strict=True), key=lambda entry: -entry[1])
        told = ", ".join(f"{name} {weight:.2f}" for name, weight in shown if weight >= 0.005)
        values = ", ".join(f"{name} {value:.4f}" for name, value in self.values.items())
        own = ", ".join(_span(number) for number in self.segments)
        told += f"; own weights for histories of {own}" if own else ""
        return f"{self.method} ({told}), discount {self.discount:g}; validation nDCG: {values}"


def fit_fusion(
    pools: Sequence[Pool], relevant: Sequence[Sequence[np.ndarray]], names: Sequence[str], k: int, seed: int,
    variety: float, by_cut: bool = False,
) -> Fusion:
    """Weights and a ranker on half-known people; validation decides which of them fuses. pools, relevant: one per cut.

    The ranker's value is of people it did not learn from; the weights, one number per model, are judged on the people
    they were fitted on. variety: the largest popularity discount is taken that costs at most this share of the nDCG.
    by_cut: the ranker's folds are the cuts, because the people of one cut have the same few withheld items in common,
    which a ranker would know again; with fewer than three cuts there is no ranker then.
    """
    pool, wanted = joined(pools), [columns for part in relevant for columns in part]
    popularity = names.index("popularity")
    weights = fit_weights(pool, wanted, k, popularity, seed)
    values = {"weights": float(mean_ndcg(pool, wanted, weights[None, :], k)[0])}
    by_ranker, booster = None, None
    asked = [len(part.people) for part in pools if len(part.people)]
    if not by_cut or len(asked) >= 3:
        folds = np.repeat(np.arange(len(asked)), asked) if by_cut else folds_of_people(len(pool.people), seed)
        by_ranker, booster = cross_fitted(pool, wanted, folds, k, seed)
        by_ranker = unit_range(pool, by_ranker)
        values["ranker"] = mean_list_ndcg(ordered(pool, by_ranker, k)[0], wanted)
    segments = fit_segments(pool, wanted, weights, k, popularity, seed)
    fusion = Fusion(max(values, key=values.get), weights, booster, values, segments=segments)
    plain = fusion.weighted(pool) if fusion.method == "weights" else by_ranker
    return _with_variety(fusion, plain, pool, wanted, k, variety)


def _span(segment: int) -> str:
    edges = (0, *SEGMENTS)
    return f"{edges[segment]}-{SEGMENTS[segment] - 1}" if segment < len(SEGMENTS) else f"{SEGMENTS[-1]} and more"


def _with_variety(fusion: Fusion, plain: np.ndarray, pool: Pool, wanted, k: int, variety: float) -> Fusion:
    tried = {}
    for discount in DISCOUNTS:
        lists, _ = ordered(pool, np.round(plain - discount * _doublings(pool), 6), k)
        tried[discount] = mean_list_ndcg(lists, wanted)
    least = (1 - variety) * max(tried.values())
    discount = max(size for size, value in tried.items() if value >= least)
    return replace(fusion, discount=discount, values={**fusion.values, "listed": tried[discount]})


def mean_list_ndcg(lists: np.ndarray, relevant: Sequence[np.ndarray]) -> float:
    """lists (n, k), -1 = none; relevant: n arrays of columns, each at least one -> mean nDCG@k."""
    if not len(relevant):
        return 0.0
    sizes = np.array([len(wanted) for wanted in relevant])
    return float(arrays.ranking_at(arrays.hits_of(lists, relevant), sizes, lists.shape[1])["ndcg"].mean())


def joined(pools: Sequence[Pool]) -> Pool:
    """Pools one after another; a person of two pools counts as two."""
    if len(pools) == 1:
        return pools[0]
    starts = np.concatenate([[0], np.cumsum(np.concatenate([np.diff(pool.starts) for pool in pools]))])
    names = ("columns", "values", "places", "context")
    parts = [np.concatenate([getattr(pool, name) for pool in pools]) for name in names]
    return Pool(np.concatenate([pool.people for pool in pools]), starts, *parts)


def unit_range(pool: Pool, scores: np.ndarray) -> np.ndarray:
    """Scores of each person's candidates brought to [0, 1], so that a discount means the same for every method."""
    if not len(scores):
        return scores
    first = np.minimum(pool.starts[:-1], len(scores) - 1)  # a person without a candidate
    low = np.minimum.reduceat(scores, first)[pool.owner]
    high = np.maximum.reduceat(scores, first)[pool.owner]
    return (scores - low) / np.maximum(high - low, 1e-12)


def _doublings(pool: Pool) -> np.ndarray:
    """(C,) log2 of an item's people; 0 for a person without a history, who has nothing but popularity to go by."""
    return np.where(pool.context[:, 1] > 0, pool.context[:, 0], 0.0) / np.log(2.0)
