"""Both training stages on the planted world: tables, nothing held out in them, models loaded in a new process."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from interestlake.core.lake import Lake
from interestlake.privacy.person import Person
from interestlake.serving.person_page.object import forget
from interestlake.stages.train_als import TRAIN_ALS
from interestlake.stages.train_two_tower import TRAIN_TWO_TOWER

from .planted import COLD_ITEM, COLD_USER, ITEMS, USERS, pairs, write_tables

SMALL = {
    "als.rank": 6,
    "two_tower.dimension": 16,
    "two_tower.epochs": 10,
    "two_tower.batch_size": 32,
    "two_tower.learning_rate": 0.02,
    "two_tower.text_dimension": 3,
}
LOAD_ALS = """
import json, sys
import mlflow
from pyspark.sql import SparkSession
spark = SparkSession.builder.master("local[1]").config("spark.local.dir", sys.argv[3]).getOrCreate()
mlflow.set_tracking_uri(sys.argv[1])
model = mlflow.spark.load_model("models:/interestlake.als@challenger", dfs_tmpdir=sys.argv[3] + "/loaded")
rows = spark.createDataFrame(json.loads(sys.argv[2]), "user_index int, item_index int")
found = {(r["user_index"], r["item_index"]): r["prediction"] for r in model.transform(rows).collect()}
assert "interestlake" not in sys.modules
print("RESULT", json.dumps([found[tuple(pair)] for pair in json.loads(sys.argv[2])]))
"""
LOAD_TWO_TOWER = """
import json, sys
import mlflow, numpy as np, torch
mlflow.set_tracking_uri(sys.argv[1])
pairs = np.array(json.loads(sys.argv[2]), np.int64)
uri = "models:/interestlake.two_tower@challenger"
module = mlflow.pytorch.load_model(uri)
with torch.no_grad():
    direct = module(torch.as_tensor(pairs)).numpy()
