"""Scores of unseen items as probabilities: temperatures, perplexity, and how far confidence and outcome part."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp

COLDEST, HOTTEST = 0.005, 200.0
BINS = 15
LISTED = 10


class Temperatures(NamedTuple):
    """What the logits of people with a history are divided by, and of people without one."""

    known: float = 1.0
    stranger: float = 1.0

    def of(self, lengths: np.ndarray) -> np.ndarray:
        """Lengths of histories (n,) -> (n, 1)."""
        return np.where(lengths > 0, self.known, self.stranger)[:, None]


@dataclass(frozen=True)
class Scored:
    """Scores of n people over I items as logits, what each has seen, and the pairs that were held out.

    scores (n, I) float32; seen (n, I), a stored entry is a seen item; rows, items (N,): held-out pairs, none seen.
    """

    scores: np.ndarray
    seen: sp.csr_matrix
    rows: np.ndarray
    items: np.ndarray

    @classmethod
    def of(cls, scores: np.ndarray, seen: sp.csr_matrix, relevant: Sequence[np.ndarray]) -> "Scored":
        """relevant: the held-out columns of each of the n people; those that were seen are left out."""
        rows = np.repeat(np.arange(len(relevant)), [len(columns) for columns in relevant])
        items = np.concatenate([*relevant, np.empty(0, np.int64)]).astype(np.int64)
        shown = sp.csr_matrix((np.ones(seen.nnz, bool), seen.indices, seen.indptr), seen.shape)
        open_to = ~np.asarray(shown[rows, items]).ravel().astype(bool) if len(rows) else np.zeros(0, bool)
        return cls(scores, seen, rows[open_to], items[open_to])

    def log_probabilities(self, temperatures: Temperatures) -> np.ndarray:
        """(n, I) float64: log softmax of scores / temperature over the items that a person has not seen."""
        logits = self.scores.astype(np.float64) / temperatures.of(np.diff(self.seen.indptr))
        logits[np.repeat(np.arange(len(logits)), np.diff(self.seen.indptr)), self.seen.indices] = -np.inf
        return logits - logsumexp(logits, axis=1, keepdims=True)


def fit_temperatures(scored: Scored) -> Temperatures:
    """Those under which the held-out pairs are likeliest (Guo et al., 2017), for people with a history and without one:
    what is known of somebody and the shares of all pairs go wrong in ways of their own. 1 without a pair."""
    with_history = np.diff(scored.seen.indptr)[scored.rows] > 0
    return Temperatures(*(_likeliest(replace(scored, rows=scored.rows[mine], items=scored.items[mine]))
                          for mine in (with_history, ~with_history)))  # fmt: skip


def _likeliest(scored: Scored) -> float:
    if not len(scored.rows):
        return 1.0

    def surprise(log_temperature: float) -> float:
        tried = Temperatures(*[float(np.exp(log_temperature))] * 2)
        return -float(scored.log_probabilities(tried)[scored.rows, scored.items].mean())

    optimum = minimize_scalar(surprise, bounds=np.log([COLDEST, HOTTEST]), method="bounded", options={"xatol": 1e-3})
    return float(np.exp(optimum.x))


def probability_figures(scored: Scored, temperatures: Temperatures) -> dict[str, float | None]:
    """perplexity: exp of the mean -log p of a held-out pair; calibration_error: of the likeliest item, `_10` of the ten
    likeliest together (`expected_calibration_error`). None without a pair."""
    if not len(scored.rows):
        return {"perplexity": None, "calibration_error": None, f"calibration_error_{LISTED}": None}
    log_probabilities = scored.log_probabilities(temperatures)
    figures: dict[str, float | None] = {
        "perplexity": float(np.exp(-log_probabilities[scored.rows, scored.items].mean()))
    }
    for name, count in (("calibration_error", 1), (f"calibration_error_{LISTED}", LISTED)):
        figures[name] = expected_calibration_error(*confidence_and_outcome(scored, log_probabilities, count))
    return figures


def confidence_and_outcome(scored: Scored, log_probabilities: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Log probabilities (n, I) -> per held-out pair: p of its person's `count` likeliest items together, and whether
    the pair's item is one of them. Ties go to the lower column."""
    top = np.argsort(-log_probabilities, axis=1, kind="stable")[:, :count]
    sure = np.exp(np.take_along_axis(log_probabilities, top, axis=1)).sum(axis=1)
    return sure[scored.rows], (top[scored.rows] == scored.items[:, None]).any(axis=1)


def bins_of(confidence: np.ndarray, outcome: np.ndarray) -> list[tuple[float, float, int]]:
    """-> (mean confidence, share of outcomes, pairs) of BINS parts of as many pairs each, least confident first.

    Parts of equal numbers, as in Nguyen and O'Connor (2015): over thousands of items nearly every confidence would lie
    in the first of fifteen parts of equal width.
    """
    parts = np.array_split(np.argsort(confidence, kind="stable"), BINS)
    return [(float(confidence[part].mean()), float(outcome[part].mean()), len(part)) for part in parts if len(part)]


def expected_calibration_error(confidence: np.ndarray, outcome: np.ndarray) -> float:
    """sum over the parts of `bins_of` of n_b / n |share of outcomes - mean confidence| (Guo et al., 2017)."""
    return sum(count / len(confidence) * abs(right - sure) for sure, right, count in bins_of(confidence, outcome))
