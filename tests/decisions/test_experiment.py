"""Arms beside the control: by hand, beside scipy, adjusted by the time before, corrected for many."""

import numpy as np
import pytest
from scipy import stats

from interestlake.core.errors import BadInput
from interestlake.core.params.all import Experiment
from interestlake.evaluation.experiment import BETTER, EARLY, WORSE, Settings, compare, holm, judged, slope_of
from interestlake.evaluation.experiment_asked import arms_of, asked_of
from interestlake.evaluation.moments import moments_of, nothing, together


@pytest.mark.parametrize("seed", range(5))
def test_moments_of_parts_are_those_of_all_rows(seed):
    generator = np.random.default_rng(seed)
    rows = generator.normal(1e8, 1.0, (int(generator.integers(3, 200)), 3))  # a mean that would eat the squares' digits
    cuts = np.sort(generator.integers(0, len(rows), 4))
    whole = together([moments_of(part) for part in np.split(rows, cuts)], 3)
    assert whole.count == len(rows) and whole.mean == pytest.approx(rows.mean(0), rel=1e-14)
    assert whole.covariance == pytest.approx(np.cov(rows.T), rel=1e-6, abs=1e-7)


def arm(values, before=None):
    return moments_of(np.column_stack([values, np.zeros(len(values)) if before is None else before]))


def test_the_single_look_is_welch_s_test():
    generator = np.random.default_rng(0)
    new, old = generator.normal(1.2, 2, 80), generator.normal(1.0, 1, 150)
    found = compare("m", {"old": arm(old), "new": arm(new)}, "old", False, Settings())[0]
    told = stats.ttest_ind(new, old, equal_var=False).confidence_interval()
    assert (found.single_low, found.single_high) == pytest.approx((told.low, told.high), rel=1e-12)
    assert found.difference == pytest.approx(new.mean() - old.mean())
    assert found.low < found.single_low and found.high > found.single_high  # the price of looking at any time


def test_the_adjustment_is_that_of_adjusted_values():
    generator = np.random.default_rng(1)
    before = generator.gamma(2, 2, 400)
    values = 0.8 * before + generator.normal(0, 1, 400) + np.repeat([0.3, 0.0], 200)
    parts = {"new": slice(0, 200), "old": slice(200, 400)}
    arms = {name: arm(values[part], before[part]) for name, part in parts.items()}
    found = compare("m", arms, "old", True, Settings())[0]
    # by a regression of the value on arm and before: its coefficient of before is the pooled one
    design = np.column_stack([np.repeat([1.0, 0], 200), np.repeat([0, 1.0], 200), before])
    theta = np.linalg.lstsq(design, values, rcond=None)[0][2]
    assert slope_of(list(arms.values())) == pytest.approx(theta)
    adjusted = values - theta * (before - before.mean())
    told = stats.ttest_ind(adjusted[:200], adjusted[200:], equal_var=False).confidence_interval()
    assert (found.single_low, found.single_high) == pytest.approx((told.low, told.high), rel=1e-9)
    plain = compare("m", arms, "old", False, Settings())[0]
    assert found.cut > 0.5 and found.high - found.low < 0.7 * (plain.high - plain.low)
    assert plain.mean == found.mean == pytest.approx(values[:200].mean())  # as counted


def test_without_people_or_spread_there_is_no_interval():
    few = compare("m", {"a": arm(np.arange(29.0)), "b": arm(np.arange(500.0))}, "b", False, Settings())[0]
    same = compare("m", {"a": arm(np.ones(50)), "b": arm(np.ones(50))}, "b", False, Settings())[0]
    none = compare("m", {"a": nothing(2), "b": arm(np.arange(50.0))}, "b", True, Settings())[0]
    for one in judged([few, same, none], Settings()):
        assert (one.low, one.single_high, one.p, one.holm, one.verdict) == (None, None, 1.0, 1.0, EARLY)


def test_holm_by_hand():
    assert holm([0.04, 0.01, 0.03, 0.005]) == pytest.approx([0.06, 0.03, 0.06, 0.02])
    assert holm([0.6, 0.7]) == [1.0, 1.0] and holm([]) == []


def test_a_verdict_needs_holm_s_p_and_knows_which_way_is_better():
    generator = np.random.default_rng(2)
    high, low = arm(generator.normal(1, 1, 3_000)), arm(generator.normal(0, 1, 3_000))
    found = judged([compare("m", {"a": high, "b": low}, "b", False, Settings())[0],
                    compare("complaints", {"a": high, "b": low}, "b", False, Settings())[0],
                    compare("n", {"a": low, "b": arm(generator.normal(0, 1, 3_000))}, "b", False, Settings())[0]],
                   Settings(lower=("complaints",)))  # fmt: skip
    assert [one.verdict for one in found] == [BETTER, WORSE, EARLY]


@pytest.mark.parametrize(("given", "said"), [
    ({}, "metrics: found none"),
    ({"metrics": ("a", "a")}, "each once"),
    ({"metrics": ("clicks",), "before": ("click=old",)}, "found click; expected one of the metrics clicks; did you"),
    ({"metrics": ("clicks",), "before": ("clicks",)}, "--before: found clicks; expected metric=column"),
    ({"metrics": ("clicks",), "lower": ("x",)}, "--lower: found x"),
    ({"metrics": ("clicks",), "shares": ("a=0",)}, "expected a number above 0"),
    ({"metrics": ("clicks",), "shares": ("a=nan",)}, "expected a number above 0"),
])  # fmt: skip
def test_what_is_asked_for_is_checked(given, said):
    with pytest.raises(BadInput, match=said.replace("(", r"\(")):
        asked_of(Experiment(**given))


def test_arms_and_shares():
    asked = asked_of(Experiment(metrics=("m",), shares=("a=b=2", "c=1", "gone=1")))
    arms, shares = arms_of(["a=b", "c"], asked, "c")
    assert arms == ["c", "a=b", "gone"] and shares == pytest.approx([0.25, 0.5, 0.25])
    plain = asked_of(Experiment(metrics=("m",)))
    assert arms_of(["b", "a", "c"], plain, "b")[1] == pytest.approx([1 / 3] * 3)
    for there, bad in (
        (["a"], plain),
        (["b", "c"], plain),
        (["a", "x"], asked_of(Experiment(metrics=("m",), shares=("a=1",)))),
    ):
        with pytest.raises(BadInput):
            arms_of(there, bad, "a")
