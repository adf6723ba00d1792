"""Whether histories say when things were chosen, or only that much was told at one sitting, as ratings are."""

import numpy as np

from .pairs import Pairs

APART_S = 120.0  # between two choices of a person, below which they were told one after the other, not made so
LEAST_APART = 0.5  # share of the steps, from which "soon before or after" says something


def in_sequence(pairs: Pairs) -> bool:
    """Whether LEAST_APART or more of the steps from one choice of a person to the next take APART_S seconds or longer.

    False where the pairs have no times, and where nobody has two.
    """
    same = pairs.users[1:] == pairs.users[:-1]
    if not pairs.timed or not same.any():
        return False
    return bool((np.diff(pairs.times)[same] >= APART_S).mean() >= LEAST_APART)
