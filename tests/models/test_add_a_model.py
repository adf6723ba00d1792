"""docs/add-a-model.md is run as it stands: its file, its line and its row make a model that is searched and fused."""

import logging
import re
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from interestlake.interactions.cuts import cuts_of
from interestlake.interactions.side_information import SideInformation
from interestlake.models import registry
from interestlake.models.model import Model
from interestlake.recommending.budget import plan_search
from interestlake.recommending.choose import Settings, choose
from interestlake.recommending.listing import Data, listing

from .contract import CHECKS, Case
from .planted import planted

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "add-a-model.md").read_text(encoding="utf-8")
ADDRESS = "interestlake.models.walk"


@pytest.fixture
def walk(monkeypatch) -> Model:
    """The page's model, in a copy of the registry wherever that is read."""
    [code] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    module = ModuleType(ADDRESS)
    module.__package__ = "interestlake.models"
    monkeypatch.setitem(sys.modules, ADDRESS, module)
    exec(compile(code, f"{ADDRESS} of docs/add-a-model.md", "exec"), module.__dict__)
    name = re.search(r"`from \.walk import (\w+)`", PAGE)[1]
    model = vars(module)[name]
    models = (*registry.MODELS, model)
    replaced = {id(registry.MODELS): models, id(registry.BY_NAME): {one.name: one for one in models}}
    for other in [one for one in sys.modules.values() if getattr(one, "__name__", "").startswith("interestlake.")]:
        for attribute in ("MODELS", "BY_NAME"):
            if (new := replaced.get(id(getattr(other, attribute, None)))) is not None:
                monkeypatch.setattr(other, attribute, new)
    return model


def test_the_model_is_about_twenty_lines():
    [code] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    body = code[code.index("@dataclass") :]
    lines = [line for line in body.splitlines() if line.strip() and not line.strip().startswith('"""')]
    assert len(lines) <= 25


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_it_holds_the_contract(walk, check):
    world = planted()
    check(Case(walk.fit(world.pairs, world.side, walk.quick, 1), world, adds_up=True))


def test_it_is_what_the_page_says_by_hand(walk):
    """alpha 1: the chance that a walk from the item by a random one of its people ends at the other item."""
    world = planted()
    chosen = world.pairs.matrix.toarray().astype(np.float64)
    expected = (chosen / np.maximum(chosen.sum(axis=0), 1)).T @ (chosen / np.maximum(chosen.sum(axis=1), 1)[:, None])
    found = walk.fit(world.pairs, world.side, {"alpha": 1.0}, 1).scorer.steps.toarray()
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_it_is_searched_fused_and_listed(walk):
    train, log = planted().pairs, logging.getLogger("interestlake")
    cuts = cuts_of(train, None, "ranking", 1, log)
    plan = plan_search(cuts[0][0], SideInformation(), ["walk", "item_knn"], budget=2)
    choice = choose(cuts, SideInformation(), plan, Settings(5, 1), log)
    found = {chosen.model.name: chosen for chosen in choice.models}
    assert {"walk", "item_knn"} <= set(found)
    assert found["walk"].validation > 2 * found["popularity"].validation
    assert found["walk"].fits == 2 and choice.granularity["walk"] == "behaviour"
    size = registry.Size.of(train)
    row = next(row for row in listing(Data(size, frozenset()), {}, registry.MODELS) if row.name == "walk")
    assert (row.fits, row.lacks) == (24, ()) and row.seconds == walk.cost(size).seconds


def test_the_row_is_a_row_of_the_benchmark_s_table():
    [row] = re.findall(r"^\| walk \|.*\|$", PAGE, re.MULTILINE)
    assert row.count("|") == 4