served = mlflow.pyfunc.load_model(uri).predict(pairs)
assert "interestlake" not in sys.modules
print("RESULT", json.dumps([direct.tolist(), served.tolist()]))
"""


def run(context, stage):
    with context.tracker.stage(stage.name, {}):
        return stage.run(context)


def in_new_process(script, *arguments):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYSPARK_GATEWAY", "SPARK_"))}
    command = [sys.executable, "-W", "ignore", "-c", script, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(next(line for line in done.stdout.splitlines() if line.startswith("RESULT "))[7:])


def vectors(context, name):
    return {row[0]: np.array(row["vector"]) for row in context.lake.read(name).collect()}


@pytest.fixture(scope="module")
def planted(spark, tmp_path_factory):
    """A lake with the planted tables, written once."""
    lake = Lake(spark, str(tmp_path_factory.mktemp("planted") / "lake"))
    write_tables(spark, lake)
    return lake


@pytest.mark.parametrize(("engine", "reason"), [("auto", "als.max_gigabytes=1"), ("spark", "als.engine=spark")])
@pytest.mark.commands
def test_als_factors_agree_with_the_model_in_a_new_process(
    planted, stage_context, tracking_uri, tmp_path, engine, reason, caplog
):
    caplog.set_level("INFO", logger="interestlake")
    context = stage_context(planted.root, run_id=engine, overrides={**SMALL, "als.engine": engine})
    figures = run(context, TRAIN_ALS)
    users, items = vectors(context, "models.als_user_factors"), vectors(context, "models.als_item_factors")
    assert figures == {"users": USERS, "items": ITEMS} == {"users": len(users), "items": len(items)}
    assert COLD_USER not in users and COLD_ITEM not in items
    taken = "implicit" if engine == "auto" else engine
    (fitted,) = context.lake.read("models.als_fit").collect()
    assert (fitted["engine"], fitted["scaled"]) == (taken, taken == "spark") and reason in fitted["reason"]
    assert f"engine {taken}: {fitted['reason']}" in caplog.text
    (tried,) = context.tracker._find("tags.`interestlake.stage` = 'train_als'")
    assert tried.data.tags["als.engine"] == taken and tried.data.tags["als.engine_reason"] == fitted["reason"]
    asked = [[0, 0], [0, 1], [5, 7]]
    loaded = in_new_process(LOAD_ALS, tracking_uri, json.dumps(asked), str(tmp_path / "fresh"))
    np.testing.assert_allclose(loaded, [users[u] @ items[i] for u, i in asked], atol=1e-6)
    table, model = "models.als_item_factors", ("interestlake.als", "challenger")
    before = context.lake.version(table), context.tracker.alias_version(*model)
    run(context, TRAIN_ALS)
    assert (context.lake.version(table), context.tracker.alias_version(*model)) == before


def test_two_tower_separates_the_groups_and_loads_without_the_project(planted, stage_context, tracking_uri):
    context = stage_context(planted.root, overrides=SMALL)
    figures = run(context, TRAIN_TWO_TOWER)
    users, items = vectors(context, "models.two_tower_user_vectors"), vectors(context, "models.two_tower_item_vectors")
    assert sorted(users) == list(range(USERS)) and sorted(items) == list(range(ITEMS + 1))
    assert figures["rows_per_epoch"] == USERS * 7
    scores = np.array([[users[u] @ items[i] for i in range(ITEMS)] for u in range(USERS)])
    own = np.arange(USERS)[:, None] % 2 == np.arange(ITEMS)[None, :] % 2
    assert roc_auc_score(own.ravel(), scores.ravel()) > 0.99
    assert figures["best_validation_ndcg_10"] > 1.5 * popularity_ndcg()

    train = {(u, i) for u, i, split in pairs() if split == "train"}
    assert {(r[0], r[1]) for r in context.lake.read("models.training_examples").collect()} == train
    for name in ("models.item_features", "models.user_features"):
        for row in context.lake.read(name).collect():
            assert np.isfinite([*row["text_vector"], *row["graph_vector"]]).all(), "a held-out text was used"

    asked = [[0, 0], [0, 1], [5, 7], [COLD_USER, COLD_ITEM]]
    direct, served = in_new_process(LOAD_TWO_TOWER, tracking_uri, json.dumps(asked))
    expected = [users[u] @ items[i] / context.params.two_tower.temperature for u, i in asked[:3]]
    np.testing.assert_allclose(direct[:3], expected, rtol=1e-5)
    assert served == direct and np.isfinite(direct).all()
    assert list(Path(context.lake.root, "checkpoints").iterdir()) == []


def test_two_processes_leave_what_one_does(planted, stage_context, caplog):
    """By TorchDistributor beside the driver, which hears of every look."""
    caplog.set_level("INFO", logger="interestlake")
    tables = "models.two_tower_user_vectors", "models.two_tower_item_vectors"
    small = {**SMALL, "two_tower.epochs": 3, "two_tower.validate_steps": 1}
    found = {}
    for processes in (1, 2):
        context = stage_context(planted.root, f"by-{processes}", {**small, "two_tower.processes": processes})
        figures = run(context, TRAIN_TWO_TOWER)
        asked = f"tags.`interestlake.run_id` = 'by-{processes}' AND tags.`interestlake.stage` = 'train_two_tower'"
        (tried,) = context.tracker._find(asked)
        losses = context.tracker.client.get_metric_history(tried.info.run_id, "loss")
        found[processes] = figures, [vectors(context, name) for name in tables], [each.value for each in losses]
    (one, one_vectors, one_losses), (two, two_vectors, two_losses) = found.values()
    assert two["rows_per_epoch"] == USERS * 7 and two["best_epoch"] == one["best_epoch"]
    assert len(one_losses) == 3 and two_losses == pytest.approx(one_losses, abs=1e-4)
    assert sum("epoch 3/3  loss" in line for line in caplog.messages) == 2
    for before, after in zip(one_vectors, two_vectors, strict=True):
        assert list(before) == list(after)
        np.testing.assert_allclose(np.array(list(after.values())), np.array(list(before.values())), atol=1e-3)
    assert list(Path(context.lake.root, "checkpoints").iterdir()) == []


@pytest.mark.commands
def test_two_tower_trains_after_people_were_forgotten(spark, stage_context):
    context = stage_context()
    write_tables(spark, context.lake)
    gone = [5, USERS]  # one in the middle, and the one with the largest number
    for user in gone:
        forget(stage_context(run_id=f"forget-{user}"), Person(f"u{user:03}", user), "everything", "")
    figures = run(stage_context(overrides={**SMALL, "two_tower.epochs": 2}), TRAIN_TWO_TOWER)
    assert figures["rows_per_epoch"] == (USERS - 1) * 7
    users = vectors(context, "models.two_tower_user_vectors")
    assert sorted(users) == [user for user in range(USERS) if user not in gone]
    assert all(np.isfinite(vector).all() for vector in users.values())


def popularity_ndcg() -> float:
    """nDCG@10 on validation of one list for all: items by train count, train items of the person left out."""
    found = pairs()
    counts = np.bincount([i for _, i, split in found if split == "train"], minlength=ITEMS)
    values = []
    for user in range(USERS):
        seen = {i for u, i, split in found if u == user and split == "train"}
        held = {i for u, i, split in found if u == user and split == "validation"}
        ranked = [i for i in np.argsort(-counts, kind="stable") if i not in seen][:10]
        gain = sum(1 / np.log2(rank + 2) for rank, item in enumerate(ranked) if item in held)
        values.append(gain / sum(1 / np.log2(rank + 2) for rank in range(len(held))))
    return float(np.mean(values))


def test_two_tower_is_left_out_before_anything_is_read_by_the_driver(planted, stage_context, monkeypatch, caplog):
    """A bound is a line in the log and never the run's end; a model of an earlier run leaves no vectors behind."""

    def loaded(*given):
        raise AssertionError("read before the bound was checked")

    for name in ("fit_pairs", "sample_holdout", "on_processes"):
        monkeypatch.setattr(f"interestlake.stages.train_two_tower.{name}", loaded)
    context = stage_context(planted.root, "crowded", overrides={**SMALL, "two_tower.batch_size": 30_000})
    with caplog.at_level("WARNING", logger="interestlake"):
        run(context, TRAIN_TWO_TOWER)
    said = f"the two-tower model of {USERS + 1} people and {ITEMS + 1} items left out: 10.80 GB planned"
    assert said in caplog.text and "two_tower.max_gigabytes=4" in caplog.text
    assert context.lake.read("models.two_tower_user_vectors").isEmpty()
    assert context.lake.read("models.two_tower_item_vectors").isEmpty()
