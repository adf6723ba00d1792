"""The worth of a policy that was never served, from logs of another: IPS, SNIPS and doubly robust, with intervals.

Of a logged row with propensity b of what was shown, the new policy's probability e of the same, and reward r, the
weight is w = e / b, cut to a bound where asked (Ionides 2008). q: a model's reward of what was shown, m: its mean under
the new policy.

    ips    sum(w r) / rows                        Horvitz and Thompson 1952
    snips  sum(w r) / sum(w)                      Swaminathan and Joachims 2015
    dr     sum(m + w (r - q)) / rows              Dudik, Langford and Li 2011
    logged sum(r) / rows                          what was served

Each is a ratio of sums over people, so that its error is that of its influence function, person by person: rows of one
person may depend on each other as they like.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from .moments import Moments

# sums of a person's rows, in the order of the Moments
ROWS, WEIGHTS, WEIGHTED, REWARDS, ROBUST = range(5)
ESTIMATORS = {"logged": (REWARDS, ROWS), "ips": (WEIGHTED, ROWS), "snips": (WEIGHTED, WEIGHTS), "dr": (ROBUST, ROWS)}
FEW_EFFECTIVE = 100.0  # rows; below, an interval of the normal kind is not to be trusted
LARGE_SHARE = 0.05  # of all weights in one row


@dataclass(frozen=True)
class Value:
    """Of one estimator; difference: from what was logged. Intervals are of Student's t over people."""

    estimator: str
    value: float
    low: float
    high: float
    difference: float
    difference_low: float
    difference_high: float


@dataclass(frozen=True)
class Weighing:
    """How much the logs say. effective: sum(w)^2 / sum(w^2) rows (Kong 1992); largest: share of one row of all weights;
    mean and its interval: of w, 1 where propensities and probabilities fit."""

    rows: int
    people: int
    effective: float
    largest: float
    mean: float
    low: float
    high: float
    unmatched: int
    cut: int

    @property
    def warnings(self) -> tuple[str, ...]:
        """What keeps the figures from being believed, in words."""
        said = []
        if self.effective < FEW_EFFECTIVE:
            said.append(
                f"only {self.effective:,.0f} effective rows of {self.rows:,}: intervals are too narrow to trust"
            )
        if self.largest > LARGE_SHARE:
            said.append(f"one row has {self.largest:.0%} of all weights")
        if not self.cut and not self.low <= 1 <= self.high:
            said.append(f"the mean weight is {self.mean:.3g} ({self.low:.3g} to {self.high:.3g}) and ought to be 1: "
                        "propensities or lengths of lists do not fit; snips alone mends a common factor")  # fmt: skip
        return tuple(said)


def direction(people: Moments, top: int, bottom: int) -> tuple[float, np.ndarray]:
    """(A / B, c): the ratio of two sums, and c such that c @ (a person's sums) is that person's influence on it."""
    ratio = people.mean[top] / people.mean[bottom]
    c = np.zeros(len(people.mean))
    c[top] += 1 / people.mean[bottom]
    c[bottom] -= ratio / people.mean[bottom]
    return float(ratio), c


def reach(people: Moments, c: np.ndarray, level: float) -> float:
    """Half the interval of an estimate of that direction: t x sqrt(c' covariance c / people)."""
    error = math.sqrt(max(float(c @ people.covariance @ c), 0.0) / people.count)
    return float(stats.t.ppf((1 + level) / 2, people.count - 1)) * error


def policy_values(people: Moments, level: float, modelled: bool) -> list[Value]:
    """Moments of each person's (rows, sum w, sum w r, sum r, sum (m + w (r - q))) -> a Value per estimator.

    Needs two people and a weight above 0. dr only where `modelled`.
    """
    logged, served = direction(people, *ESTIMATORS["logged"])
    made = []
    for name, (top, bottom) in ESTIMATORS.items():
        if name == "dr" and not modelled:
            continue
        value, c = direction(people, top, bottom)
        half, apart = reach(people, c, level), reach(people, c - served, level)
        gap = value - logged
        made.append(Value(name, value, value - half, value + half, gap, gap - apart, gap + apart))
    return made


def weighing(people: Moments, squares: float, largest: float, unmatched: int, cut: int, level: float) -> Weighing:
    """squares: sum of w^2, largest: the largest w, unmatched: rows of w 0, cut: rows whose w was cut."""
    mean, c = direction(people, WEIGHTS, ROWS)
    half, sums = reach(people, c, level), people.mean * people.count
    return Weighing(round(sums[ROWS]), people.count, float(sums[WEIGHTS] ** 2 / squares) if squares else 0.0,
                    float(largest / sums[WEIGHTS]) if sums[WEIGHTS] else 0.0, mean, mean - half, mean + half, unmatched,
                    cut)  # fmt: skip
