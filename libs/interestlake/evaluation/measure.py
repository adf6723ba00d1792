"""One model's lists against the test pairs, and what it cost."""

from collections.abc import Sequence

import numpy as np

from ..interactions.held_out import HeldOut
from ..interactions.pairs import Pairs
from . import arrays


def evaluate(lists: np.ndarray, held_out: HeldOut, pairs: Pairs, vectors: np.ndarray | None, ks: Sequence[int]) -> dict:
    """lists (n, >= max(ks)) of `held_out.people` -> {"ndcg@10": mean, ...}: every metric of the design but stability.

    coverage, novelty and diversity are of the lists of these people; fairness: worst / best group's nDCG by history
    length; vectors: (I, d) unit vectors for diversity, None = without it.
    """
    hits, figures = arrays.hits_of(lists, held_out.relevant), {}
    counts = np.asarray((pairs.matrix > 0).sum(axis=0)).ravel()
    people = int((np.diff(pairs.starts) > 0).sum())
    for k in ks:
        per_person = arrays.ranking_at(hits, held_out.sizes, k)
        figures |= {f"{name}@{k}": float(values.mean()) for name, values in per_person.items()}
        figures[f"satisfaction@{k}"] = float(arrays.satisfaction(lists, held_out.weights, k).mean())
        figures[f"fairness@{k}"] = arrays.fairness(per_person["ndcg"], held_out.groups)
        figures[f"coverage@{k}"] = arrays.coverage(lists[:, :k], pairs.shape[1])
        figures[f"novelty@{k}"] = arrays.novelty(lists[:, :k], counts, people)
        if vectors is not None:
            figures[f"diversity@{k}"] = arrays.diversity(lists[:, :k], vectors)
    return figures
