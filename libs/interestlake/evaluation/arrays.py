"""The metrics of `ranking` and `variety` over arrays, for lists that one machine holds."""

from collections.abc import Sequence

import numpy as np


def hits_of(lists: np.ndarray, relevant: Sequence[np.ndarray]) -> np.ndarray:
    """lists (U, k) item columns, -1 = none; relevant: U arrays of columns -> (U, k) bool."""
    return np.stack([np.isin(row, columns) & (row >= 0) for row, columns in zip(lists, relevant, strict=True)])


def ndcg_at(hits: np.ndarray, sizes: np.ndarray, k: int) -> np.ndarray:
    """hits (U, length) bool, best first; sizes (U,) relevant items >= 1 -> (U,) nDCG at k, a list may be shorter.

    Binary gain, discount 1 / log2(rank + 1), over the gain of min(k, size) hits at the top (Järvelin and Kekäläinen
    2002). Example: hits at ranks 1 and 3 of 4 relevant items, k = 5 -> 1.5 / 2.562 = 0.586. The one numpy core; the
    same over Spark columns is `ranking.ndcg`.
    """
    discount = 1 / np.log2(np.arange(k) + 2)
    hits = hits[:, :k]
    return hits @ discount[: hits.shape[1]] / np.cumsum(discount)[np.minimum(sizes, k) - 1]


def ranking_at(hits: np.ndarray, sizes: np.ndarray, k: int) -> dict[str, np.ndarray]:
    """hits (U, length >= k) bool, sizes (U,) relevant items >= 1 -> metric -> (U,) as in `ranking.all_at`."""
    hits = hits[:, :k]
    count, best = hits.sum(axis=1), np.minimum(sizes, k)
    first = np.where(count > 0, hits.argmax(axis=1) + 1, np.inf)
    so_far = np.cumsum(hits, axis=1) / np.arange(1, k + 1)
    return {
        "precision": count / k,
        "recall": count / sizes,
        "f1": 2 * count / (k + sizes),
        "hit_rate": (count > 0).astype(np.float64),
        "map": (so_far * hits).sum(axis=1) / best,
        "ndcg": ndcg_at(hits, sizes, k),
        "mrr": 1 / first,
    }


def mean_list_ndcg(lists: np.ndarray, relevant: Sequence[np.ndarray]) -> float:
    """lists (n, k), -1 = none; relevant: n arrays of columns, each at least one -> mean nDCG@k; 0 for nobody."""
    if not len(relevant):
        return 0.0
    sizes = np.array([len(columns) for columns in relevant])
    return float(ranking_at(hits_of(lists, relevant), sizes, lists.shape[1])["ndcg"].mean())


def satisfaction(lists: np.ndarray, feedback: Sequence[dict[int, float]], k: int) -> np.ndarray:
    """Weighted feedback: sum of a list's held-out weights within k / the largest sum k items could have, (U,).

    feedback: per person, column -> weight >= 0; 0 where no weight is positive. Example: weights {3: 5, 8: 1}, k=1,
    list [8] -> 1/5.
    """
    values = []
    for row, weights in zip(lists[:, :k], feedback, strict=True):
        best = sum(sorted(weights.values(), reverse=True)[:k])
        values.append(sum(weights.get(int(column), 0.0) for column in row) / best if best else 0.0)
    return np.array(values)


def coverage(lists: np.ndarray, item_count: int) -> float:
    """Distinct items of the lists / items of the catalogue, as the rows of `table.spread`."""
    return len(np.unique(lists[lists >= 0])) / max(item_count, 1)


def novelty(lists: np.ndarray, user_counts: np.ndarray, people: int) -> float:
    """Mean over lists of the mean -log2(share of people) of their items, as `variety.novelty`; nan without a list."""
    bits = -np.log2(np.maximum(user_counts, 1) / max(people, 1))
    shown = lists >= 0
    some = shown.any(axis=1)
    item_bits = np.where(shown, bits[np.maximum(lists, 0)], 0.0)
    return float((item_bits[some].sum(axis=1) / shown[some].sum(axis=1)).mean()) if some.any() else float("nan")


def mean_dissimilarity(vectors: np.ndarray) -> float:
    """1 - mean cosine over all pairs of (n, d) unit rows, from one sum: (|sum v|^2 - n) / (n (n - 1)); nan for n < 2.

    Intra-list diversity (Smyth and McClave 2001). Example: [1,0], [1,0], [0,1] -> 1 - 1/3 = 0.667.
    """
    count = len(vectors)
    if count < 2:
        return float("nan")
    total = vectors.sum(axis=0, dtype=np.float64)
    return 1.0 - float(total @ total - count) / (count * (count - 1))


def dissimilarity_within(vectors: np.ndarray, some: np.ndarray, ks: Sequence[int]) -> np.ndarray:
    """(B, length, d) unit vectors, zeros where some (B, length) is false -> (B, len(ks)) `mean_dissimilarity` of the
    first k, ks ascending.

    Of n unit vectors of sum s, the pairs' cosines sum to (|s|^2 - n) / 2. nan for fewer than two.
    """
    lasts = np.minimum(np.asarray(ks), vectors.shape[1])
    starts = np.concatenate([[0], lasts[:-1]])
    parts = [vectors[:, first:last].sum(axis=1, dtype=np.float64) for first, last in zip(starts, lasts, strict=True)]
    alike = (np.cumsum(parts, axis=0) ** 2).sum(axis=2).T
    counts = np.cumsum(some, axis=1)[:, lasts - 1].astype(np.float64)
    pairs = np.where(counts > 1, counts * (counts - 1), np.nan)
    return 1 - (alike - counts) / pairs


def diversity(lists: np.ndarray, vectors: np.ndarray) -> float:
    """Mean over lists of `mean_dissimilarity` of their items' unit vectors (I, d); zeros are left out."""
    values = []
    for row in lists:
        shown = vectors[row[row >= 0]]
        values.append(mean_dissimilarity(shown[shown.any(axis=1)]))
    values = np.array(values)
    return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")


def fairness(values: np.ndarray, groups: np.ndarray) -> float:
    """Worst group mean / best group mean of one metric, 1 = equal; nan for fewer than two groups or a best of 0."""
    means = [values[groups == group].mean() for group in np.unique(groups)]
    return float(min(means) / max(means)) if len(means) > 1 and max(means) > 0 else float("nan")
