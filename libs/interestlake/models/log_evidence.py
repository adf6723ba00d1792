"""Directed co-occurrence as evidence: a step counts by the logarithm of how much more often than by chance it is."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ..evaluation.search import Grid
from ..interactions.batch import UserBatch
from ..interactions.pairs import Pairs
from ..interactions.side_information import SideInformation
from ..interactions.sparse_parts import block_of
from .fitted import Fitted
from .model import LEAST, NEXT, Cost, Model, Size
from .opinions import SPARSE_CELLS, Opinions, sparse_or_dense
from .scorer import Scorer
from .transitions import transition_edges


@dataclass(frozen=True)
class LogEvidence(Scorer):
    """score_ua = e_ua + background_a with e_ua = sum_j w_uj E_ja where e_ua > 0; else 0: no evidence, no opinion.

    A Markov chain smoothed by a uniform prior, as log probabilities less the terms that are equal for all items (the
    count model of Spotify's sequential capacity probes, 2026). evidence E: (I, I) CSR float32 >= 0, row = item of the
    history; background: (I,) float32 >= 0. w_u sums to 1: the history's weights or, with a recency or a decay, the
    newest items', place^-recency * decay^(place - 1), place 1 the newest. An item seen and not liked has none.
    """

    name: str
    evidence: sp.csr_matrix
    background: np.ndarray
    recency: float = 0.0
    decay: float = 1.0

    def given(self, batch: UserBatch) -> sp.csr_matrix:
        """(B, I) w, rows that sum to 1 or are empty."""
        given = batch.history
        if self.recency or self.decay < 1.0:
            place = 1.0 / batch.recent.data.astype(np.float64)
            weight = place**-self.recency * self.decay ** (place - 1.0)
            given = sp.csr_matrix((weight, batch.recent.indices, batch.recent.indptr), batch.recent.shape)
            given = sp.csr_matrix(given.multiply(batch.history > 0))
        total = np.asarray(given.sum(axis=1), dtype=np.float64).ravel()
        share = 1.0 / np.where(total > 0, total, 1.0)
        weight = (given.data * np.repeat(share, np.diff(given.indptr))).astype(np.float32)
        return sp.csr_matrix((weight, given.indices, given.indptr), given.shape)

    def score(self, batch: UserBatch) -> np.ndarray:
        scores = (self.given(batch) @ self.evidence).toarray()  # (B, I) @ (I, I) -> (B, I)
        return np.add(scores, self.background, out=scores, where=scores > 0)

    def opinions(self, batch: UserBatch) -> Opinions:
        product = sp.csr_matrix(self.given(batch) @ self.evidence, dtype=np.float32)
        product.data += np.where(product.data > 0, self.background[product.indices], np.float32(0.0))
        return sparse_or_dense(product)

    def cells(self, items: int) -> int:
        return min(items, SPARSE_CELLS)

    def contributions(self, batch: UserBatch, row: int, columns: np.ndarray) -> np.ndarray:
        """The background is shared among the history items as their evidence is."""
        chosen, weight = batch.chosen(row)
        if self.recency or self.decay < 1.0:
            recent = batch.recency_of(row, chosen).astype(np.float64)
            place = 1.0 / np.where(recent > 0, recent, 1.0)
            weight = np.where((recent > 0) & (weight > 0), place**-self.recency * self.decay ** (place - 1.0), 0.0)
        total = weight.sum(dtype=np.float64)
        weight = (weight / (total if total > 0 else 1.0)).astype(np.float32)
        parts = weight[:, None] * block_of(self.evidence, chosen, columns).astype(np.float64)
        total = parts.sum(axis=0)
        return parts * np.where(total > 0, 1.0 + self.background[columns] / np.where(total > 0, total, 1.0), 0.0)


def log_evidence(counts: sp.csr_matrix, smoothing: float) -> sp.csr_matrix:
    """C (I, I) >= 0 -> log(1 + C_ja / smoothing), entry by entry: log(1 + C_ja I / tau) with tau = smoothing * I, the
    logarithm of (C_ja + tau / I) / (tau / I)."""
    return sp.csr_matrix((np.log1p(counts.data / np.float32(smoothing)), counts.indices, counts.indptr), counts.shape)


def log_background(people: np.ndarray, weight: float) -> np.ndarray:
    """(I,) people per item -> (I,) float32 weight * log p_a, p_a = (n_a + 1) / (sum n + I), less the least of them.

    That moves no item past another. weight < 0 speaks for rarer items.
    """
    term = weight * np.log(people + 1.0)
    return (term - term.min()).astype(np.float32)


def grids(pairs: Pairs) -> dict[str, Grid]:
    """The half-life is searched where there are times."""
    searched = {
        "decay": Grid((0.4, 0.6, 0.8, 1.0)),
        "backward": Grid((0.0, 0.3, 1.0)),
        "discount": Grid((0.0, 0.25, 0.4, 0.5)),
        "smoothing": Grid((0.1, 0.3, 1.0), 3.0, low=1e-3, high=1e4),
        "window": Grid((3, 10, 30), 3, low=1, high=90),
        "popularity": Grid((-0.3, -0.1, -0.03, 0.0, 0.03, 0.1, 0.3)),
        "gap_power": Grid((0.0, 0.5, 1.0)),
        "recency": Grid((0.0, 0.5, 1.0), 2.0, high=8),
    }
    return {**searched, "half_life_days": Grid((0.0, 0.04, 1.0, 30.0, 180.0), start=0)} if pairs.timed else searched


def fit(pairs: Pairs, side: SideInformation, params: Mapping, seed: int) -> Fitted:
    """See `LogEvidence` and `transitions.transition_edges`; popularity: the weight of `log_background`.

    discount: the counts of j and a are divided by (n_j n_a)^discount, and multiplied by the mean n^2 to the same power,
    so that a smoothing means the same under all.
    """
    liked = pairs.weights > 0
    users, items, size = pairs.users[liked], pairs.items[liked], pairs.shape[1]
    people, discount = np.bincount(items, minlength=size), params["discount"]
    counts = transition_edges(
        users,
        items,
        pairs.times[liked] if pairs.timed else None,
        size,
        discount=discount,
        **{name: params[name] for name in ("window", "gap_power", "backward", "half_life_days") if name in params},
    )
    mean = people[people > 0].mean() if len(items) else 1.0
    evidence = log_evidence(counts, params["smoothing"] / mean ** (2 * discount))
    background = log_background(people, params["popularity"])
    return Fitted(LogEvidence("log_evidence", evidence, background, params["recency"], params["decay"]))


def cost(size: Size) -> Cost:
    """Steps within a window of ten, and their logarithms."""
    return Cost(LEAST + 88.0 * size.steps(10), 1.2e-7 * size.steps(10))


LOG_EVIDENCE = Model(
    "log_evidence",
    "sequence",
    NEXT,
    fit,
    cost,
    grids=grids,
    budget=40,
    quick={
        "decay": 0.8,
        "backward": 0.3,
        "discount": 0.25,
        "smoothing": 1.0,
        "window": 10,
        "popularity": 0.0,
        "gap_power": 0.5,
        "recency": 0.0,
    },
)
