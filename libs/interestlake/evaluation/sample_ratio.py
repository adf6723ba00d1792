"""Do the arms have the shares of people that they were to have? A test that may be looked at every day.

Lindon and Malek (2022), "Anytime-valid inference for multinomial count data": the Bayes factor of Dirichlet priors
around the shares against the shares themselves; its inverse is a p-value however often it is looked at. Priors of
several widths have equal parts, so that a large fault is seen in few people and a small one in many. Beside it the
chi-square test of one look (Fabijan et al. 2019).
"""

from dataclasses import dataclass

import numpy as np
from scipy import special, stats

THRESHOLD = 0.01  # of the p-value, below which the split of people is not what it was meant to be
CONCENTRATIONS = (10.0, 100.0, 1_000.0, 10_000.0)  # people that the shares of a prior count for


@dataclass(frozen=True)
class SampleRatio:
    """people: per arm, shares: what each was to have. p: always valid; p_once: chi-square, of one look; first: the
    place of the look at which p fell below THRESHOLD, None where it never did."""

    people: tuple[int, ...]
    shares: tuple[float, ...]
    p: float
    p_once: float
    first: int | None = None

    @property
    def holds(self) -> bool:
        return self.p >= THRESHOLD


def log_bayes_factor(people: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """people: (..., arms) counts so far -> ln of how much likelier they are under the priors than under `shares`."""
    fixed = (people * np.log(shares)).sum(-1)
    factors = []
    for concentration in CONCENTRATIONS:
        prior = concentration * shares
        counted = special.gammaln(people + prior).sum(-1) - special.gammaln(prior).sum()
        whole = special.gammaln(concentration) - special.gammaln(people.sum(-1) + concentration)
        factors.append(whole + counted - fixed)
    return special.logsumexp(factors, axis=0) - np.log(len(CONCENTRATIONS))


def sample_ratio(looks: np.ndarray, shares: np.ndarray) -> SampleRatio:
    """looks: (looks, arms) people so far, the last row the newest; shares: (arms,), sum 1, each above 0."""
    factors = np.maximum.accumulate(log_bayes_factor(looks, shares))
    p = np.exp(-np.maximum(factors, 0.0))
    below = np.flatnonzero(p < THRESHOLD)
    newest = looks[-1]
    once = float(stats.chisquare(newest, newest.sum() * shares).pvalue) if newest.sum() else 1.0
    return SampleRatio(tuple(int(n) for n in newest), tuple(float(s) for s in shares), float(p[-1]), once,
                       int(below[0]) if len(below) else None)  # fmt: skip
