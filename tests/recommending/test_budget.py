"""Where a search begins: at what was kept before, else at the fixed parameters of a first look."""

import numpy as np
import pandas as pd
import pytest

from interestlake.interactions.pairs import Pairs
from interestlake.interactions.side_information import SideInformation
from interestlake.models.registry import MODELS
from interestlake.recommending.budget import plan_search

SEARCHED = [model for model in MODELS if model.quick]


@pytest.fixture(scope="module")
def train() -> Pairs:
    rows = [(f"p{person}", f"i{(person + step) % 12:02d}", 1.0, 86_400.0 * step)
            for person in range(8) for step in range(5)]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["user_id", "item_id", "weight", "time"])
    ids = [np.array(sorted(set(frame[name])), object) for name in ("user_id", "item_id")]
    return Pairs.of(frame, *ids, timed=True)


@pytest.mark.parametrize("model", SEARCHED, ids=lambda model: model.name)
def test_quick_parameters_are_searched_ones(model, train):
    grids = model.grids_for(train)
    assert set(model.quick) <= set(grids)
    for name, value in model.quick.items():
        assert grids[name].starting_at(value).first == value


def test_a_search_begins_at_the_quick_parameters(train):
    quick = {model.name: model.quick for model in SEARCHED}
    plan = plan_search(train, SideInformation())
    assert {model.name for model in plan.models} & set(quick) > {"ease", "transitions", "sequence_ease"}
    for model in plan.models:
        first = {name: grid.first for name, grid in model.grids_for(train).items()}
        assert {name: first[name] for name in quick.get(model.name, {})} == quick.get(model.name, {})


def test_what_was_kept_comes_before_them(train):
    plan = plan_search(train, SideInformation(), started_from={"sequence_ease": {"width": 540.0}})
    model = next(model for model in plan.models if model.name == "sequence_ease")
    first = {name: grid.first for name, grid in model.grids_for(train).items()}
    assert first == {"width": 540.0, "l2": 30.0, "recency": 0.3, "discount": 0.0}
