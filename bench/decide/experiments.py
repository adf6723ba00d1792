"""Experiments whose truth is known, as the counts and sums per day that they leave: many at once, in numpy."""

import numpy as np

from interestlake.evaluation.anytime import mixture_variance, radius


def daily_halves(runs: int, days: int, per_day: int, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """People of arm and control per day, (runs, days) each: every person is drawn into one by a fair coin."""
    first = generator.binomial(per_day, 0.5, (runs, days))
    return first, per_day - first


def normal_sums(people: np.ndarray, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Sums and sums of squares of so many draws of N(1, 1)."""
    apart = generator.normal(size=people.shape) * np.sqrt(people)  # sum of deviations from 1
    scatter = generator.chisquare(np.maximum(people - 1, 1)) * (people > 1)
    sums = people + apart
    return sums, scatter + sums**2 / np.maximum(people, 1)


def rare_sums(people: np.ndarray, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Of so many draws that are 1 with probability 0.03, else 0."""
    ones = generator.binomial(people, 0.03).astype(float)
    return ones, ones


def ever_apart(draw, effect: float, runs: int, days: int, per_day: int, planned: int, seed: int) -> dict[str, float]:
    """Shares of runs in which 0, and `effect`, were outside an interval on at least one day, looked at every day.

    draw: people -> (sums, sums of squares); the arm's values are `effect` higher. `single`: by intervals of 1.96
    standard errors.
    """
    generator = np.random.default_rng(seed)
    arms = []
    for people, shift in zip(daily_halves(runs, days, per_day, generator), (effect, 0.0), strict=True):
        sums, squares = draw(people, generator)
        count, total = people.cumsum(1), (sums + people * shift).cumsum(1)
        square = (squares + 2 * shift * sums + people * shift**2).cumsum(1)
        mean = total / count
        arms.append((count, mean, (square / count - mean**2) / (count - 1)))  # the mean's variance, n / (n - 1) in it
    (n_a, mean_a, var_a), (n_c, mean_c, var_c) = arms
    gap, variance, usable = mean_a - mean_c, var_a + var_c, np.minimum(n_a, n_c) >= 30
    usable &= variance > 0
    reach = radius(variance, n_a + n_c, mixture_variance(planned, 0.05), 0.05)

    def share(around: float, half: np.ndarray) -> float:
        return float((usable & (np.abs(gap - around) > half)).any(1).mean())

    return {"always": share(0.0, reach), "misses": share(effect, reach), "single": share(0.0, 1.96 * np.sqrt(variance))}
