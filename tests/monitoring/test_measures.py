"""Divergences and scores against scipy, and against draws whose distribution is known."""

import numpy as np
import pytest
from scipy import stats

from interestlake.monitoring.measures import divergence, psi, score_among, spread, surprise

RNG = np.random.default_rng(0)
SHARES = RNG.dirichlet(np.full(40, 2.0))


def test_spread_is_the_standard_deviation_of_normal_draws_and_one_bad_day_does_not_move_it():
    values = RNG.normal(10, 3, 4_001)
    assert spread(values) == pytest.approx(stats.median_abs_deviation(values, scale="normal"), rel=1e-4)
    assert spread(np.append(values, 1e9)) == pytest.approx(spread(values), rel=0.01)
    assert spread(np.array([])) == 0.0


@pytest.mark.parametrize("measure", [psi, divergence])
def test_of_one_distribution_nothing_is_left(measure):
    """What chance alone gives is taken off: the mean over days is near 0, where the plain measure is not."""
    drawn = [measure(RNG.multinomial(200, SHARES), RNG.multinomial(5_000, SHARES)) for _ in range(300)]
    assert np.mean(drawn) < 0.06


def test_psi_of_a_known_shift():
    """Of 1,000,000 draws: (.2-.5) ln(.2/.5) + (.8-.5) ln(.8/.5)."""
    found = psi(np.array([200_000, 800_000]), np.array([500_000, 500_000]))
    assert found == pytest.approx(-0.3 * np.log(0.4) + 0.3 * np.log(1.6), abs=1e-3)


def test_divergence_of_what_shares_nothing_is_one_bit():
    assert divergence(np.array([0, 1e6]), np.array([1e6, 0])) == pytest.approx(1, abs=1e-3)


def test_scores_of_chi_square_draws_are_those_of_a_standard_normal():
    """Beyond 2 about as often as a normal variable is (.023), a little more where few degrees make the draws skew."""
    for freedom in (4, 30):
        usual = RNG.chisquare(freedom, 2_000) * 7
        scores = [score_among(value * 7, usual, 10_000) for value in RNG.chisquare(freedom, 4_000)]
        assert np.mean(np.array(scores) > 2) == pytest.approx(0.0228, abs=0.025)


def test_a_day_of_the_same_kind_is_no_surprise_and_another_kind_is():
    days = RNG.multinomial(400, SHARES, 28)
    assert surprise(RNG.multinomial(400, SHARES), days.sum(0), days) < 4
    assert surprise(RNG.multinomial(400, SHARES[::-1]), days.sum(0), days) > 6
