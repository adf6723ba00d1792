"""What is kept of a choice, and what ends as a line: models that fail, that no bound allows, that nobody named."""

import logging
from dataclasses import replace

import numpy as np
import pytest

from interestlake.core.errors import BadInput
from interestlake.models import registry
from interestlake.models.registry import BY_NAME
from interestlake.recommending import budget
from interestlake.recommending import lake_models as phases
from interestlake.recommending.chosen_tables import chosen_rows, fusion_row, kept_of, weight_rows
from interestlake.recommending.lake_models import within

from .broken import failing, put
from .frames import QUICK, lake_models, same


@pytest.fixture(scope="module")
def models():
    return lake_models()


@pytest.fixture(scope="module")
def choice(models):
    return models.choose(None)


def test_what_was_chosen_is_kept_without_a_search(models, choice, monkeypatch):
    """Minutes of 0 after a first run: the same parameters and fusion out of the tables' rows, and no fit for them."""
    rows = chosen_rows(choice, "first")
    kept = kept_of(rows, fusion_row(choice.fusion, "first")["plain"])
    monkeypatch.setattr(phases, "choose", lambda *_: pytest.fail("searched"))
    again = replace(models, params=lake_models(params={"tune.minutes": 0}).params).choose(kept)
    assert again.fusion.as_dict() == choice.fusion.as_dict()

    def by_model(rows):
        return {row["model"]: row | {"run_id": ""} for row in rows}

    assert by_model(chosen_rows(again, "second")) == by_model(rows)
    assert same(models.for_test(choice), models.for_test(again))
    assert weight_rows(again.fusion) == weight_rows(choice.fusion)


def test_what_was_kept_and_the_data_lacks_now_is_left_out(choice):
    kept = kept_of(chosen_rows(choice, "first"), fusion_row(choice.fusion, "first")["plain"])
    kept["models"].append({"name": "of another version", "granularity": "text", "parameters": {}, "validation": 0.1,
                           "fits": 1})  # fmt: skip
    poorer = lake_models(params={"tune.minutes": 0}, facts=False, friends=False)
    again = poorer.choose(kept)
    assert not {"facts", "fact_knn", "information", "social"} & {*again.names, *again.fusion.names}
    assert again.left_out["social"] == "the data brings no friends"
    assert again.left_out["of another version"] == "the data brings no model of that name"
    assert again.fusion.weights.sum() == pytest.approx(1)
    assert {row["model"] for row in chosen_rows(again, "second")} >= {"of another version", "social"}


def test_a_kept_parameter_that_no_fit_can_take_is_told(choice, monkeypatch):
    kept = kept_of(chosen_rows(choice, "first"), fusion_row(choice.fusion, "first")["plain"])
    for entry in kept["models"]:
        if entry["name"] == "item_knn":
            entry["parameters"] = {**entry["parameters"], "neighbours": "many"}
    again = (models := lake_models(params={"tune.minutes": 0})).choose(kept)
    assert "item_knn" not in models.for_test(again).fitted
    [row] = [row for row in chosen_rows(again, "second") if row["model"] == "item_knn"]
    assert row["left_out"].startswith("failed: ")


def test_a_search_starts_from_what_was_kept(choice, monkeypatch):
    """The first fit of each model has the parameters that the run before chose."""
    kept = {"models": [{"name": "ease", "granularity": "behaviour", "parameters": {"l2": 7.0}, "validation": 0.1,
                        "fits": 3}], "left_out": {}, "fusion": choice.fusion.as_dict()}  # fmt: skip
    tried, fit = [], BY_NAME["ease"].fit

    def noted(pairs, side, params, seed):
        tried.append(dict(params))
        return fit(pairs, side, params, seed)

    put(monkeypatch, replace(BY_NAME["ease"], fit=noted))
    lake_models(params={"tune.budget": 1, "recommend.models": ["ease"]}).choose(kept)
    assert tried[0]["l2"] == 7.0


