"""The phases of a run: what each of them has seen, what is kept of a choice, and what ends as a line."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from interestlake.models.fitted import top_lists
from interestlake.models.registry import BY_NAME, MODELS
from interestlake.recommending.chosen_tables import chosen_rows
from interestlake.recommending.fusion import Fusion
from interestlake.recommending.lake_models import validation_lists
from interestlake.recommending.pool import people_per_item
from interestlake.recommending.segment_weights import mean_ndcg

from .frames import block_of, lake_models, ndcg_of, same
from .planted import ITEMS, PEOPLE, item_id, pairs, user_id

BROUGHT = {"sequences", "friends", "texts", "content", "facts", "shared facts"}  # by the planted world
ALLOWED = [model for model in MODELS if set(model.needs) <= BROUGHT and not model.when_named]
TRAINED = {model.name for model in ALLOWED if model.quick is None}
FIXED = {model.name for model in ALLOWED} - TRAINED


@pytest.fixture(scope="module")
def models():
    return lake_models()


@pytest.fixture(scope="module")
def choice(models):
    return models.choose(None)


@pytest.fixture(scope="module")
def released(models, choice):
    return models.for_release(choice)


def poisoned() -> tuple[pd.DataFrame, int, int]:
    """The pairs with one test pair moved to an item that its person does not have -> (pairs, item before, after)."""
    chosen = pairs()
    row = chosen.index[(chosen["user"] == 3) & (chosen["split"] == "test")][0]
    mine = set(chosen.loc[chosen["user"] == 3, "item"])
    before, after = int(chosen.at[row, "item"]), next(item for item in range(ITEMS) if item not in mine)
    chosen.at[row, "item"] = after
    return chosen, before, after


def test_every_model_that_the_data_allows_is_chosen_or_left_out_with_a_reason(choice):
    rows = {row["model"]: row for row in chosen_rows(choice, "r")}
    assert {name for name, row in rows.items() if row["left_out"] is None} <= FIXED
    assert FIXED | TRAINED <= set(rows)
    assert all(rows[name]["left_out"] == "a quick run trains no model" for name in TRAINED)
    assert rows["trend"]["left_out"] == "the data brings no times"
    assert rows["words"]["left_out"] == "the data brings no words"
    assert "distribution" not in rows  # runs only where it is named
    for row in rows.values():
        assert (row["validation"] is None or row["left_out"] is None) and json.loads(row["parameters"]) is not None
    assert sum(row["weight"] for row in rows.values()) == pytest.approx(1)
    assert rows["ease"]["parameters"] == '{"l2": 100.0}' and rows["ease"]["fits"] == 1


def test_the_test_phase_never_saw_a_test_pair_and_the_release_saw_it(models, choice, released):
    """A test pair is moved: choice and test phase are the same in every number, the release is another."""
    chosen, before, after = poisoned()
    other = lake_models(chosen)
    again = other.choose(None)
    assert chosen_rows(again, "r") == chosen_rows(choice, "r")
    assert again.fusion.as_dict() == choice.fusion.as_dict()
    assert same(models.for_test(choice), other.for_test(again))
    moved = other.for_release(again)
    assert not same(released, moved)
    columns = {item: models.catalogue.columns_of([item_id(item)])[0] for item in (before, after)}
    gone = np.zeros(ITEMS)
    gone[columns[before]], gone[columns[after]] = -1, 1
    np.testing.assert_array_equal(moved.user_counts - released.user_counts, gone)


def test_the_release_is_fitted_on_every_pair(models, choice, released):
    everything = models.frames.whole().train
    assert len(everything) == len(pairs())
    np.testing.assert_array_equal(released.user_counts, people_per_item(everything))
    side = replace(models.side, friends=models.frames.whole().friends)
    block = block_of(models, "train", "validation", "test")
    batch = released.batch(block)
    parameters = {chosen.model.name: chosen.parameters for chosen in choice.models}
    for name, one in released.fitted.items():
        direct = BY_NAME[name].fit(everything, side, parameters[name], 42)
        if direct.user_vectors is None:
            np.testing.assert_array_equal(one.scorer.score(batch), direct.scorer.score(batch), err_msg=name)
        else:
            np.testing.assert_array_equal(one.user_vectors, direct.user_vectors, err_msg=name)
    assert tuple(released.fitted) == released.names == choice.fusion.speaking


def test_the_test_phase_is_fitted_on_train_and_validation(models, choice):
    tested = models.for_test(choice)
    known = models.frames.pairs[models.frames.pairs["split"] != "test"].groupby("item_id").size()
    expected = known.reindex(models.catalogue.item_ids, fill_value=0).to_numpy()
    np.testing.assert_array_equal(tested.user_counts, expected)
    assert set(tested.fitted) == set(choice.names)  # also those without weight, for their own lists
    assert set(tested.names) == set(choice.fusion.names)


def test_people_and_lists_of_pairs_and_of_the_tables_rows_are_the_same(models, choice):
    """A row of the tables gives the scores that the arrays give, by user vectors, friends and recency too."""
    tested, known = models.for_test(choice), models.known
    block = block_of(models, "train", "validation")
    block = block[block["user_id"].isin([*known.user_ids, user_id(PEOPLE)])]  # friends are linked where both are known
    people = np.searchsorted(known.user_ids, block["user_id"].where(block["user_id"].isin(known.user_ids), ""))
    batch = tested.batch(block)
    for name, one in tested.fitted.items():
        from_rows = one.scorer.score(batch)
        from_arrays = one.score(known, people, models.side.friends)
        np.testing.assert_allclose(from_rows, from_arrays, rtol=1e-5, atol=1e-6, err_msg=name)


def test_the_validation_figures_are_those_of_the_lists(models, choice):
    """nDCG of the validation lists, from the fit and once more from the rows that go into models.lists."""
    weights = np.full(len(choice.names), 1 / len(choice.names))
    choice = replace(choice, fusion=Fusion(tuple(choice.names), "weights", weights))
    k = models.params.promote.k
    by_weights = mean_ndcg(choice.pools[0], choice.relevant[0], weights[None, :], k)[0]
    expected = {chosen.model.name: chosen.validation for chosen in choice.models} | {"fused": by_weights}
    lists = validation_lists(choice, models.user_ids, models.catalogue.item_ids, 20)
    assert set(lists["model"]) == {*choice.names, "fused"}
    held = models.frames.of("validation").groupby("user_id")["item_id"].agg(set)
    seen = models.frames.of("train").groupby("user_id")["item_id"].agg(set)

    for name in ("fused", "ease"):
        own = lists[lists["model"] == name].sort_values(["user_id", "rank"])
        for user, rows in own.groupby("user_id"):
            assert not set(rows["item_id"]) & seen[user] and rows["rank"].tolist() == list(range(1, len(rows) + 1))
        assert ndcg_of(own, held, k) == pytest.approx(expected[name], abs=1e-9), name


def test_people_without_a_history_are_listed_what_is_popular(models, choice):
    """Nobody of the choosing knows them; a row without user_index either."""
    released = models.for_release(choice)
    block = block_of(models, "train", "validation", "test")
    lonely = block[block["user_id"] == user_id(PEOPLE)]
    pool = released.pool(lonely)
    heard = {released.names[place] for place in np.flatnonzero((pool.values > 0).any(axis=0))}
    assert {released.reasons[name] for name in heard} == {"popular"} and "popularity" in heard
    stranger = released.batch(lonely.drop(columns="user_index"))
    assert all(not vectors.any() for vectors in stranger.vectors.values())


def test_without_validation_every_model_has_its_first_parameters_and_even_weights():
    chosen = pairs()
    chosen = chosen[chosen["position"] == 1].assign(split="train")  # nobody has a pair to hold out
    choice = lake_models(chosen).choose(None)
    assert np.ptp(choice.fusion.weights) < 1e-12 and choice.fusion.method == "weights"
    assert all(row["validation"] in (None, 0.0) for row in chosen_rows(choice, "r"))
    lists = validation_lists(choice, lake_models(chosen).user_ids, lake_models(chosen).catalogue.item_ids, 5)
    assert len(lists) == 0 and list(lists.columns) == ["model", "user_id", "rank", "item_id", "score"]


def test_lists_of_a_released_model_are_its_own(models, choice):
    """top_columns of the rows = top_lists of the arrays, for a model with user vectors and for one without."""
    tested, block = models.for_test(choice), block_of(models, "train", "validation")
    known = models.known
    block = block[block["user_id"].isin(known.user_ids)]
    people, batch = np.searchsorted(known.user_ids, block["user_id"]), tested.batch(block)
    from interestlake.models.top import top_columns

    for name in ("als", "item_knn"):
        one = tested.fitted[name]
        columns, _ = top_lists(one, known, people, 10, models.side.friends)
        np.testing.assert_array_equal(top_columns(one.scorer.score(batch), batch.history, 10)[0], columns)
