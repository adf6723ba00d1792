"""Intervals and checks that may be looked at every day: by formula, by an oracle, by experiments of no effect."""

import math

import numpy as np
import pytest
from bench.decide.experiments import daily_halves, ever_apart, normal_sums, rare_sums
from scipy import integrate, stats

from interestlake.evaluation.anytime import mixture_variance, p_value, radius
from interestlake.evaluation.sample_ratio import THRESHOLD, log_bayes_factor, sample_ratio


def test_the_radius_by_hand():
    # variance 0.01, 400 people, rho^2 = 0.0025: people rho^2 = 1, so r^2 = 0.01 * 2 * (2 ln 20 + ln 2)
    expected = math.sqrt(0.02 * (2 * math.log(20) + math.log(2)))
    assert radius(np.float64(0.01), np.float64(400), 0.0025, 0.05) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("error", [0.01, 0.05, 0.2])
def test_it_is_narrowest_at_the_planned_people(error):
    best = mixture_variance(5_000, error)
    others = radius(np.float64(1.0), np.float64(5_000), best * np.geomspace(0.05, 20, 4001), error)
    assert radius(np.float64(1.0), np.float64(5_000), best, error) <= others.min() * (1 + 1e-9)


@pytest.mark.parametrize("estimate", [0.05, 0.2, 0.31])
def test_the_p_value_is_one_over_the_mixture_of_likelihood_ratios(estimate):
    variance, people, rho2 = 0.004, 900, 0.002
    spread = variance * people * rho2  # of the normal prior of the effect
    ratio, _ = integrate.quad(
        lambda effect: stats.norm.pdf(effect, 0, math.sqrt(spread))
        * math.exp((estimate * effect - effect**2 / 2) / variance), -3, 3, points=[0.0, estimate],
    )  # fmt: skip
    assert p_value(estimate, variance, people, rho2) == pytest.approx(min(1.0, 1 / ratio), rel=1e-6)


def test_the_p_value_is_the_least_error_of_an_interval_without_zero():
    variance, people, rho2 = 0.004, 900, 0.002
    p = p_value(0.25, variance, people, rho2)
    assert radius(np.float64(variance), np.float64(people), rho2, p) == pytest.approx(0.25, rel=1e-9)
    assert p_value(0.0, variance, people, rho2) == p_value(5.0, 0.0, people, rho2) == 1.0


@pytest.mark.parametrize(("draw", "per_day", "planned"), [
    (normal_sums, 100, 10_000), (normal_sums, 1_000, 1_000), (rare_sums, 100, 1_000), (rare_sums, 1_000, 10_000),
])  # fmt: skip
def test_a_thousand_tests_of_nothing_looked_at_for_28_days_alarm_in_at_most_five_of_a_hundred(draw, per_day, planned):
    apart = ever_apart(draw, 0.0, 1_000, 28, per_day, planned, seed=1)
    assert apart["always"] <= 0.05
    assert apart["single"] > 0.15  # the same looks with the usual interval: what is paid for


def test_an_effect_is_found_and_held_by_the_interval_at_every_look():
    apart = ever_apart(normal_sums, 0.1, 1_000, 28, 400, 10_000, seed=2)
    assert apart["misses"] <= 0.05 and apart["always"] >= 0.95


def test_the_split_by_hand():
    # Dirichlet-multinomials against fixed shares: one person is as likely under both, whatever the arm
    assert log_bayes_factor(np.array([1.0, 0.0]), np.array([0.3, 0.7])) == pytest.approx(0.0, abs=1e-6)
    two = math.log(np.mean([(c / 2) * (c / 2 + 1) / (c * (c + 1)) / 0.25 for c in (10, 100, 1_000, 10_000)]))
    assert log_bayes_factor(np.array([2.0, 0.0]), np.array([0.5, 0.5])) == pytest.approx(two, abs=1e-6)
    found = sample_ratio(np.array([[520, 480], [5_300, 4_700]]), np.array([0.5, 0.5]))
    assert found.p_once == pytest.approx(stats.chisquare([5_300, 4_700]).pvalue) and not found.holds
    assert found.first == 1 and found.people == (5_300, 4_700)


def test_a_thousand_fair_splits_looked_at_for_28_days_alarm_in_at_most_one_of_a_hundred():
    first, second = daily_halves(1_000, 28, 1_000, np.random.default_rng(3))
    looks = np.stack([first.cumsum(1), second.cumsum(1)], -1)
    factors = log_bayes_factor(looks, np.array([0.5, 0.5])).max(1)
    assert np.mean(np.exp(-factors) < THRESHOLD) <= THRESHOLD
    assert not sample_ratio(looks[factors.argmax()], np.array([0.5, 0.5])).p > np.exp(-factors.max()) + 1e-12
    usual = stats.chisquare(looks, looks.sum(-1, keepdims=True) / 2, axis=-1).pvalue.min(1)
    assert np.mean(usual < THRESHOLD) > 0.03


def test_a_large_fault_is_seen_in_few_people():
    assert not sample_ratio(np.array([[60, 20]]), np.array([0.5, 0.5])).holds
    assert sample_ratio(np.array([[45, 35]]), np.array([0.5, 0.5])).holds


def test_a_lost_fiftieth_of_one_arm_is_found():
    generator = np.random.default_rng(4)
    kept = generator.binomial(2_500, 0.96, 28).cumsum()
    looks = np.stack([np.arange(1, 29) * 2_500, kept], -1)
    assert not sample_ratio(looks, np.array([0.5, 0.5])).holds
