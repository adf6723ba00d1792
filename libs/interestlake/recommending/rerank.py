"""A fused pool -> lists: ordered, kept within the rails of groups, re-ranked by maximal marginal relevance, and cut."""

import numpy as np

from .guard import Guard
from .pool import Pool, ordered

RERANKED = 50  # fused items that a re-ranking picks from


def list_pool(
    pool: Pool,
    scores: np.ndarray,
    length: int,
    alike: np.ndarray | None = None,
    diversity: float = 0.0,
    guard: Guard | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """(C,) fused scores -> each person's best columns (n, length) int32, -1 = none, and their scores, best first.

    alike: (I, d) unit vectors of the items, without which, or with diversity 0, nothing is re-ranked; guard: at most
    max_per_group of a group, in the list and among what the re-ranking picks from.
    """
    diverse = diversity > 0 and alike is not None
    capped = guard if guard is not None and guard.max_per_group else None
    limit = max(length, RERANKED) if diverse else length
    if capped:
        widest = int(np.diff(pool.starts).max(initial=0))
        columns, values = _capped(*ordered(pool, scores, max(widest, limit)), capped, limit)
    else:
        columns, values = ordered(pool, scores, limit)
    if diverse:
        picks = limit if capped else length  # the rails may leave out some of what was picked
        columns, values = maximal_marginal_relevance(columns, values, alike, diversity, picks)
        if capped:
            columns, values = _capped(columns, values, capped, length)
    return columns, values


def _capped(columns: np.ndarray, values: np.ndarray, guard: Guard, limit: int) -> tuple[np.ndarray, np.ndarray]:
    picked, scores = np.full((len(columns), limit), -1, np.int32), np.zeros((len(columns), limit))
    for row, listed in enumerate(columns):
        shown = listed[listed >= 0]
        best = guard.capped(shown, limit)
        picked[row, : len(best)], scores[row, : len(best)] = shown[best], values[row, best]
    return picked, scores


def maximal_marginal_relevance(
    columns: np.ndarray, scores: np.ndarray, vectors: np.ndarray, diversity: float, k: int
) -> tuple[np.ndarray, np.ndarray]:
    """Candidates best first -> the k picked one by one, and their scores (Carbonell and Goldstein 1998).

    columns: (n, m) items, -1 = none at the end; scores: (n, m); vectors: (I, d) unit length, zeros are like nothing;
    diversity in [0, 1]: the next item has the largest (1 - diversity) x relevance - diversity x its largest cosine with
    an item already picked, relevance being the score brought to [0, 1] among the person's candidates. Ties go to the
    better candidate; 0 keeps the order. Returns (n, k) int32, -1 = none, and (n, k) scores.
    """
    people, m = columns.shape
    shown = columns >= 0
    low = np.where(shown, scores, np.inf).min(axis=1, initial=np.inf)
    high = np.where(shown, scores, -np.inf).max(axis=1, initial=-np.inf)
    span = np.where(high > low, high - low, 1.0)
    relevance = np.where(shown, (scores - np.where(np.isfinite(low), low, 0.0)[:, None]) / span[:, None], -np.inf)
    given = vectors[np.maximum(columns, 0)]  # (n, m, d)
    likeness = np.zeros((people, m))
    left = shown.copy()
    picked, picked_scores = np.full((people, k), -1, np.int32), np.zeros((people, k))
    everyone = np.arange(people)
    for place in range(min(k, m)):
        value = np.where(left, (1 - diversity) * relevance - diversity * likeness, -np.inf)
        best = value.argmax(axis=1)
        open_people = left[everyone, best]
        picked[open_people, place] = columns[everyone, best][open_people]
        picked_scores[open_people, place] = scores[everyone, best][open_people]
        left[everyone, best] = False
        cosine = np.einsum("nmd,nd->nm", given, given[everyone, best])
        likeness = np.maximum(likeness, cosine) if place else cosine
    return picked, picked_scores
