"""A lake that was moved, with the place it came from gone, lists, explains, evaluates, promotes and serves."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from interestlake.core.tracking import CHAMPION, Tracker
from interestlake.stages.evaluate import EVALUATE
from interestlake.stages.promote import PROMOTE

from ..recommending.conftest import SMALL, run_stage
from ..recommending.planted import user_id
from .test_ranker import FRESH


@pytest.fixture(scope="module")
def moved(planted, tmp_path_factory):
    """The folder of a copy of the planted lake and its store, whose addresses are those of a place that is gone."""
    one, two = (tmp_path_factory.mktemp("moved") / name for name in ("one", "two"))
    shutil.copytree(planted.folder, one)
    Tracker(f"sqlite:///{one / 'mlflow.db'}", "made here")
    os.rename(one, two)
    return two


@pytest.fixture
def call(spark, moved, monkeypatch, capsys):
    """call(command, *options) -> (exit code, what was printed)."""
    from interestlake.cli import main as cli

    monkeypatch.setattr(spark, "stop", lambda: None)
    sets = [part for name, value in SMALL.items() for part in ("--set", f"{name}={value}")]

    def run(command, *options):
        store = f"sqlite:///{moved / 'mlflow.db'}"
        code = cli.main([command, "--lake", str(moved / "lake"), "--tracking-uri", store, *sets, *options])
        return code, capsys.readouterr().out

    return run


def test_the_ranker_loads_by_alias_in_a_fresh_process(planted, moved, call):
    assert call("who", "--limit", "3")[0] == 0
    store = f"sqlite:///{moved / 'mlflow.db'}"
    command = [sys.executable, "-c", FRESH, store, json.dumps({"user_id": [user_id(3)]})]
    output = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300).stdout
    rows = json.loads(next(line for line in output.splitlines() if line.startswith("RESULT")).removeprefix("RESULT"))
    gold = planted.lake.read("gold.recommendations").where(f"user_id = '{user_id(3)}'").orderBy("rank").collect()
    assert [row["item_id"] for row in rows[: len(gold)]] == [row["item_id"] for row in gold]


def test_one_person_is_listed_and_explained(call):
    code, said = call("list", "--user", user_id(3), "--csv")
    assert code == 0 and len(said.splitlines()) == 6
    item = said.splitlines()[1].split(",")[1]
    assert call("explain", "--user", user_id(3), "--item", item, "--apart")[0] == 0


def test_it_is_evaluated_and_promoted(moved, context_of):
    context = context_of(moved, "planted", SMALL | {"promote.min_gain": -1.0, "promote.better_than": ["popularity"]})
    client = context.tracker.client
    for name in ("interestlake.als", "interestlake.two_tower"):  # stand-ins for what a run would have trained
        if context.tracker.version_of_this_run(name) is None:
            client.create_registered_model(name)
            client.create_model_version(name, "file:///nowhere", tags={"interestlake.run_id": "planted"})
    assert run_stage(context, EVALUATE) and run_stage(context, PROMOTE)
    assert context.tracker.alias_version("interestlake.ranker", CHAMPION) is not None
