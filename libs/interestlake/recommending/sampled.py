"""The sampled protocol of the sequence literature: a held-out item is ranked among a few items drawn at random.

Krichene and Rendle (2020) show that such figures can order models differently from full rankings; they are here to
stand beside published numbers.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import scipy.sparse as sp

from ..interactions.held_out import HeldOut
from ..interactions.pairs import Pairs
from ..models.fitted import Fitted, blocks
from .fusion import Fusion
from .pool import gather, ordered

NEGATIVES = 100


def draw_candidates(held_out: HeldOut, histories: Pairs, negatives: int, seed: int) -> np.ndarray:
    """(n, 1 + negatives) columns per held-out person, ascending: the held-out item and items the person never chose.

    Drawn evenly without repeats, one seed per person's place; -1 fills up where the catalogue has fewer. A person
    whose held-out item is not in the catalogue has negatives alone.
    """
    size = histories.shape[1]
    asked = np.full((len(held_out.people), 1 + negatives), -1, np.int32)
    for row, (person, relevant) in enumerate(zip(held_out.people, held_out.relevant, strict=True)):
        out = np.concatenate([histories.matrix[person].indices, relevant])
        random = np.random.default_rng((seed, row))
        drawn = (
            random.permutation(size)[: negatives + len(out)]
            if size <= 50_000
            else random.choice(size, negatives + len(out), replace=False)
        )
        drawn = drawn[~np.isin(drawn, out)][:negatives]
        chosen = np.sort(np.concatenate([relevant[:1], drawn]))
        asked[row, len(asked[row]) - len(chosen) :] = chosen
    return asked


def sampled_lists(
    models: Mapping[str, Fitted],
    fusion: Fusion,
    fused_name: str,
    histories: Pairs,
    people: np.ndarray,
    asked: np.ndarray,
    k: int,
    friends: sp.csr_matrix | None,
) -> dict[str, np.ndarray]:
    """model -> (n, k) best of each person's asked columns, -1 = none; ties by the lower column, no opinion last."""
    lists = {name: _best(fitted, histories, people, asked, k, friends) for name, fitted in models.items()}
    pool = gather(list(models.values()), histories, people, friends, asked)
    lists[fused_name] = ordered(pool, fusion.scores(pool), k)[0]
    return lists


def _best(
    fitted: Fitted, histories: Pairs, people: np.ndarray, asked: np.ndarray, k: int, friends: sp.csr_matrix | None
) -> np.ndarray:
    parts: list[np.ndarray] = []
    start = 0
    for block in blocks(people, histories.shape[1]):
        mine = asked[start : start + len(block)]
        start += len(block)
        scores = fitted.score(histories, block, friends)
        given = np.take_along_axis(scores, np.maximum(mine, 0), axis=1).astype(np.float64)
        given = np.where(mine < 0, -np.inf, np.where(given == 0.0, np.finfo(float).min, given))
        order = np.argsort(-given, axis=1, kind="stable")[:, :k]
        parts.append(np.take_along_axis(mine, order, axis=1))
    return _padded(np.concatenate(parts) if parts else np.empty((0, k), np.int32), k)


def _padded(lists: Sequence[np.ndarray] | np.ndarray, k: int) -> np.ndarray:
    short = k - np.shape(lists)[1]
    return np.pad(lists, ((0, 0), (0, max(short, 0))), constant_values=-1)
