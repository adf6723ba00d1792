"""The move of fusion weights by feedback: the formula by hand, planted orders of importance, segments on their own."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from interestlake.core.errors import BadInput
from interestlake.evaluation.arrays import mean_list_ndcg
from interestlake.models.granularities import GRANULARITIES
from interestlake.recommending.chosen_tables import SEGMENT_NAMES
from interestlake.recommending.feedback import FeedbackCounts
from interestlake.recommending.fusion import Fusion
from interestlake.recommending.granularity import alpha_of, lambda_of
from interestlake.recommending.judged import judged_people
from interestlake.recommending.learned_ranker import cross_fitted
from interestlake.recommending.people_behind import rested_by_refit, validation_people
from interestlake.recommending.pool import joined, ordered
from interestlake.recommending.refit import Judged, judged_alone, moved_fusion, refit_weights, step
from interestlake.recommending.refit_figures import refit_figures
from interestlake.reporting.refit_table import refit_table

from .given import Given, pool_by, small_recommender

NAMES = ("popularity", "als", "transitions", "text", "social")
ITEMS, CHOSEN = 60, 100  # the columns after ITEMS are of histories alone
# how often a model puts the liked item first, before and after people changed
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


def test_lambda_needs_an_alpha_on_the_simplex():
    with pytest.raises(BadInput):
        lambda_of(dict.fromkeys(GRANULARITIES, 0.5))


def four_in_order(relevant, refused) -> Judged:
    """One person; a model lists the items 0..3 in this order."""
    pool = pool_by({"popularity": np.array([[4.0, 3.0, 2.0, 1.0]])})
    return Judged(pool, [np.array(relevant)], [np.array(refused, np.int64)])


def test_only_judged_items_are_compared_and_only_where_something_was_refused():
    """1 was liked, 0 shown and not liked; 2 and 3 nobody was asked about."""
    assert judged_alone(four_in_order([1], [0])).pool.columns.tolist() == [0, 1]
    assert len(judged_alone(four_in_order([1], [])).pool.columns) == 0
    after = judged_alone(four_in_order([2], [3]))
    # third of the whole list, first of the two that were judged
    lists, _ = ordered(after.pool, after.pool.values[:, 0], 10)
    assert lists[0, 0] == 2 and mean_list_ndcg(lists, after.relevant) == 1.0
    whole = four_in_order([2], [3])
    lists, _ = ordered(whole.pool, whole.pool.values[:, 0], 10)
    assert mean_list_ndcg(lists, whole.relevant) == pytest.approx(1 / np.log2(4))


def test_a_model_that_prefers_what_was_refused_loses_weight_by_the_refusal_alone():
    """als lists the refused item first and the liked one next; text knows the liked one of every second person."""
    random = np.random.default_rng(3)
    scores = {name: random.random((60, 30)) + 1 for name in ("popularity", "als", "text")}
    liked, refused = [np.array([5])] * 60, [np.array([6])] * 60
    scores["als"][:, 5], scores["als"][:, 6] = 9.0, 9.5
    scores["text"][::2, 5], scores["text"][:, 6] = 2.1, 0.0
    start = Fusion(("popularity", "als", "text"), "weights", np.full(3, 1 / 3))
    rested = dict.fromkeys(SEGMENT_NAMES, 10.0)

    def after(told):
        judged = Judged(pool_by(scores), liked, told)
        return refit_weights(judged, judged, start, rested, 5.0, 1)["0-4"].after

    without, with_refusal = after([np.empty(0, np.int64)] * 60), after(refused)
    assert with_refusal[1] < without[1] - 0.02 and with_refusal[2] > without[2] + 0.02


def people(count, order, seed, history=10) -> Judged:
    """Models that propose 15 of 60 items each and put the liked one first as often as `order` says, else last."""
    random = np.random.default_rng(seed)
    scores = {name: np.zeros((count, ITEMS + CHOSEN)) for name in NAMES}
    relevant = []
    for person in range(count):
        liked = int(random.integers(ITEMS))
        relevant.append(np.array([liked]))
        for name in NAMES:
            mine = random.permutation(ITEMS)
            mine = mine[mine != liked][:14]
            listed = np.r_[liked, mine] if random.random() < order[name] else np.r_[mine, liked]
            scores[name][person, listed] = np.arange(15, 0, -1)
    histories = [range(ITEMS, ITEMS + history)] * count
    return Judged(pool_by(scores, histories), relevant, [np.empty(0, np.int64)] * count)


def both(first: Judged, second: Judged) -> Judged:
    """The people of both."""
    return Judged(joined([first.pool, second.pool]), [*first.relevant, *second.relevant],
                  [*first.refused, *second.refused])  # fmt: skip


def moved(fitting, rested, rate=1.0, judging=None, fusion=None):
    return refit_weights(fitting, judging or fitting, fusion or AS_PEOPLE_WERE, rested, rate, 1)


def by_granularity(weights):
    return alpha_of(dict(zip(NAMES, weights, strict=True)))


START = np.array([0.05, 0.55, 0.25, 0.1, 0.05])  # as people were: behaviour, sequence, text, social
AS_PEOPLE_WERE = Fusion(NAMES, "weights", START)
RESTED = dict.fromkeys(SEGMENT_NAMES, 50.0)


def test_alpha_moves_towards_the_planted_order_and_arrives_with_more_feedback():
    fitting, judging = people(60, NEW, seed=2), people(60, NEW, seed=3)
    rested = RESTED | {"5-19": 200.0}
    small = moved(fitting, rested, judging=judging)["5-19"]
    large = moved(fitting, rested, rate=20.0, judging=judging)["5-19"]
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


def test_feedback_as_people_were_moves_less_than_feedback_of_people_who_changed():
    same = moved(people(40, OLD, seed=4), RESTED)["5-19"]
    other = moved(people(40, NEW, seed=4), RESTED)["5-19"]
    assert np.abs(same.after - START).sum() < 0.5 * np.abs(other.after - START).sum()


def test_people_of_a_segment_are_moved_by_their_own_alone():
    own = replace(AS_PEOPLE_WERE, segments={0: np.array([0.3, 0.05, 0.05, 0.3, 0.3])})
    none = moved(people(40, NEW, seed=5), RESTED, fusion=own)
    short = none["0-4"]
    assert np.array_equal(short.after, own.segments[0]) and short.people == 0 and not short.better
    assert all(np.array_equal(none[name].before, START) for name in SEGMENT_NAMES[1:])
    few = moved(both(people(40, OLD, seed=5), people(5, NEW, seed=6, history=1)), RESTED, fusion=own)
    assert few["0-4"].people == 5 and few["5-19"].people == 40
    assert few["20-99"].people == few["100 and more"].people == 0
    # five people beside fifty: at most an eleventh of the way
    assert np.abs(few["0-4"].after - own.segments[0]).max() <= 5 / 55
    behaviour = by_granularity(own.segments[0])["behaviour"]
    assert by_granularity(few["0-4"].after)["behaviour"] <= behaviour + 1 / 11


def test_what_is_not_better_for_the_judges_stays():
    judging = people(40, dict.fromkeys(NAMES, 0.0) | {"als": 1.0}, seed=8)
    found = moved(people(30, NEW, seed=7), dict.fromkeys(SEGMENT_NAMES, 10.0), judging=judging)
    here = found["5-19"]
    assert here.ndcg_after < here.ndcg_before and not here.better
    assert moved_fusion(AS_PEOPLE_WERE, found) is AS_PEOPLE_WERE
    told = FeedbackCounts(rows=70, repeated=0, unknown_people=0, unknown_items=0, trained=0, used=70, liked=70,
                          people=70)  # fmt: skip
    figures = refit_figures(found, NAMES, 1.0, told)
    assert figures["moved.5-19"] == 0 and figures["rests_on.5-19"] == figures["rested_on.5-19"] == 10
    assert all(figures[f"weight_after.5-19.{n}"] == figures[f"weight_before.5-19.{n}"] for n in NAMES)
    table = refit_table(figures)
    assert "5-19: nDCG@10 of 40 held-out people" in table and "is not better, the old weights stay" in table
    assert "0-4: no feedback of such people to fit on, the old weights stay" in table
    assert max(map(len, table.splitlines())) <= 100


def test_a_better_segment_alone_changes_the_fusion():
    found = moved(people(60, NEW, seed=2), RESTED, rate=5.0, judging=people(60, NEW, seed=3))
    after = moved_fusion(AS_PEOPLE_WERE, found)
    assert np.array_equal(after.segments[1], found["5-19"].after) and after.speaking == NAMES
    assert all(np.array_equal(after.segments[number], START) for number in (0, 2, 3))
    assert np.array_equal(after.weights, START)


def test_a_learned_ranker_gives_way_only_to_weights_that_list_better_than_it():
    taught = people(80, NEW, seed=9)
    _, booster = cross_fitted(taught.pool, taught.relevant, np.arange(80) % 4, 10, 1)
    ranker = Fusion(NAMES, "ranker", START, booster)
    fitting, judging = people(60, NEW, seed=2), people(60, NEW, seed=3)
    here = moved(fitting, RESTED, fusion=ranker, judging=judging)["5-19"]
    lists, _ = ordered(judging.pool, ranker.scores(judging.pool), 10)
    assert here.ndcg_before == pytest.approx(mean_list_ndcg(lists, judging.relevant))
    better = dict.fromkeys(SEGMENT_NAMES, replace(here, ndcg_after=here.ndcg_before + 0.01))
    after = moved_fusion(ranker, better)
    assert (after.method, after.booster, set(after.segments)) == ("weights", "", {0, 1, 2, 3})
    worse = dict.fromkeys(SEGMENT_NAMES, replace(here, ndcg_after=here.ndcg_before - 0.01))
    assert moved_fusion(ranker, worse) is ranker


def test_people_of_a_file_meet_the_models_with_what_they_said():
    """relevant and refused are item indexes; an item both liked and refused is liked; a refusal takes no score."""
    scores = np.array([[0.0, 5, 4, 3, 2, 1], [0.0, 1, 2, 3, 4, 5]])
    recommender = small_recommender([Given("popularity", scores)], [1.0], {"popularity": "popular"}, np.ones(6))
    rows = pd.DataFrame({
        "user_id": ["u", "v"], "user_index": [0, 1], "items": [np.array([1]), None],
        "weights": [np.array([1.0]), None], "friend_items": [None, None], "friend_weights": [None, None],
        "relevant": [np.array([2, 4]), np.array([5])], "refused": [np.array([3, 4]), np.array([], int)],
    })  # fmt: skip
    judged = judged_people(rows, recommender)
    assert [columns.tolist() for columns in judged.relevant] == [[2, 4], [5]]
    assert [columns.tolist() for columns in judged.refused] == [[3], []]
    assert judged.pool.columns.tolist() == [2, 3, 4, 5, 1, 2, 3, 4, 5]
    assert judged.pool.histories.tolist() == [1, 0]
    nobody = judged_people(rows.iloc[:0], recommender)
    assert (len(nobody.pool.people), nobody.relevant) == (0, [])


def test_what_the_weights_rest_on(spark):
    pairs = [(1, "train")] * 5 + [(1, "validation")] + [(2, "train"), (2, "validation")] + [(3, "validation")]
    pairs += [(4, "train"), (4, "test")] + [(5, "train")] * 20 + [(5, "validation")]
    frame = spark.createDataFrame(pairs, "user_index int, split string")
    assert validation_people(frame) == {"0-4": 2.0, "5-19": 1.0, "20-99": 1.0, "100 and more": 0.0}
    weights = "models.fusion_weights"
    rests_on = {"0-4": 50.0, "5-19": 80.0, "20-99": 50.0, "100 and more": 50.0}
    noted = {f"rests_on.{name}": value for name, value in rests_on.items()}
    stages = spark.createDataFrame(
        [
            ("recommend", {weights: 18}, {weights: 3}, {}),
            ("refit", {weights: 18}, {weights: 4}, noted),
            ("refit", {}, {weights: 4}, dict.fromkeys(noted, 1.0)),  # one that kept what it had read
        ],
        "stage string, rows map<string,bigint>, versions map<string,bigint>, metrics map<string,double>",
    )
    assert rested_by_refit(stages, 4, "refit") == rests_on
    assert rested_by_refit(stages, 3, "refit") is None
    assert rested_by_refit(None, 3, "refit") is None
