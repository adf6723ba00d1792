"""Many ranked proposals -> one list: normalise each source per person, add with weights, keep what each source gave."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .blocks import Proposal
from .guard import Guard

SHIFT, SPAN = 4.0, 10.0  # standard scores from -4 to 6 become values from 0 to 1
LEAST = 0.001  # a proposal is never worth nothing
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
    """Scores of one proposal -> values in [LEAST, 1]: (z + 4) / 10, z = (s - mean) / standard deviation.

    So being proposed counts, and standing out among the source's own proposals counts more; 0.4 where all tie.
    Example: [5, 4, 3] -> z = [1.225, 0, -1.225] -> [0.522, 0.4, 0.278].
    """
    if len(scores) == 0:
        return np.empty(0)
    deviation = scores.std()
    centred = scores - scores.mean()
    standard = centred / deviation if deviation > 1e-12 * np.abs(scores).max() else np.zeros(len(scores))
    return np.clip((standard + SHIFT) / SPAN, LEAST, 1.0)


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


def fuse_within(
    guard: Guard | None, candidates: Candidates, weights: np.ndarray, limit: int
) -> tuple[np.ndarray, np.ndarray]:
    """`fuse`, and under a guard with a limit per group the best list that keeps it."""
    if guard is None or not guard.max_per_group:
        return fuse(candidates, weights, limit)
    best, scores = fuse(candidates, weights, len(candidates.columns))
    kept = guard.capped(candidates.columns[best], limit)
    return best[kept], scores[kept]


def shares(candidates: Candidates, positions: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """(len(positions), S): what each source adds to a fused score, rows sum to 1."""
    parts = candidates.values[positions] * weights
    return parts / parts.sum(axis=1, keepdims=True)


def segment_of(history: int, cold_history: int) -> str:
    """"cold" for fewer than `cold_history` items, else "warm"."""
    return "cold" if history < cold_history else "warm"
