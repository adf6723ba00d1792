"""Fusion where few people validate: planted models that know, complete one another, repeat or say nothing."""

import logging
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from interestlake.recommending.cross_fit import folds_of_people, simplest_within, standard_error
from interestlake.recommending.fit_fusion import fit_fusion
from interestlake.recommending.learned_ranker import FOLDS
from interestlake.recommending.pool import CANDIDATES, Pool, ordered
from interestlake.recommending.segment_weights import mean_ndcg, support
from interestlake.recommending.weigh import bagged_mean, first_draws, refined_draws

from .calls import benchmark, report

K, ITEMS = 5, 40


def pool_of_values(values: np.ndarray) -> Pool:
    """(people, ITEMS, S) values -> a pool in which everybody has all items as candidates, places by the values."""
    people, items, models = values.shape
    places = np.argsort(np.argsort(-values, axis=1, kind="stable"), axis=1, kind="stable") + 1
    places = np.where(values > 0, places, CANDIDATES + 1)
    columns = np.tile(np.arange(items), people).astype(np.int32)
    context = np.ones((people * items, 3), np.float32)
    flat, places = values.reshape(-1, models).astype(np.float32), places.reshape(-1, models).astype(np.int16)
    return Pool(np.arange(people), np.arange(people + 1) * items, columns, flat, places, context)


def planted(people: int, seed: int, *strengths: float) -> tuple[np.ndarray, list[np.ndarray]]:
    """Models after popularity's noise, each `strength` of the truth and the rest noise of its own."""
    random = np.random.default_rng(seed)
    relevant = [np.sort(random.choice(ITEMS, 3, replace=False)) for _ in range(people)]
    truth = np.stack([np.isin(np.arange(ITEMS), wanted) for wanted in relevant]).astype(float)
    own = [share * truth + (1 - share) * random.random(truth.shape) for share in (0.0, *strengths)]
    return np.maximum(np.stack(own, axis=2), 0.001), relevant


def fused(values: np.ndarray, relevant, seed: int = 0):
    names = ("popularity", *(f"model{place}" for place in range(1, values.shape[2])))
    return fit_fusion([pool_of_values(values)], [relevant], names, K, seed, variety=0.0)


@pytest.mark.parametrize("seed", range(3))
def test_beside_noise_the_list_is_the_good_models_own(seed):
    values, relevant = planted(60, seed, 0.0, 0.45, 0.0, 0.0, 0.0)
    fusion = fused(values, relevant)
    fresh = pool_of_values(planted(40, seed + 100, 0.0, 0.45, 0.0, 0.0, 0.0)[0])
    own, _ = ordered(fresh, fresh.values[:, 2], K)
    lists, _ = ordered(fresh, fusion.scores(fresh), K)
    assert fusion.weights.argmax() == 2
    assert (lists == own).mean() > 0.97  # popularity's floor may turn two neighbours


def test_two_models_that_complete_one_another_both_get_weight():
    random = np.random.default_rng(5)
    relevant = [np.sort(random.choice(ITEMS, 4, replace=False)) for _ in range(60)]
    values = np.full((60, ITEMS, 4), 0.001)
    for person, wanted in enumerate(relevant):  # each knows one half of what a person likes, and both guess beside it
        for model, half in ((1, wanted[::2]), (2, wanted[1::2])):
            values[person, :, model] = 0.5 * random.random(ITEMS)
            values[person, half, model] = 0.9
    values[:, :, 3] = random.random((60, ITEMS))
    fusion = fused(values, relevant)
    assert min(fusion.weights[1:3]) > 0.25 and fusion.weights[3] < 0.15
    alone = [mean_ndcg(pool_of_values(values), relevant, np.eye(4)[[model]], K)[0] for model in (1, 2)]
    assert fusion.values["weights"] > max(alone) + 0.1


def test_a_model_without_an_opinion_of_anything_relevant_gets_no_weight():
    values, relevant = planted(60, 3, 0.4, 0.4, 0.9)
    for person, wanted in enumerate(relevant):
        values[person, wanted, 3] = 0.0
    pool = pool_of_values(values)
    assert support(pool, relevant)[3] == 0 < support(pool, relevant)[1]
    assert fused(values, relevant).weights[3] == 0.0


