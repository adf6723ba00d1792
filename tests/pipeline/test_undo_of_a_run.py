"""A whole run taken back in a copy of its lake: nothing of it is left, and its id runs again."""

import shutil
from dataclasses import replace

import pytest

from interestlake.cli import main as cli
from interestlake.core.lake import Lake
from interestlake.core.pipeline import run_stages
from interestlake.core.schemas.all import ALL
from interestlake.core.tracking import CHALLENGER, CHAMPION, Tracker
from interestlake.stages.order import STAGES

from ..stage_tables import WRITTEN


@pytest.mark.commands
def test_a_whole_run_is_taken_back(spark, world, tmp_path, monkeypatch, capsys):
    shutil.copytree(world.root, tmp_path, dirs_exist_ok=True)
    monkeypatch.setattr(spark, "stop", lambda: None)
    root, uri = str(tmp_path / "lake"), f"sqlite:///{tmp_path / 'mlflow.db'}"
    given = ["undo", "--lake", root, "--tracking-uri", uri, "--run-id", "world"]
    assert cli.main([*given, "--dry-run"]) == 0
    made = set(WRITTEN) - {"ops.runs", "ops.stages"}
    assert {line.split()[0] for line in capsys.readouterr().out.splitlines()[2:]} == made
    assert cli.main(given) == 0
    assert f"0 tables as they were before, {len(made)} gone that it had made" in capsys.readouterr().out
    lake = Lake(spark, root)
    assert {name for name in ALL if lake.exists(name)} == {"ops.runs", "ops.stages"}
    assert not (tmp_path / "lake" / "reports" / "world.html").exists()
    assert list((tmp_path / "lake" / "models" / "recommender_files").glob("*.safetensors")) == []
    tracker = Tracker(uri, "world")
    assert tracker.alias_version("interestlake.ranker", CHAMPION) is None
    assert tracker.alias_version("interestlake.ranker", CHALLENGER) is None
    options = replace(world.options, lake=root, tracking_uri=uri)
    again = run_stages(spark, STAGES[:1], world.params, options)
    assert again["ingest"] == world.figures["ingest"]
    assert lake.read("bronze.events").count() == world.lake.read("bronze.events").count()
