"""How far a day lies from the days before it: robust standard scores, and divergences of histograms."""

import numpy as np
from scipy.spatial.distance import jensenshannon

TO_SIGMA = 1.4826  # of the median absolute deviation, where values are normal
SMOOTH = 0.5  # added to every bin, so that an empty one has a finite logarithm


def spread(values: np.ndarray) -> float:
    """1.4826 x the median absolute deviation: a standard deviation that one bad day does not move (Hampel, 1974)."""
    return float(TO_SIGMA * np.median(np.abs(values - np.median(values)))) if len(values) else 0.0


def psi(day: np.ndarray, reference: np.ndarray) -> float:
    """Population stability index of counts (bins,), natural logarithm, less what chance alone gives it.

    sum (q - p) ln(q / p) over the shares; of n and N draws from one distribution of B bins it is near
    (B - 1)(1/n + 1/N) (Yurdakul, 2018), which is taken off; at least 0.
    """
    q, p = _shares(day), _shares(reference)
    by_chance = (len(q) - 1) * (1 / max(day.sum(), 1.0) + 1 / max(reference.sum(), 1.0))
    return max(float(np.sum((q - p) * np.log(q / p))) - by_chance, 0.0)


def divergence(day: np.ndarray, reference: np.ndarray) -> float:
    """Jensen-Shannon divergence of counts (bins,) in bits, in [0,1], less what chance alone gives it; at least 0.

    Of n and N draws from one distribution of B bins it is near (B - 1)(1/n + 1/N) / (8 ln 2), the second order of both
    Kullback-Leibler parts (Lin, 1991).
    """
    by_chance = (len(day) - 1) * (1 / max(day.sum(), 1.0) + 1 / max(reference.sum(), 1.0)) / (8 * np.log(2))
    return max(float(jensenshannon(_shares(day), _shares(reference), base=2) ** 2) - by_chance, 0.0)


def surprise(day: np.ndarray, reference: np.ndarray, days: np.ndarray) -> float:
    """Standard score of a day's histogram among those of the reference days, by `score_among`.

    day (bins,), reference (bins,) the sum of days (R, bins). The statistic is the divergence of a day from all the
    others times its draws, whose size under one distribution does not depend on how many there are.
    """
    usual = np.array([_scaled(one, reference - one) for one in days if one.sum() > 0])
    return score_among(_scaled(day, reference), usual, len(day) - 1)


def score_among(value: float, usual: np.ndarray, most_freedom: int) -> float:
    """Standard score of a sum of squares among others of its kind (R,).

    Taken as a chi-square variable times a factor. Its degrees of freedom, 1 to most_freedom, follow from median and
    `spread` of the others (Satterthwaite, 1946); its cube root is near normal (Wilson and Hilferty, 1931).
    """
    centre, width = float(np.median(usual)), spread(usual)
    if centre <= 0:
        return 0.0
    freedom = float(np.clip(2 * centre**2 / width**2 if width else most_freedom, 1.0, max(most_freedom, 1)))
    part = 2 / (9 * freedom)
    return float(((value / centre) ** (1 / 3) - (1 - part)) / np.sqrt(part))


def _scaled(day: np.ndarray, others: np.ndarray) -> float:
    draws = 1 / (1 / max(day.sum(), 1.0) + 1 / max(others.sum(), 1.0))
    return float(jensenshannon(_shares(day), _shares(others), base=2) ** 2) * draws + 1e-9


def _shares(counts: np.ndarray) -> np.ndarray:
    smoothed = counts + SMOOTH
    return smoothed / smoothed.sum()
