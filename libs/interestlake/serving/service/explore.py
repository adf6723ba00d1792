"""Chance in a served list, and the probability of what is shown: without it logs say nothing of another policy."""

import random
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Shown:
    """Rows of a list in their order, and of each the probability with which it was shown at its place."""

    rows: Sequence[dict]
    propensities: Sequence[float]


def explore(ranked: Sequence[dict], k: int, share: float, chance: random.Random) -> Shown:
    """The first k of `ranked`, best first; with probability `share` one of their lower places has one of the next k.

    Place and item are drawn evenly: of n lower places (the lower half, rounded up) and m next rows, an own row of a
    lower place has propensity 1 - share / n, a drawn one share / (n m), the upper places 1. Without next rows nothing
    is drawn. share in [0, 1].
    """
    first, following = list(ranked[:k]), ranked[k : 2 * k]
    upper = len(first) // 2
    lower = len(first) - upper
    if not share or not following or not lower:
        return Shown(first, [1.0] * len(first))
    propensities = [1.0] * upper + [1.0 - share / lower] * lower
    if chance.random() < share:
        place = upper + chance.randrange(lower)
        first[place] = following[chance.randrange(len(following))]
        propensities[place] = share / (lower * len(following))
    return Shown(first, propensities)
