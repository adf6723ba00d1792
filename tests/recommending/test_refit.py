"""The move of fusion weights by feedback: the formula by hand, planted orders of importance, segments on their own."""

from types import SimpleNamespace

import numpy as np
import pytest
from interestlake.recommending.fuse import Candidates

from interestlake.core.errors import BadInput
from interestlake.core.params.all import SOURCES, Recommend
from interestlake.models.granularities import GRANULARITIES
from interestlake.recommending.feedback import FeedbackCounts
from interestlake.recommending.granularity import GRANULARITY, alpha_of, lambda_of
from interestlake.recommending.people_behind import rested_by_refit, validation_people
from interestlake.recommending.refit import judged_gain, refit_weights, step
from interestlake.recommending.refit_figures import refit_figures
from interestlake.reporting.refit_table import refit_table

NAMES = ("popularity", "als", "transitions", "text", "social")
SCHEMA = (
    "user_id string, history int, relevant array<int>, counts array<int>, columns array<int>, scores array<double>, "
    "refused array<int>"
)
ITEMS = 60
CATALOGUE = SimpleNamespace(column_of_index=np.arange(ITEMS))
MODELS = SimpleNamespace(value=SimpleNamespace(names=NAMES, catalogue=CATALOGUE))
# how often a source puts the liked item first, before and after people changed
OLD = {"popularity": 0.1, "als": 0.9, "transitions": 0.5, "text": 0.2, "social": 0.0}
NEW = {"popularity": 0.1, "als": 0.2, "transitions": 0.1, "text": 0.9, "social": 0.5}


def test_the_step_by_hand():
    before, told = np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.2, 0.6])
    # (50 (.5, .3, .2) + 1 x 25 (.2, .2, .6)) / 75
    np.testing.assert_allclose(step(before, told, 50, 25, 1.0), [0.4, 20 / 75, 25 / 75], atol=1e-6)
    # (50 (.5, .3, .2) + 2 x 25 (.2, .2, .6)) / 100
    np.testing.assert_allclose(step(before, told, 50, 25, 2.0), [0.35, 0.25, 0.4], atol=1e-6)
    np.testing.assert_allclose(step(before, told, 50, 0, 1.0), before, atol=1e-12)
    np.testing.assert_allclose(step(before, told, 50, 25, 0.0), before, atol=1e-12)


def test_two_steps_are_one_step_of_all_their_people():
    """The running mean: what a step counts for is what the next one starts from."""
    before, first, second = np.array([0.6, 0.4]), np.array([0.1, 0.9]), np.array([0.3, 0.7])
    twice = step(step(before, first, 50, 20, 1.0), second, 70, 30, 1.0)
    np.testing.assert_allclose(twice, (50 * before + 20 * first + 30 * second) / 100, atol=1e-12)


def test_every_source_has_a_granularity_and_alpha_and_lambda_by_hand():
    assert set(GRANULARITY) == set(SOURCES) and set(GRANULARITY.values()) <= set(GRANULARITIES)
    alpha = alpha_of({"popularity": 0.1, "ease": 0.4, "text": 0.2, "social": 0.05, "transitions": 0.25})
    expected = {"behaviour": 0.5, "text": 0.2, "social": 0.05, "knowledge": 0.0, "sequence": 0.25}
    assert alpha == pytest.approx(expected, abs=1e-6)
    expected = {"text": 0.4, "social": 0.1, "knowledge": 0.0, "sequence": 0.5}
    assert lambda_of(alpha) == pytest.approx(expected, abs=1e-6)
    with pytest.raises(BadInput):
        lambda_of(dict.fromkeys(GRANULARITIES, 0.5))


def test_the_gain_of_a_list_with_refused_items_by_hand():
    """Items 0..3 in this order; 1 was liked, 0 was shown and not liked; 2 and 3 nobody was asked about."""
    candidates = Candidates(np.arange(4), np.array([[0.9], [0.8], [0.7], [0.6]]))
    gain = judged_gain(lambda: np.arange(4))
    second = 1 / np.log2(3)
    liked = SimpleNamespace(relevant=np.array([1]), refused=None)
    assert gain(candidates, liked, np.ones((1, 1))) == pytest.approx([second])
    after = SimpleNamespace(relevant=np.array([2]), refused=np.array([3]))
    # third of the list, first of the two that were judged
    assert gain(candidates, after, np.ones((1, 1))) == pytest.approx([(1 / np.log2(4) + 1) / 2])
    behind = SimpleNamespace(relevant=np.array([1]), refused=np.array([0]))
    assert gain(candidates, behind, np.ones((1, 1))) == pytest.approx([second])


def people(count, order, seed, history=10, prefix="w"):
    """Rows whose sources propose 15 of 60 items each and put the liked one first as often as `order` says."""
    random, rows = np.random.default_rng(seed), []
    for person in range(count):
        liked = int(random.integers(ITEMS))
        columns = []
        for name in NAMES:
            mine = random.permutation(ITEMS)[:15]
            mine = mine[mine != liked][:14]
            columns.append(np.r_[liked, mine] if random.random() < order[name] else np.r_[mine[:14], liked][-15:])
        counts = [len(own) for own in columns]
        scores = np.concatenate([np.arange(n, 0, -1) for n in counts]).astype(float)
        listed = np.concatenate(columns).tolist()
        rows.append((f"{prefix}{person:04d}", history, [liked], counts, listed, scores.tolist(), []))
    return rows


