"""Estimates of a policy by logs: by hand, beside a bootstrap over people, and 500 worlds whose truth is known."""

import numpy as np
import pytest
from bench.decide.logs import TRUTH, world

from interestlake.evaluation.moments import moments_of
from interestlake.evaluation.policy_values import policy_values, weighing

NAMES = ("logged", "ips", "snips", "dr")


def values(sums, level=0.95):
    return {one.estimator: one for one in policy_values(moments_of(sums), level, True)}


def test_by_hand():
    # ann: b 0.5, e 1, r 1 (w 2); b 0.25, e 0, r 1 (w 0). bob: b 0.5, e 0.5, r 0 (w 1). q 0.5, m 0.6 everywhere
    ann = [2, 2, 2, 2, (0.6 + 2 * 0.5) + 0.6]
    bob = [1, 1, 0, 0, 0.6 - 0.5]
    found = values(np.array([ann, bob], float))
    expected = {"logged": 2 / 3, "ips": 2 / 3, "snips": 2 / 3, "dr": 2.3 / 3}
    assert {name: found[name].value for name in NAMES} == pytest.approx(expected)
    # ips: influence (s - v n) / mean n, ann 2 - 4/3, bob 0 - 2/3, mean n 1.5: variance of (4/9, -4/9) over 2 people
    error = np.sqrt(np.var([4 / 9, -4 / 9], ddof=1) / 2)
    assert found["ips"].high - found["ips"].value == pytest.approx(12.706204736 * error, rel=1e-6)
    worth = weighing(moments_of(np.array([ann, bob], float)), 5.0, 2.0, 1, 0, 0.95)
    assert (worth.rows, worth.people, worth.effective, worth.largest) == (
        3,
        2,
        pytest.approx(9 / 5),
        pytest.approx(2 / 3),
    )
    assert worth.mean == pytest.approx(1.0) and len(worth.warnings) == 2  # few rows, one of them two thirds of all


def test_the_error_is_that_of_a_bootstrap_over_people():
    generator = np.random.default_rng(0)
    sums = world(600, generator).sums()
    found = values(sums)
    draws = np.array([sums[generator.integers(0, len(sums), len(sums))].sum(0) for _ in range(3_000)])
    of_draws = {"logged": draws[:, 3] / draws[:, 0], "ips": draws[:, 2] / draws[:, 0],
                "snips": draws[:, 2] / draws[:, 1], "dr": draws[:, 4] / draws[:, 0]}  # fmt: skip
    for name in NAMES:
        error = (found[name].high - found[name].low) / 2 / 1.964
        assert error == pytest.approx(of_draws[name].std(), rel=0.06), name
        if name != "logged":
            apart = (found[name].difference_high - found[name].difference_low) / 2 / 1.964
            assert apart == pytest.approx((of_draws[name] - of_draws["logged"]).std(), rel=0.06), name


def test_intervals_of_95_percent_hold_the_truth_in_93_to_97_of_100_worlds():
    generator, runs = np.random.default_rng(7), 500
    held, apart = dict.fromkeys(NAMES, 0), dict.fromkeys(NAMES, 0)
    for _ in range(runs):
        for name, one in values(world(500, generator).sums()).items():
            truth = TRUTH["served" if name == "logged" else "new"]
            held[name] += one.low <= truth <= one.high
            apart[name] += one.difference_low <= truth - TRUTH["served"] <= one.difference_high
    for name in NAMES:
        assert 0.93 <= held[name] / runs <= 0.97, (name, held)
        assert name == "logged" or 0.93 <= apart[name] / runs <= 0.97, (name, apart)


def test_rows_taken_for_independent_would_be_too_sure():
    logs = world(2_000, np.random.default_rng(8))
    weight = logs.new / logs.propensity
    rows = np.column_stack([np.ones(len(weight)), weight, weight * logs.reward, logs.reward, logs.reward])
    by_row, by_person = values(rows)["logged"], values(logs.sums())["logged"]
    assert by_person.value == pytest.approx(by_row.value) and by_person.high - by_person.low > 1.2 * (
        by_row.high - by_row.low
    )


def test_a_constant_policy_of_equal_probabilities_is_what_was_logged():
    logs = world(300, np.random.default_rng(9))
    same = type(logs)(**{**vars(logs), "new": logs.propensity})
    found = values(same.sums())
    assert found["ips"].value == pytest.approx(found["logged"].value)
    assert found["snips"].difference == pytest.approx(0) and found["ips"].difference_high == pytest.approx(0, abs=1e-9)


def test_cut_weights_and_bad_propensities_are_said():
    logs = world(3_000, np.random.default_rng(10))
    cut = weighing(moments_of(logs.sums(clip=1.0)), 1e4, 1.0, 0, 10, 0.95)
    assert cut.mean < 1 and cut.warnings == ()
    wrong = type(logs)(**{**vars(logs), "propensity": logs.propensity / 2})
    assert "ought to be 1" in weighing(moments_of(wrong.sums()), 1e4, 1.0, 0, 0, 0.95).warnings[0]