def test_a_model_that_fails_is_a_line_and_not_the_run_s_end(monkeypatch, models):
    put(monkeypatch, failing("ease"))
    choice = lake_models().choose(None)
    row = next(row for row in chosen_rows(choice, "r") if row["model"] == "ease")
    assert row["left_out"] == "failed: MemoryError: no room for 3 matrices"
    assert (row["validation"], row["weight"], row["fits"]) == (None, 0.0, 0)
    assert "ease" not in {*choice.names, *choice.fusion.names} and "item_knn" in choice.names
    assert len(models.for_test(choice).names) == len(choice.fusion.names)


def test_a_model_that_fails_in_a_later_phase_leaves_the_lists(monkeypatch, models, caplog):
    put(monkeypatch, failing("item_knn", after=1))
    choice = lake_models(params=QUICK | {"recommend.models": ["item_knn", "als"]}).choose(None)
    even = replace(choice, fusion=replace(choice.fusion, method="weights", names=("popularity", "item_knn", "als"),
                                          weights=np.array([0.2, 0.6, 0.2]), segments={}))  # fmt: skip
    caplog.set_level(logging.WARNING, logger="interestlake")
    tested = models.for_test(even)
    assert tested.names == tuple(tested.fitted) == ("popularity", "als")
    np.testing.assert_allclose(tested.fusion.weights, [0.5, 0.5])
    assert "item_knn" in caplog.text and "left out of the lists: failed: MemoryError" in caplog.text


def test_without_popularity_there_are_no_lists(monkeypatch, models, choice):
    everybody = replace(choice.models[0], model=failing("popularity"))
    assert everybody.model.name == "popularity"
    with pytest.raises(MemoryError):
        models.for_test(replace(choice, models=[everybody, *choice.models[1:]]))


def test_memory_that_a_fit_may_not_have_leaves_models_out():
    choice = lake_models(params=QUICK | {"recommend.max_fit_gigabytes": 0.01}).choose(None)
    small = {name for name, why in choice.left_out.items() if "recommend.max_fit_gigabytes=0.01" in why}
    assert small and all(choice.left_out[name].startswith("would hold ") for name in small)
    assert "popularity" in choice.names and not small & set(choice.names)
    for name in small:
        size = BY_NAME[name].cost(budget.Size.of(lake_models().inputs.train)).bytes / 2**30
        assert size > 0.01 and f"{size:.2f} GB" in choice.left_out[name]


def test_the_models_that_are_named_take_part_and_popularity():
    choice = lake_models(params=QUICK | {"recommend.models": ["ease", "transitions"]}).choose(None)
    assert choice.names == ["popularity", "ease", "transitions"] and not choice.left_out
    choice = lake_models(params=QUICK | {"recommend.granularities": ["sequence"]}).choose(None)
    assert choice.names[0] == "popularity" and len(choice.names) > 1
    assert set(choice.granularity.values()) == {"behaviour", "sequence"} and "ease" not in choice.names
    assert choice.left_out["ease"] == "granularity behaviour is not among recommend.granularities"


def test_a_name_that_no_model_has_ends_before_anything_is_fitted(monkeypatch):
    for model in registry.MODELS:
        put(monkeypatch, replace(model, fit=lambda *_: pytest.fail("fitted")))
    with pytest.raises(BadInput, match="eese.*expected among popularity, item_knn.*recommend.models"):
        lake_models(params=QUICK | {"recommend.models": ["ease", "eese"]}).choose(None)


def test_what_an_executor_cannot_hold_is_left_out_largest_first(models, choice, caplog):
    tested = models.for_test(replace(choice, fusion=replace(choice.fusion.over(["popularity", "item_knn", "ease"]))))
    caplog.set_level(logging.WARNING, logger="interestlake")
    assert within(tested, 1.0, models.log) is tested
    least = within(tested, 1e-9, models.log)
    assert list(least.fitted) == ["popularity"] and least.names == ("popularity",)
    assert "recommend.max_item_gigabytes=1e-09" in caplog.text
