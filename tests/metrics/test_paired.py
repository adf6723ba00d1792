"""The difference of two recommenders on the same people against scipy; which held-out pairs neither has seen."""

import math

import numpy as np
import pytest
from scipy import stats

from interestlake.evaluation.gate import BETTER, IGNORE, NOT_WORSE, Champion, decide
from interestlake.evaluation.paired import difference, differences, figures_of
from interestlake.recommending.against_champion import as_row, held_out_of_both, of_row

PAIRS = "user_id string, item_id string"
VALUES = "user_id string, value double"


def frame(spark, rows, schema=PAIRS):
    return spark.createDataFrame(rows, schema)


def test_the_interval_is_that_of_a_paired_t_test(spark):
    random = np.random.default_rng(3)
    one, other = random.random(40), random.random(40)
    frames = [frame(spark, [(f"u{n}", float(v)) for n, v in enumerate(values)], VALUES) for values in (one, other)]
    found = difference(differences(*frames))
    oracle = stats.ttest_rel(one, other).confidence_interval(0.95)
    assert found.people == 40 and found.mean == pytest.approx(np.mean(one - other))
    assert found.interval == pytest.approx((oracle.low, oracle.high))


@pytest.mark.parametrize("people", [0, 1])
def test_too_few_people_say_nothing(spark, people):
    frames = [frame(spark, [("a", v)][:people], VALUES) for v in (0.5, 0.2)]
    assert difference(differences(*frames)).interval == (-math.inf, math.inf)


def test_places_are_counted_without_what_one_list_could_not_hold(spark):
    lists = frame(spark, [("a", 1, "x"), ("a", 2, "seen"), ("a", 3, "hit"), ("a", 4, "late")],
                  "user_id string, rank int, item_id string")  # fmt: skip
    relevant = frame(spark, [("a", "hit"), ("a", "late"), ("b", "y")])
    values = lists.transform(figures_of(relevant, frame(spark, [("a", "seen")]), "mrr", 3, 3))
    assert {row["user_id"]: row["value"] for row in values.collect()} == {"a": 0.5, "b": 0.0}


def test_pairs_that_neither_run_has_seen(spark):
    schema = "user_id string, item_id string, split string"
    then = frame(spark, [("still", "a", "train"), ("still", "b", "test"), ("more", "a", "train"), ("more", "b", "test"),
                         ("moved", "a", "train"), ("moved", "b", "test")], schema)  # fmt: skip
    now = frame(spark, [("still", "a", "train"), ("still", "b", "test"), ("more", "a", "train"), ("more", "b", "test"),
                        ("more", "c", "test"), ("moved", "a", "test"), ("moved", "b", "train"),
                        ("fresh", "d", "test")], schema)  # fmt: skip
    same, new, seen = ({tuple(row) for row in kind.collect()} for kind in held_out_of_both(now, then))
    assert same == {("still", "b")}
    assert new == {("more", "c"), ("fresh", "d")}
    assert seen == {("more", "b")}


class TestRule:
    worse = Champion("r1", 50, 50, 0.1, 0.2, -0.15, -0.05)
    unsure = Champion("r1", 50, 50, 0.2, 0.19, -0.01, 0.03)
    better = Champion("r1", 50, 50, 0.2, 0.1, 0.05, 0.15)
    missing = Champion("r1", why="its lists are gone")

    @pytest.mark.parametrize(("rule", "holds"), [(NOT_WORSE, "0111"), (BETTER, "0010"), (IGNORE, "1111")])
    def test_each_rule(self, rule, holds):
        champions = (self.worse, self.unsure, self.better, self.missing)
        assert "".join(str(int(one.holds(rule))) for one in champions) == holds

    def test_a_worse_list_is_held_back_and_the_words_say_so(self):
        verdict = decide({"fused": 0.1, "als": 0.05}, "ndcg", 10, ["als"], 0, self.worse)
        assert not verdict.holds
        assert str(verdict).endswith("0.1000 against the champion's 0.2000 (run r1) on the same 50 people: -0.1000, "
                                     "95 % interval -0.1500 to -0.0500 (worse)")  # fmt: skip

    @pytest.mark.parametrize("champion", [worse, missing])
    def test_a_row_and_back(self, champion):
        back = of_row({"run_id": "r2", **as_row(champion)})
        assert back.holds(NOT_WORSE) == champion.holds(NOT_WORSE) and str(back) == str(champion)
        assert of_row(None) is None
