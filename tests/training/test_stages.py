"""Both training stages on the planted world: tables, nothing held out in them, models loaded in a new process."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from interestlake.errors import BadInput
from interestlake.stages.train_als import TRAIN_ALS
from interestlake.stages.train_two_tower import TRAIN_TWO_TOWER
from interestlake.tables import Lake

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
from interestlake.session import build_session
spark = build_session("conf", "local", {"spark.local.dir": sys.argv[3], "spark.jars.packages": "", "spark.jars": "",
    "spark.sql.extensions": "", "spark.sql.catalog.spark_catalog": ""})
mlflow.set_tracking_uri(sys.argv[1])
model = mlflow.spark.load_model("models:/interestlake.als@challenger", dfs_tmpdir=sys.argv[3] + "/loaded")
rows = spark.createDataFrame(json.loads(sys.argv[2]), "user_index int, item_index int")
found = {(r["user_index"], r["item_index"]): r["prediction"] for r in model.transform(rows).collect()}
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
assert "interestlake" not in sys.modules and "pyspark" not in sys.modules
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


@pytest.fixture
def trained(spark, lake, stage_context):
    """make(stage, **write_tables arguments) -> (context, figures) of one stage on the planted world."""

    def make(stage, **planted):
        write_tables(spark, lake, **planted)
        context = stage_context(lake.root, overrides=SMALL)
        return context, run(context, stage)

    return make


def test_als_factors_and_the_registered_model_agree(trained, tracking_uri, tmp_path):
    context, figures = trained(TRAIN_ALS)
    users, items = vectors(context, "models.als_user_factors"), vectors(context, "models.als_item_factors")
    assert figures == {"users": USERS, "items": ITEMS} == {"users": len(users), "items": len(items)}
    assert COLD_USER not in users and COLD_ITEM not in items
    asked = [[0, 0], [0, 1], [5, 7]]
    loaded = in_new_process(LOAD_ALS, tracking_uri, json.dumps(asked), str(tmp_path / "fresh"))
    np.testing.assert_allclose(loaded, [users[u] @ items[i] for u, i in asked], atol=1e-6)


def test_a_second_run_of_als_changes_nothing(trained):
    context, _ = trained(TRAIN_ALS)
    table, model = "models.als_item_factors", ("interestlake.als", "challenger")
    before = context.lake.version(table), context.tracker.alias_version(*model)
    run(context, TRAIN_ALS)
    assert (context.lake.version(table), context.tracker.alias_version(*model)) == before


def test_two_tower_separates_the_groups_and_loads_without_the_project(trained, tracking_uri):
    context, figures = trained(TRAIN_TWO_TOWER)
    users, items = vectors(context, "models.two_tower_user_vectors"), vectors(context, "models.two_tower_item_vectors")
    assert sorted(users) == list(range(USERS)) and sorted(items) == list(range(ITEMS + 1))
    assert figures["rows_per_epoch"] == USERS * 7
    scores = np.array([[users[u] @ items[i] for i in range(ITEMS)] for u in range(USERS)])
    own = np.arange(USERS)[:, None] % 2 == np.arange(ITEMS)[None, :] % 2
    assert scores[own].min() > scores[~own].max()
    assert figures["best_validation_ndcg_10"] > 2 * popularity_ndcg()
    asked = [[0, 0], [0, 1], [5, 7], [COLD_USER, COLD_ITEM]]
    direct, served = in_new_process(LOAD_TWO_TOWER, tracking_uri, json.dumps(asked))
    temperature = context.params.two_tower.temperature
    expected = [users[u] @ items[i] / temperature for u, i in asked[:3]]
    np.testing.assert_allclose(direct[:3], expected, rtol=1e-5)
    np.testing.assert_allclose(served, direct, atol=0)
    assert np.isfinite(direct).all()
    assert list(Path(context.lake.root, "checkpoints").iterdir()) == []


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


def test_no_held_out_text_or_pair_reaches_a_table(spark, stage_context, tmp_path):
    """Two worlds that differ in their held-out reviews only give the same tables."""
    found = []
    for name, text in (("a", [1.0, 0.0, 0.0, 0.0, 0.0, 0.0]), ("b", [0.0, 0.0, 0.0, 0.0, 0.0, -1.0])):
        lake = Lake(spark, str(tmp_path / name))
        write_tables(spark, lake, held_out_text=text)
        context = stage_context(lake.root, run_id=name, overrides={**SMALL, "two_tower.epochs": 1})
        run(context, TRAIN_TWO_TOWER)
        tables = TRAIN_TWO_TOWER.writes
        found.append([sorted(map(tuple, lake.read(table).collect())) for table in tables])
    assert found[0] == found[1]
    train = {(u, i) for u, i, split in pairs() if split == "train"}
    assert {(row[0], row[1]) for row in found[0][0]} == train


def test_too_large_a_plan_is_refused_before_training(spark, lake, stage_context):
    write_tables(spark, lake)
    small_memory = {"two_tower.max_gigabytes": 0.01, "two_tower.batch_size": 4096}
    context = stage_context(lake.root, overrides={**SMALL, **small_memory})
    with pytest.raises(BadInput, match=r"single-machine.*max_gigabytes"):
        run(context, TRAIN_TWO_TOWER)
