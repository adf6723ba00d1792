"""A sqlite store of MLflow that was copied or moved with its artefacts finds them in the new place."""

import shutil
import sqlite3

import mlflow
import pytest

from interestlake.core.errors import BadInput
from interestlake.core.moved_store import artifacts_beside, expect_store, settle, settle_store
from interestlake.core.store_names import EXPERIMENT
from interestlake.core.tracking import Tracker


@pytest.fixture
def logged(tmp_path, mlflow_template):
    """<tmp>/old with a store of one run that has an artefact."""
    old = tmp_path / "old"
    old.mkdir()
    shutil.copy(mlflow_template, old / "mlflow.db")
    tracker = Tracker(f"sqlite:///{old / 'mlflow.db'}", "r1")
    tracker.start({})
    with tracker.stage("first", {}):
        (tmp_path / "note.txt").write_text("kept")
        tracker.log_artifact(str(tmp_path / "note.txt"))
        return old, tracker.stage_run_id()


def note(folder, run):
    tracker = Tracker(f"sqlite:///{folder / 'mlflow.db'}", "r2")
    return mlflow.artifacts.load_text(f"{tracker.client.get_run(run).info.artifact_uri}/note.txt")


def noted(folder):
    with sqlite3.connect(folder / "mlflow.db") as store:
        return store.execute("SELECT artifact_location FROM experiments WHERE name = ?", (EXPERIMENT,)).fetchone()[0]


def test_artefacts_of_a_moved_store_are_found_and_new_ones_go_beside_it(logged, tmp_path):
    old, run = logged
    assert (old / "mlartifacts").is_dir()
    new = tmp_path / "elsewhere" / "new"
    shutil.copytree(old, new)
    shutil.rmtree(old)
    assert note(new, run) == "kept"
    assert noted(new) == artifacts_beside(f"sqlite:///{new / 'mlflow.db'}") and not old.exists()
    assert not settle(f"sqlite:///{new / 'mlflow.db'}", EXPERIMENT)


def test_a_copy_has_its_own_and_the_first_keeps_its(logged, tmp_path):
    old, run = logged
    shutil.copytree(old, tmp_path / "copy")
    (tmp_path / "copy" / "mlartifacts").is_dir()
    assert note(tmp_path / "copy", run) == note(old, run) == "kept"
    assert noted(old).endswith("/old/mlartifacts") and noted(tmp_path / "copy").endswith("/copy/mlartifacts")


def test_artefacts_that_did_not_come_along_stay_where_they_are(logged, tmp_path):
    old, run = logged
    (tmp_path / "alone").mkdir()
    shutil.copy(old / "mlflow.db", tmp_path / "alone")
    assert note(tmp_path / "alone", run) == "kept" and noted(tmp_path / "alone") == noted(old)


@pytest.mark.parametrize("uri", ["sqlite:////no/such/mlflow.db", "http://localhost:5000", "databricks"])
def test_other_stores_are_left_alone(uri):
    assert not settle(uri, EXPERIMENT)


def test_a_run_on_a_lake_elsewhere_names_its_store(tmp_path, monkeypatch):
    """Without one, sqlite would make a folder named like the address on this machine."""
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    with pytest.raises(BadInput, match="none for a lake at s3a://b/lake; expected .* set it in --tracking-uri"):
        expect_store(None, "s3a://b/lake")
    assert expect_store("http://mlflow", "s3a://b/lake") == "http://mlflow"
    assert expect_store(None, f"file://{tmp_path}").endswith(f"{tmp_path}/mlflow.db")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "databricks")
    assert expect_store(None, "s3a://b/lake") == "databricks"


def test_a_store_closed_to_writing_is_left_and_not_said_to_be_settled(logged, tmp_path, monkeypatch, caplog):
    """A lake that was copied to where nobody can write: the addresses are the first one's, and no line says else."""
    old, _ = logged
    shutil.copytree(old, tmp_path / "closed")
    uri = f"sqlite:///{tmp_path / 'closed' / 'mlflow.db'}"
    opened = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda path: opened(f"file:{path}?mode=ro", uri=True))
    with caplog.at_level("INFO"):
        settle_store(uri)
    monkeypatch.undo()
    assert "now those of" not in caplog.text and noted(tmp_path / "closed").endswith("/old/mlartifacts")
    settle_store(uri)
    assert noted(tmp_path / "closed").endswith("/closed/mlartifacts")


@pytest.mark.parametrize("content", [b"no database, but long enough to be looked at as one" * 30, b""])
def test_a_store_that_is_none_ends_no_command_that_reads_the_lake_alone(tmp_path, content):
    (tmp_path / "mlflow.db").write_bytes(content)
    assert not settle(f"sqlite:///{tmp_path / 'mlflow.db'}", EXPERIMENT)
