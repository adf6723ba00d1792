"""BM25 over item documents of weighted fields."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ...text.words import content_of

K1, B = 1.2, 0.75


@dataclass(frozen=True)
class Bm25:
    """terms: term -> row; weights: (V, I) CSR, what a term adds to an item's score; frequency: (V,) items with it."""

    terms: Mapping[str, int]
    weights: sp.csr_matrix
    frequency: np.ndarray

    def score(self, query: Iterable[str]) -> np.ndarray:
        """Terms -> (I,) float32: the sum of their weights; unknown terms add nothing, a repeated one counts once."""
        rows = sorted({self.terms[term] for term in query if term in self.terms})
        return np.asarray(self.weights[rows].sum(axis=0), np.float32).ravel()

    def matched(self, query: Sequence[str], item: int) -> list[str]:
        """The terms of `query` that stand in the item's document, heaviest first, ties by term."""
        indexed = [term for term in dict.fromkeys(query) if term in self.terms]
        weights = {term: float(self.weights[self.terms[term], item]) for term in indexed}
        return sorted((term for term in indexed if weights[term] > 0), key=lambda term: (-weights[term], term))

    def holders(self, term: str) -> np.ndarray:
        """Items whose document holds `term`, ascending; none for an unknown one."""
        return np.sort(self.weights[self.terms[term]].indices) if term in self.terms else np.empty(0, np.int64)


def fit_bm25(documents: Sequence[Sequence[tuple[str, float]]]) -> Bm25:
    """Per item its (text, weight) fields -> the index.

    A field's weight multiplies its term counts before saturation, BM25's form for weighted fields (Robertson, Zaragoza
    and Taylor, 2004): weight(t, d) = idf_t * tf (k1 + 1) / (tf + k1 (1 - b + b len_d / mean len)), k1 = 1.2, b = 0.75,
    idf_t = ln(1 + (N - n_t + 0.5) / (n_t + 0.5)). Lemmas that are no stop words are the terms.
    """
    terms: dict[str, int] = {}
    rows, columns, counts = [], [], []
    for item, fields in enumerate(documents):
        values: dict[int, float] = {}
        for text, weight in fields:
            for lemma in content_of(text):
                place = terms.setdefault(lemma, len(terms))
                values[place] = values.get(place, 0.0) + weight
        rows += values.keys()
        columns += [item] * len(values)
        counts += values.values()
    shape = (len(terms), len(documents))
    tf = sp.coo_matrix((np.array(counts, np.float64), (rows, columns)), shape)
    lengths = np.asarray(tf.sum(axis=0)).ravel()
    relative = lengths / max(lengths.mean(), 1e-9) if len(lengths) else lengths
    frequency = np.bincount(tf.row, minlength=len(terms))
    idf = np.log1p((len(documents) - frequency + 0.5) / (frequency + 0.5))
    saturated = tf.data * (K1 + 1) / (tf.data + K1 * (1 - B + B * relative[tf.col]))
    weights = sp.csr_matrix(((idf[tf.row] * saturated).astype(np.float32), (tf.row, tf.col)), shape)
    return Bm25(terms, weights, frequency)
