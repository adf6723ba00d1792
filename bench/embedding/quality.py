"""What is left of the neighbours when vectors are computed another way."""

from dataclasses import dataclass

import numpy as np

from interestlake.evaluation.arrays import ndcg_at

TOP = 10


@dataclass(frozen=True)
class Quality:
    """Against the reference: mean and least cosine, share of the same ten nearest, nDCG@10 and its relative change."""

    mean_cosine: float
    min_cosine: float
    same_top: float
    ndcg: float
    ndcg_change: float


def quality(documents, queries, reference_documents, reference_queries, items: np.ndarray) -> Quality:
    """All vectors (n, dimension) of unit length; items (n) names the item of each document and of its query."""
    cosines = (documents * reference_documents).sum(axis=1)
    ndcg = retrieval_ndcg(documents, queries, items)
    before = retrieval_ndcg(reference_documents, reference_queries, items)
    same = top_agreement(documents, reference_documents)
    return Quality(float(cosines.mean()), float(cosines.min()), same, ndcg, ndcg / before - 1)


def nearest(scores: np.ndarray) -> np.ndarray:
    """(n, m) -> (n, TOP) columns of the largest, ties by column."""
    return np.argsort(-scores, axis=1, kind="stable")[:, :TOP]


def top_agreement(one: np.ndarray, other: np.ndarray) -> float:
    """Mean share of a document's ten nearest others that both ways find."""
    lists = []
    for vectors in (one, other):
        scores = vectors @ vectors.T
        np.fill_diagonal(scores, -np.inf)
        lists.append(nearest(scores))
    return float(np.mean([len(set(a) & set(b)) / TOP for a, b in zip(*lists, strict=True)]))


def retrieval_ndcg(documents: np.ndarray, queries: np.ndarray, items: np.ndarray) -> float:
    """nDCG@10 of query -> documents of its item, its own document left out; queries without others do not count."""
    scores = queries @ documents.T
    np.fill_diagonal(scores, -np.inf)
    relevant = items[:, None] == items[None, :]
    np.fill_diagonal(relevant, False)
    gains = np.take_along_axis(relevant, nearest(scores), axis=1)
    sizes = relevant.sum(axis=1)
    return float(ndcg_at(gains[sizes > 0], sizes[sizes > 0], TOP).mean())
