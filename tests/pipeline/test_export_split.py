"""The run and the benchmark are one recommender: on the files of its split the benchmark's figures are the run's."""

import json
import logging
import shlex
from contextlib import redirect_stdout
from io import StringIO

import pandas as pd
import pytest

from interestlake.cli.main import main as cli
from interestlake.core.errors import BadInput
from interestlake.core.params.all import Recommend
from interestlake.recommending.export import export_split

pytestmark = pytest.mark.commands

LOG = logging.getLogger("interestlake")


@pytest.fixture(scope="module")
def exported(spark, world, tmp_path_factory):
    """(folder of the files, what `interestlake benchmark` found on them), by the call that `export-split` prints."""
    folder = tmp_path_factory.mktemp("split of a run")
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()) as printed:
        patch.setattr(spark, "stop", lambda: None)
        assert cli(["export-split", "--lake", world.lake.root, "--out", str(folder)]) == 0
    command, *options = shlex.split(printed.getvalue().splitlines()[-1])
    assert command == "interestlake" and cli(options) == 0
    return folder, json.loads((folder / "benchmark" / "metrics.json").read_text())


def test_the_benchmark_has_the_run_s_figures(world, exported):
    """nDCG@10 of every model and of the fused list to 1e-3, and no model more or less."""
    _, report = exported
    rows = world.lake.read("gold.metrics").where("split = 'test' AND segment = 'all' AND metric = 'ndcg' AND k = 10")
    expected = {row["model"]: row["value"] for row in rows.collect()}
    found = {name: figures["ndcg@10"] for name, figures in report["models"].items()}
    assert found == pytest.approx(expected, abs=1e-3) and len(found) > 8 and expected["fused"] > 0


def test_models_parameters_and_fusion_are_the_run_s(world, exported):
    folder, report = exported
    chosen = {row["model"]: row for row in world.lake.read("models.chosen").collect()}
    used = {name: json.loads(row["parameters"]) for name, row in chosen.items() if row["left_out"] is None}
    assert report["parameters"] == used
    assert report["left_out"] == {name: row["left_out"] for name, row in chosen.items() if name not in used}
    plain = json.loads(world.lake.read("models.fusion").first()["plain"])
    assert json.loads((folder / "chosen.json").read_text())["fusion"] == plain
    assert report["fusion"]["method"] == plain["method"] and report["fusion"]["discount"] == plain["discount"]
    weights = report["fusion"]["weights"]["everybody"]
    assert weights == pytest.approx(dict(zip(plain["names"], plain["weights"], strict=True)), abs=1e-5)


def test_the_lists_are_the_run_s(world, exported):
    """Item for item, of the people whom the test split asks about."""
    folder, _ = exported
    lists = world.lake.read("models.lists").where("split = 'test' AND model = 'fused' AND rank <= 10")
    run = lists.select("user_id", "rank", "item_id").toPandas()
    files = pd.read_parquet(folder / "benchmark" / "recommendations.parquet")
    files = files[files["model"] == "fused"][["user_id", "rank", "item_id"]]
    both = run.merge(files, on=["user_id", "rank"], suffixes=("", "_of_files"))
    known = run["user_id"].isin(files["user_id"])
    assert len(both) == known.sum() > 0
    assert (both["item_id"] == both["item_id_of_files"]).mean() >= 0.99


def test_the_files_hold_every_pair_once(world, exported):
    folder, _ = exported
    counts = world.lake.read("silver.interactions").groupBy("split").count().collect()
    assert {row["split"]: row["count"] for row in counts} == {
        split: len(pd.read_csv(folder / f"{split}.csv")) for split in ("train", "validation", "test")
    }  # fmt: skip


def test_a_bound_and_a_folder_that_cannot_be_are_said(world, tmp_path):
    with pytest.raises(BadInput, match="expected at most 10; set it in recommend.max_pairs"):
        export_split(world.lake, str(tmp_path), Recommend(max_pairs=10), LOG)
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="--out"):
        export_split(world.lake, str(tmp_path / "file" / "below"), Recommend(), LOG)
