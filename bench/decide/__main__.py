"""Tests of nothing looked at every day, and values by logs: how often the intervals are wrong, over many worlds."""

import argparse

import numpy as np

from interestlake.evaluation.anytime import mixture_variance, radius
from interestlake.evaluation.moments import moments_of
from interestlake.evaluation.policy_values import policy_values

from .experiments import ever_apart, normal_sums, rare_sums
from .logs import TRUTH, world


def kept_coming(runs: int, days: int, per_day: int, planned: int, window: int, seed: int) -> float:
    """Share of A/A tests that alarm on some day, whose people go on adding to their sums after they came.

    A person adds Poisson draws at a rate of their own each day. window: as --window-days, 0 = every day so far counts.
    """
    generator, rho2, alarms = np.random.default_rng(seed), mixture_variance(planned, 0.05), 0
    came = np.repeat(np.arange(days), per_day)
    age = np.arange(days)[None, :] - came[:, None]
    for _ in range(runs):
        rate = generator.gamma(1.0, 0.3, len(came))
        adds = generator.poisson(rate[:, None], age.shape) * (age >= 0)
        if window:
            adds = adds * (age < window)
        sums, here = adds.cumsum(1), age >= window
        first = generator.random(len(came)) < 0.5
        parts = []
        for arm in (first, ~first):
            count = np.maximum((here & arm[:, None]).sum(0), 2)
            counted = np.where(here & arm[:, None], sums, 0)
            mean = counted.sum(0) / count
            parts.append((count, mean, ((counted.astype(float) ** 2).sum(0) / count - mean**2) / (count - 1)))
        (n_a, mean_a, var_a), (n_c, mean_c, var_c) = parts
        usable = (np.minimum(n_a, n_c) >= 30) & (var_a + var_c > 0)
        reach = radius(var_a + var_c, n_a + n_c, rho2, 0.05)
        alarms += bool((usable & (np.abs(mean_a - mean_c) > reach)).any())
    return alarms / runs


def coverage(runs: int, people: int, seed: int) -> dict[str, float]:
    """Share of worlds in which each estimator's interval holds the truth."""
    generator, held = np.random.default_rng(seed), {}
    for _ in range(runs):
        for one in policy_values(moments_of(world(people, generator).sums()), 0.95, True):
            truth = TRUTH["served" if one.estimator == "logged" else "new"]
            held[one.estimator] = held.get(one.estimator, 0) + (one.low <= truth <= one.high)
    return {name: count / runs for name, count in held.items()}


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    runs = parser.parse_args().runs
    print(f"{'A/A tests, 28 daily looks':<44}{'every look':>12}{'single look':>13}")
    for name, draw, per_day, planned in (
        ("normal, 100 a day, planned 10,000", normal_sums, 100, 10_000),
        ("normal, 1,000 a day, planned 1,000", normal_sums, 1_000, 1_000),
        ("3 in 100, 100 a day, planned 1,000", rare_sums, 100, 1_000),
        ("3 in 100, 1,000 a day, planned 10,000", rare_sums, 1_000, 10_000),
    ):
        shares = ever_apart(draw, 0.0, runs, 28, per_day, planned, 11)
        print(f"{name:<44}{shares['always']:>12.4f}{shares['single']:>13.4f}")
    few = max(runs // 20, 1)
    for window in (0, 7):
        share = kept_coming(few, 28, 50, 1_000, window, 12)
        print(f"{f'sums that grow, window {window}, {few} tests':<44}{share:>12.4f}")
    print(f"\n95 % intervals that hold the truth, {runs} worlds of 500 people")
    for name, share in coverage(runs, 500, 13).items():
        print(f"{name:<8}{share:>8.4f}")


if __name__ == "__main__":
    main()
