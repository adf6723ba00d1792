"""Arms of an experiment held against its control: differences of means, adjusted, with intervals and a verdict."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from .anytime import mixture_variance, p_value, radius
from .moments import Moments, together

LEAST_PEOPLE = 30  # of each of two arms: with fewer, a variance is no estimate and there is no interval
EARLY, BETTER, WORSE = "too early to tell", "better", "worse"


@dataclass(frozen=True)
class Comparison:
    """One arm beside the control, in one metric.

    mean: as counted; control_mean: the control's. difference: of the means, adjusted where `adjusted`. low, high: the
    interval that holds at every look; single_low, single_high: Welch's (1947), for a single one; all four None where
    there is none. p: always valid; holm: corrected for all comparisons (Holm 1979). cut: share of the variance that
    the adjustment takes away.
    """

    metric: str
    arm: str
    people: int
    mean: float
    control_mean: float
    difference: float
    low: float | None
    high: float | None
    single_low: float | None
    single_high: float | None
    p: float
    holm: float
    adjusted: bool
    cut: float
    verdict: str = EARLY


@dataclass(frozen=True)
class Settings:
    """error: 1 - the level of every interval; planned: people at whom they are narrowest; lower: metrics of which
    less is better."""

    error: float = 0.05
    planned: int = 10_000
    lower: tuple[str, ...] = ()


def slope_of(arms: Sequence[Moments]) -> float:
    """theta of CUPED (Deng, Xu, Kohavi and Walker 2013): pooled cov(value, before) / var(before) within the arms.

    Moments of (value, before) per arm. 0 where nothing varies before.
    """
    scatter = sum((arm.scatter for arm in arms), np.zeros((2, 2)))
    return float(scatter[0, 1] / scatter[1, 1]) if scatter[1, 1] > 0 else 0.0


def compare(
    metric: str, arms: Mapping[str, Moments], control: str, adjust: bool, settings: Settings
) -> list[Comparison]:
    """Moments of (value, before) per arm -> one Comparison per arm other than the control, in their order.

    adjust: value - theta (before - mean of before over all arms) takes the value's place in differences and variances.
    holm is p, and the verdict EARLY: `judged` corrects all metrics at once.
    """
    theta = slope_of(list(arms.values())) if adjust else 0.0
    centre = together(arms.values(), 2).mean[1]
    weights = np.array([1.0, -theta])
    means = {name: float(weights @ arm.mean + theta * centre) for name, arm in arms.items()}
    spread = {name: float(weights @ arm.covariance @ weights) for name, arm in arms.items()}
    before, after = (sum(arm.scatter[0, 0] for arm in arms.values()),
                     sum(weights @ arm.scatter @ weights for arm in arms.values()))  # fmt: skip
    cut = float(1 - after / before) if adjust and before > 0 else 0.0
    made = []
    for name, arm in arms.items():
        if name == control:
            continue
        gap, base = means[name] - means[control], arms[control]
        low = high = single_low = single_high = None
        p = 1.0
        parts = spread[name] / max(arm.count, 1), spread[control] / max(base.count, 1)
        variance = sum(parts)
        if min(arm.count, base.count) >= LEAST_PEOPLE and variance > 0:
            people = arm.count + base.count
            rho2 = mixture_variance(settings.planned, settings.error)
            reach = float(radius(variance, people, rho2, settings.error))
            freedom = variance**2 / (parts[0] ** 2 / (arm.count - 1) + parts[1] ** 2 / (base.count - 1))
            once = float(stats.t.ppf(1 - settings.error / 2, freedom)) * math.sqrt(variance)
            low, high, single_low, single_high = gap - reach, gap + reach, gap - once, gap + once
            p = p_value(gap, variance, people, rho2)
        made.append(Comparison(metric, name, arm.count, float(arm.mean[0]), float(base.mean[0]), gap, low, high,
                               single_low, single_high, p, p, adjust, cut))  # fmt: skip
    return made


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm (1979): the k-th smallest of m times m - k + 1, never below the one before, at most 1."""
    corrected, largest = [0.0] * len(p_values), 0.0
    for place, which in enumerate(np.argsort(p_values, kind="stable")):
        largest = max(largest, min(1.0, p_values[which] * (len(p_values) - place)))
        corrected[which] = largest
    return corrected


def judged(comparisons: Sequence[Comparison], settings: Settings) -> list[Comparison]:
    """All comparisons of an experiment -> the same with Holm's p and a verdict.

    A verdict needs holm <= error; any number of comparisons and looks then has a false one with probability <= error.
    """
    made = []
    for one, corrected in zip(comparisons, holm([one.p for one in comparisons]), strict=True):
        verdict = EARLY
        if corrected <= settings.error:
            verdict = BETTER if (one.difference > 0) != (one.metric in settings.lower) else WORSE
        made.append(replace(one, holm=corrected, verdict=verdict))
    return made
