"""An alarm prints the figures that raised it: shares for attention, polarities for sentiment."""

import datetime as dt

import numpy as np
import pytest
from scipy import stats

from interestlake.interests.trends.alarms import alarm_line, polarity_interval

ROW = {"period_start": dt.datetime(2024, 5, 6), "name": "gardens", "people": 24, "share": 0.2, "usual_share": 0.05,
       "low": 0.1, "high": 0.2, "polarity": -0.5, "usual_polarity": 0.25, "polarity_z": -7.5}  # fmt: skip


@pytest.mark.parametrize(("alarm", "said"), [
    ("attention rises", "share 20.0 % of 5.0 % (difference +10.0 to +20.0)"),
    ("sentiment falls", "polarity -0.50 of +0.25 (difference -0.95 to -0.55)"),
    ("attention falls, sentiment rises", "share 20.0 % of 5.0 % (difference +10.0 to +20.0), "
     "polarity -0.50 of +0.25 (difference -0.95 to -0.55)"),
])  # fmt: skip
def test_what_raised_an_alarm_is_what_it_says(alarm, said):
    assert alarm_line({**ROW, "alarm": alarm}) == f"2024-05-06  gardens: {alarm}, {said}, 24 people"


def test_the_interval_is_that_of_two_means_with_a_pooled_variance():
    random = np.random.default_rng(3)
    now, before = random.normal(-0.3, 0.4, 60), random.normal(0.1, 0.4, 400)
    pooled = (now.var() * 60 + before.var() * 400) / 458
    error = np.sqrt(pooled * (1 / 60 + 1 / 400))
    z = (now.mean() - before.mean()) / error
    found = polarity_interval(now.mean(), before.mean(), z)
    theirs = stats.ttest_ind(now, before).confidence_interval(0.95)
    assert found == pytest.approx((theirs.low, theirs.high), abs=1e-3)
