"""Why an item stands in a person's list: what each source adds, and which items of the history speak for it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..interactions.batch import UserBatch
from ..interactions.sparse_parts import row_of
from ..models.scorer import Scorer
from .recommender import ItemInterests

MAX_EVIDENCE = 3
# their evidence was chosen by the same people, which a reason may say: counts of people, or steps within histories
COUNTED = ("item_knn", "transitions", "log_evidence")


@dataclass(frozen=True)
class Evidence:
    """Items of the history that speak for one item, strongest first.

    columns: at most MAX_EVIDENCE, over all sources with a share. by_source: source -> every item that speaks through
    that source, for each source whose score is a sum over history items.
    """

    columns: np.ndarray
    by_source: dict[str, np.ndarray]


def find_evidence(
    batch: UserBatch,
    person: int,
    columns: np.ndarray,
    scorers: Sequence[Scorer],
    shares: np.ndarray,
    unnamed: np.ndarray | None = None,
    less_liked: np.ndarray | None = None,
) -> list[Evidence]:
    """Evidence per item of one person's list.

    columns: (n,); shares: (n, S) over `scorers`. A history item's strength is the part of the fused score that comes
    through it: share_s * c_i / sum of the positive c over the history, summed over the sources s whose score is a sum
    of contributions c. Only positive strength counts; ties go to the lower column. unnamed: (I,) bool, history items
    that are never evidence; less_liked: columns of those that speak only where no other does.
    """
    history, _ = batch.chosen(person)
    liked = np.ones(len(history), bool) if less_liked is None else ~np.isin(history, less_liked)
    strength = np.zeros((len(history), len(columns)))
    parts: dict[str, np.ndarray] = {}
    for place, scorer in enumerate(scorers):
        if len(history) == 0 or not shares[:, place].any():
            continue
        added = scorer.contributions(batch, person, columns)  # (H, n)
        if added is None:
            continue
        added = np.maximum(added, 0.0)
        total = added.sum(axis=0)
        part = added / np.where(total > 0, total, 1.0) * shares[:, place]
        if unnamed is not None:
            part[unnamed[history]] = 0.0
        parts[scorer.name] = part
        strength += part
    return [
        Evidence(
            _strongest(history, strength[:, item], liked)[:MAX_EVIDENCE],
            {name: _strongest(history, part[:, item], liked) for name, part in parts.items()},
        )
        for item in range(len(columns))
    ]


def less_liked_of(weights: np.ndarray) -> np.ndarray:
    """(H,) weights of a history -> bool: liked less than the history in the mean, as a low rating is."""
    weights = np.asarray(weights, np.float64)
    return weights < weights.mean() - 1e-6 if len(weights) else np.zeros(0, bool)


def _strongest(history: np.ndarray, strength: np.ndarray, liked: np.ndarray) -> np.ndarray:
    order = np.lexsort((history, -np.round(strength, 9)))
    order = order[strength[order] > 1e-9]
    return history[order[liked[order]] if liked[order].any() else order]


def shared_interests(interests: ItemInterests, column: int, own: Sequence[str], shares: Sequence[float]) -> list[str]:
    """Names of the interests that item and person share, by item's weight times person's share, ties by id."""
    carried, values = row_of(interests.weights, column)
    weights = dict(zip(interests.ids[carried], values, strict=True))
    common = [(-weights[mine] * share, mine) for mine, share in zip(own, shares, strict=True) if mine in weights]
    return [str(interests.names[np.searchsorted(interests.ids, mine)]) for _, mine in sorted(common)]
