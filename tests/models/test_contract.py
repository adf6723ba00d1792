"""Every model of the registry, fitted on a planted world, holds the scorers' contract; no scorer escapes it."""

import importlib
import inspect
import pkgutil
import re
import sys
from pathlib import Path

import numpy as np
import pytest

import interestlake.models
from interestlake.core.params.all import GRANULARITIES
from interestlake.models import model as model_module
from interestlake.models.distribution.training import trainer
from interestlake.models.fitted import top_lists
from interestlake.models.model import NEEDS
from interestlake.models.registry import BY_NAME, MODELS, distribution_model
from interestlake.models.scorer import Scorer

from ..tuning.world import tiny_bert
from .contract import CHECKS, Case
from .planted import planted

ROOT = Path(__file__).resolve().parents[2]
NAMES = tuple(model.name for model in MODELS)
# a model is asserted not to have what is not declared here
OF_STRANGERS = {"popularity", "trend", "appeal", "distribution"}
ADDS_UP = {
    "item_knn",
    "ease",
    "sequence_ease",
    "transitions",
    "log_evidence",
    "content_evidence",
    "content_ease",
    "text",
    "words",
    "content",
    "facts",
    "fact_knn",
}
REASONS = {model_module.TOGETHER, model_module.NEXT, model_module.TEXT, model_module.FACTS, model_module.PATTERN,
           model_module.FRIENDS, model_module.POPULAR}  # fmt: skip


class Cases(dict):
    """name -> Case, each fitted when it is first asked for."""

    def __init__(self, folder: Path):
        super().__init__()
        self.folder, self.world = folder, planted()

    def __missing__(self, name: str) -> Case:
        model = BY_NAME[name]
        if name == "distribution":  # in place of the shipped encoder
            model = distribution_model(trainer("lora", str(tiny_bert(self.folder / "bert"))))
        pairs, side = self.world.pairs, self.world.side
        assert model.missing(pairs, side) == ()
        params = model.quick
        if params is None:
            params = {each: grid.first for each, grid in model.grids_for(pairs).items()} | {"epochs": 1}
        fitted = model.fit(pairs, side, params, 1)
        self[name] = Case(fitted, self.world, name in OF_STRANGERS, name in ADDS_UP)
        return self[name]


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    return Cases(tmp_path_factory.mktemp("contract"))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", NAMES)
def test_contract(cases, name, check):
    check(cases[name])


@pytest.mark.parametrize("name", [m.name for m in MODELS if not m.trainer and m.reason != model_module.POPULAR])
def test_a_model_that_is_not_trained_by_epochs_lists_items_of_ones_taste(cases, name):
    case = cases[name]
    people = np.arange(1, case.pairs.shape[0])
    lists, _ = top_lists(case.fitted, case.pairs, people, 3, case.world.side.friends)
    own = case.world.taste[lists] == (people % 2)[:, None]
    assert own[lists >= 0].mean() > 0.9  # 0.25 of the unseen items by chance


def scorers() -> set[type]:
    """Every class below Scorer in interestlake.models, found by walking the package."""
    for module in pkgutil.walk_packages(interestlake.models.__path__, "interestlake.models."):
        importlib.import_module(module.name)

    def below(one: type) -> set[type]:
        return {one}.union(*(below(each) for each in one.__subclasses__()))

    # a class of a page that was run lives on for a while without its module
    return {one for one in below(Scorer) - {Scorer}
            if one.__module__.startswith("interestlake.") and one.__module__ in sys.modules}  # fmt: skip


def test_no_scorer_escapes_the_contract(cases):
    whole = {one for one in scorers() if not inspect.isabstract(one)}
    escaped = whole - {type(cases[name].fitted.scorer) for name in NAMES}
    assert not escaped, f"{sorted(one.__name__ for one in escaped)}: no model of the registry gives one of these"


def test_who_scores_otherwise_than_its_parent_has_opinions_of_its_own(cases):
    """A parent's short cut is of the parent's scores."""

    class Reversed(type(cases["popularity"].fitted.scorer)):
        def score(self, batch):
            return super().score(batch)[:, ::-1]

    parent, batch = cases["popularity"].fitted.scorer, cases["popularity"].everybody()
    own = Reversed(parent.name, parent.user_counts)
    person, column = (place.ravel() for place in np.indices(batch.history.shape))
    np.testing.assert_array_equal(own.opinions(batch).at(person, column), own.score(batch).ravel())
    assert own.cells(9) == 9 and parent.cells(9) == 1


def test_the_registry_holds_every_model_once():
    assert len(set(NAMES)) == len(NAMES) and set(BY_NAME) == set(NAMES)
    for model in MODELS:
        assert model.granularity in GRANULARITIES and model.reason in REASONS and set(model.needs) <= set(NEEDS)
    modules = [
        importlib.import_module(found.name)
        for found in pkgutil.walk_packages(interestlake.models.__path__, "interestlake.models.")
    ]
    defined = {value.name for module in modules for value in vars(module).values()
               if isinstance(value, model_module.Model)}  # fmt: skip
    assert defined <= set(NAMES)


def test_every_model_has_its_row_in_the_benchmark_s_page():
    page = (ROOT / "docs" / "benchmark.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([a-z_, ]+) \|", page.split("## Models")[1].split("\n## ")[0], re.MULTILINE)
    told = [name for row in rows for name in row.split(", ") if name not in ("name",)]
    assert sorted(told) == sorted(NAMES)