def moved(spark, rows, current, rested, rate=1.0, judging=None):
    frame = spark.createDataFrame(rows, SCHEMA).repartition(2, "user_id").cache()
    judges = spark.createDataFrame(judging or rows, SCHEMA).cache()
    params = Recommend(weight_draws=48)
    found = refit_weights(frame, judges, MODELS, current, rested, NAMES, params, rate, seed=1)
    frame.unpersist()
    judges.unpersist()
    return found


def by_granularity(weights):
    return alpha_of(dict(zip(NAMES, weights, strict=True)))


START = np.array([0.05, 0.55, 0.25, 0.1, 0.05])  # as people were: behaviour, sequence, text, social
BOTH = {"warm": START, "cold": START}


def test_alpha_moves_towards_the_planted_order_and_arrives_with_more_feedback(spark):
    rows, judging = people(60, NEW, seed=2), people(60, NEW, seed=3, prefix="j")
    small = moved(spark, rows, BOTH, {"warm": 200.0, "cold": 50.0}, judging=judging)["warm"]
    large = moved(spark, rows, BOTH, {"warm": 200.0, "cold": 50.0}, rate=20.0, judging=judging)["warm"]
    before, little, much = (by_granularity(w) for w in (START, small.after, large.after))
    for name in ("text", "social"):
        assert before[name] < little[name] < much[name]
    assert before["behaviour"] > little["behaviour"] > much["behaviour"]
    assert before["sequence"] > little["sequence"] > much["sequence"]
    assert max(much, key=much.get) == "text" and much["social"] > much["sequence"]
    assert small.better and large.better and large.ndcg_after > small.ndcg_after > small.ndcg_before
    assert (small.people, small.held) == (60, 60)
    for found in (small, large):
        assert found.after.sum() == pytest.approx(1) and found.after.min() >= 0 and found.after[0] >= 0.01


def test_feedback_as_people_were_moves_less_than_feedback_of_people_who_changed(spark):
    rested = {"warm": 50.0, "cold": 50.0}
    same = moved(spark, people(40, OLD, seed=4), BOTH, rested)["warm"]
    other = moved(spark, people(40, NEW, seed=4), BOTH, rested)["warm"]
    assert np.abs(same.after - START).sum() < 0.5 * np.abs(other.after - START).sum()


def test_people_with_little_history_are_moved_by_their_own_alone(spark):
    own = {"warm": START, "cold": np.array([0.3, 0.05, 0.05, 0.3, 0.3])}
    rested = {"warm": 50.0, "cold": 50.0}
    none = moved(spark, people(40, NEW, seed=5), own, rested)
    assert np.array_equal(none["cold"].after, own["cold"]) and none["cold"].people == 0 and not none["cold"].better
    few = moved(spark, people(40, OLD, seed=5) + people(5, NEW, seed=6, history=1, prefix="c"), own, rested)
    assert few["cold"].people == 5 and few["warm"].people == 40
    # five people beside fifty: at most an eleventh of the way
    assert np.abs(few["cold"].after - own["cold"]).max() <= 5 / 55
    assert by_granularity(few["cold"].after)["behaviour"] <= by_granularity(own["cold"])["behaviour"] + 1 / 11


def test_what_is_not_better_for_the_judges_stays(spark):
    judging = people(40, dict.fromkeys(NAMES, 0.0) | {"als": 1.0}, seed=8, prefix="j")
    found = moved(spark, people(30, NEW, seed=7), BOTH, {"warm": 10.0, "cold": 10.0}, judging=judging)
    assert found["warm"].ndcg_after < found["warm"].ndcg_before and not found["warm"].better
    told = FeedbackCounts(rows=70, repeated=0, unknown_people=0, unknown_items=0, trained=0, used=70, liked=70,
                          people=70)  # fmt: skip
    figures = refit_figures(found, NAMES, 1.0, told)
    assert figures["moved.warm"] == 0 and figures["rests_on.warm"] == figures["rested_on.warm"] == 10
    assert all(figures[f"weight_after.warm.{n}"] == figures[f"weight_before.warm.{n}"] for n in NAMES)
    table = refit_table(figures)
    assert "is not better, the old weights stay" in table
    assert "cold: no feedback of such people to fit on, the old weights stay" in table
    assert max(map(len, table.splitlines())) <= 100


def test_what_the_weights_rest_on(spark):
    pairs = [(1, "train")] * 5 + [(1, "validation")] + [(2, "train"), (2, "validation")] + [(3, "validation")]
    pairs += [(4, "train"), (4, "test")]
    frame = spark.createDataFrame(pairs, "user_index int, split string")
    assert validation_people(frame, 3) == {"warm": 1.0, "cold": 2.0}
    weights = "models.fusion_weights"
    rests_on = {"rests_on.warm": 80.0, "rests_on.cold": 50.0}
    stages = spark.createDataFrame(
        [
            ("recommend", {weights: 18}, {weights: 3}, {}),
            ("refit", {weights: 18}, {weights: 4}, rests_on),
            ("refit", {}, {weights: 4}, {"rests_on.warm": 1.0}),  # one that kept what it had read
        ],
        "stage string, rows map<string,bigint>, versions map<string,bigint>, metrics map<string,double>",
    )
    assert rested_by_refit(stages, 4, "refit") == {"warm": 80.0, "cold": 50.0}
    assert rested_by_refit(stages, 3, "refit") is None
    assert rested_by_refit(None, 3, "refit") is None
