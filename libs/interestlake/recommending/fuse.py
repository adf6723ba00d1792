"""Many ranked proposals -> one list: normalise each source per person, add with weights, keep what each source gave."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .blocks import Proposal

FLOOR = 0.01  # what a source's last proposal is worth, its first being 1
DECIMALS = 6
SEGMENTS = ("warm", "cold")


@dataclass(frozen=True)
class Candidates:
    """The union of one person's proposals.

    columns: (C,) ascending; values: (C, S) in [0, 1], 0 where a source did not propose the item.
    """

    columns: np.ndarray
    values: np.ndarray


def normalise(scores: np.ndarray) -> np.ndarray:
    """Scores of one proposal, best first -> [FLOOR, 1]: FLOOR + (1 - FLOOR) * (s - min) / (max - min); 1 where all tie.

    Example: [5, 4, 3] -> [1, 0.505, 0.01].
    """
    if len(scores) == 0:
        return np.empty(0)
    spread = scores[0] - scores[-1]
    if spread <= 0:
        return np.ones(len(scores))
    return FLOOR + (1 - FLOOR) * (scores - scores[-1]) / spread


def union(proposals: Sequence[Proposal]) -> Candidates:
    """S proposals of one person -> their union with each source's normalised score."""
    columns = np.unique(np.concatenate([chosen for chosen, _ in proposals]))
    values = np.zeros((len(columns), len(proposals)))
    for source, (chosen, scores) in enumerate(proposals):
        values[np.searchsorted(columns, chosen), source] = normalise(scores)
    return Candidates(columns, values)


def order_keys(candidates: Candidates, weights: np.ndarray) -> np.ndarray:
    """(C, W) whole numbers, larger is better, all different in a column: fused score first, then the lower column.

    weights: (W, S), rows on the simplex. Scores are rounded to 1e-6 before they are compared; a key below C is a
    score of 0.
    """
    count = len(candidates.columns)
    fused = np.round(candidates.values @ weights.T * 10**DECIMALS).astype(np.int64)  # (C, S) @ (S, W) -> (C, W)
    return fused * count + np.arange(count - 1, -1, -1)[:, None]


def fuse(candidates: Candidates, weights: np.ndarray, limit: int) -> tuple[np.ndarray, np.ndarray]:
    """The best `limit` candidates under (S,) `weights` -> (positions in `candidates`, fused scores), best first.

    A candidate that only sources without weight proposed scores 0 and is left out.
    """
    keys = order_keys(candidates, weights[None, :])[:, 0]
    best = np.argsort(-keys, kind="stable")[:limit]
    best = best[keys[best] >= len(candidates.columns)]
    return best, np.round(candidates.values[best] @ weights, DECIMALS)


def shares(candidates: Candidates, positions: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """(len(positions), S): what each source adds to a fused score, rows sum to 1."""
    parts = candidates.values[positions] * weights
    return parts / parts.sum(axis=1, keepdims=True)


def segment_of(history: int, cold_history: int) -> str:
    """"cold" for fewer than `cold_history` items, else "warm"."""
    return "cold" if history < cold_history else "warm"
