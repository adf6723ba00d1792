"""Intervals that hold at every look at once: asymptotic confidence sequences of a mean.

Robbins' normal mixture (1970), with an estimated variance (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas 2021, eq. 2
and theorem 2.2); the p-value is that of the mixture sequential probability ratio test (Johari, Pekelis and Walsh 2017).
"""

import math

import numpy as np
from scipy.special import lambertw


def mixture_variance(people: float, error: float) -> float:
    """rho^2, of one person's standard deviation: the interval is narrowest, for its price, once `people` have come.

    rho^2 = (-W(-error^2 / e) - 1) / people, W the lower branch of Lambert's function (Waudby-Smith et al., appendix).
    It has to be chosen before the figures are seen. error: 1 - the level, in (0, 1).
    """
    return float(-lambertw(-(error**2) * math.exp(-1), -1).real - 1) / people


def radius(variance: float | np.ndarray, people: float | np.ndarray, rho2: float, error: float) -> np.ndarray:
    """Half the width of the interval of an estimate, such that all looks hold it with probability 1 - error.

    variance: of the estimate (the squared standard error), people: behind it; r^2 = variance (1 + 1/(people rho^2))
    (2 ln(1/error) + ln(people rho^2 + 1)).
    """
    information = np.asarray(people, float) * rho2
    return np.sqrt(variance * (1 + 1 / information) * (-2 * math.log(error) + np.log1p(information)))


def p_value(estimate: float, variance: float, people: float, rho2: float) -> float:
    """The least error at which `radius` keeps 0 out, at most 1: below `error` at some look with probability `error`."""
    if variance <= 0:
        return 1.0
    information = people * rho2
    exponent = 0.5 * (math.log1p(information) - estimate**2 / variance * information / (information + 1))
    return math.exp(min(exponent, 0.0))