def test_without_a_hit_popularity_fuses():
    values, _ = planted(60, 4, 0.5, 0.5)
    nothing = [np.array([ITEMS + 3])] * 60
    fusion = fused(values, nothing)
    assert fusion.weights[0] == pytest.approx(1.0)


def test_of_two_people_or_of_people_without_candidates_no_ranker_is_learned(caplog):
    """Two people in ten cuts each, then everybody of a fold with all items already."""
    caplog.set_level(logging.INFO, "interestlake")
    values, relevant = planted(20, 6, 0.4, 0.6)
    pool, names = pool_of_values(values), ("popularity", "one", "two")
    twins = replace(pool, people=np.arange(20) % 2)
    bare = pool.rows(folds_of_people(pool.people, FOLDS, 0)[pool.owner] != 2)
    for few in (twins, bare):
        caplog.clear()
        fusion = fit_fusion([few], [relevant], names, K, 0, variety=0.0)
        assert fusion.method == "weights" and "ranker" not in fusion.values
        assert "learned ranker left out: too few people" in caplog.text
    assert "ranker" in fit_fusion([pool], [relevant], names, K, 0, variety=0.0).values


def test_two_people_who_have_nearly_every_item(tmp_path, caplog):
    caplog.set_level(logging.INFO, "interestlake")
    left = [("a", "i39"), ("b", "i38")]
    rows = [(user, item) for user in "ab" for number in range(40) if (user, item := f"i{number:02}") not in left]
    for name, part in (("train", rows), ("test", left)):
        pd.DataFrame(part, columns=["user_id", "item_id"]).to_csv(tmp_path / f"{name}.csv", index=False)
    assert benchmark(tmp_path, tmp_path / "out") == 0
    assert report(tmp_path / "out") and "learned ranker left out" in caplog.text


def test_draws_are_over_the_models_that_speak():
    speaks = np.array([True, False, True, True])
    for draws in (first_draws(4, 32, 0, 1, speaks), refined_draws(np.array([0.4, 0, 0.3, 0.3]), 32, 0, 1, speaks)):
        assert (draws[:, 1] == 0).all() and (draws[:, 0] >= 0.01).all()
        np.testing.assert_allclose(draws.sum(axis=1), 1)


def test_bags_forget_what_one_person_says():
    weights = np.eye(3)
    scores = np.tile([0.5, 0.4, 0.1], (50, 1))
    scores[0] = [0.0, 0.0, 1.0]
    found = bagged_mean(weights, scores, np.arange(50), 1, 50, 0)
    np.testing.assert_allclose(found, [1.0, 0.0, 0.0])
    torn = np.vstack([np.tile([1.0, 0.0, 0.0], (20, 1)), np.tile([0.0, 1.0, 0.0], (20, 1))])
    found = bagged_mean(weights, torn, np.arange(40), 1, 200, 0)
    assert found[2] == 0 and 0.3 < found[0] < 0.7  # neither half of the people has its way


def test_the_simplest_way_within_its_error_is_taken():
    random = np.random.default_rng(0)
    people, noise = np.arange(100), random.normal(0, 1, 100)
    ways = np.column_stack([noise, noise + random.normal(0, 0.5, 100), noise + 1.0])
    assert simplest_within(ways[:, :2], people, 1.0) == 0
    assert simplest_within(ways, people, 1.0) == 2
    assert simplest_within(ways[:, ::-1], people, 1.0) == 0


def test_errors_and_folds_take_a_persons_rows_together():
    random = np.random.default_rng(1)
    own = random.normal(size=80)
    assert standard_error(own, np.arange(80)) == pytest.approx(own.std() / np.sqrt(80))
    twice, people = np.repeat(own, 2), np.repeat(np.arange(80), 2)
    assert standard_error(twice, people) == pytest.approx(standard_error(own, np.arange(80)))
    folds = folds_of_people(people, 4, 0)
    assert (folds[::2] == folds[1::2]).all() and np.bincount(folds).tolist() == [40] * 4
