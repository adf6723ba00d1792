"""Lists that repeat themselves less: maximal marginal relevance."""

import numpy as np

RERANKED = 50  # fused items that a re-ranking picks from


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
    picked, kept = np.full((people, k), -1, np.int32), np.zeros((people, k))
    everyone = np.arange(people)
    for place in range(min(k, m)):
        value = np.where(left, (1 - diversity) * relevance - diversity * likeness, -np.inf)
        best = value.argmax(axis=1)
        found = left[everyone, best]
        picked[found, place] = columns[everyone, best][found]
        kept[found, place] = scores[everyone, best][found]
        left[everyone, best] = False
        cosine = np.einsum("nmd,nd->nm", given, given[everyone, best])
        likeness = np.maximum(likeness, cosine) if place else cosine
    return picked, kept
