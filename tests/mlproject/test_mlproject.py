"""mlflow/MLproject: entry points are the stages, commands are valid, and one of each kind runs for real."""

import os
import shlex
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from mlflow.projects._project_spec import load_project

from interestlake.cli.main import build_parser
from interestlake.core.config import load_params, parse_override
from interestlake.stages.order import STAGES
from tests.conftest import ROOT

PROJECT = load_project(str(ROOT / "mlflow"))
NAMES = ["main", *(stage.name for stage in STAGES)]


def command(name: str, **parameters) -> list[str]:
    """The words of an entry point's command with `parameters` beside the declared defaults."""
    return shlex.split(PROJECT.get_entry_point(name).compute_command(parameters, None))


def job_call(name: str, **parameters) -> tuple[Path, list[str]]:
    words = command(name, **parameters)
    at = next(index for index, word in enumerate(words) if word.endswith(".py"))
    return ROOT / words[at], words[at + 1 :]


def test_the_entry_points_are_the_run_and_its_stages():
    assert list(PROJECT._entry_points) == NAMES


def test_the_folder_holds_no_python_that_would_shadow_the_package():
    assert [path.name for path in (ROOT / "mlflow").rglob("*.py")] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_command_calls_its_job_with_valid_options_and_the_defaults_of_the_library(name):
    job, options = job_call(name, **({} if name == "main" else {"run_id": "r1"}))
    assert job == ROOT / "jobs" / ("run.py" if name == "main" else f"{name}.py") and job.is_file()
    parsed = build_parser().parse_args(["run" if name == "main" else name.replace("_", "-"), *options])
    assert (parsed.lake, parsed.seed) == ("out/mlflow-run", 42)
    assert load_params(None, dict(map(parse_override, parsed.set))) == load_params(None)


def test_a_declared_parameter_reaches_the_stage():
    _, options = job_call("train_als", run_id="r1", rank="16")
    overrides = dict(map(parse_override, build_parser().parse_args(["train-als", *options]).set))
    assert load_params(None, overrides).als.rank == 16


def test_an_undeclared_parameter_becomes_an_option_and_is_quoted():
    _, options = job_call("main", source="movielens", input="/data/my films", until="prepare")
    parsed = build_parser().parse_args(["run", *options])
    assert (parsed.source, parsed.input, parsed.until) == ("movielens", ["/data/my films"], "prepare")


def mlflow_run(entry_point: str, store: str, **parameters) -> subprocess.CompletedProcess:
    given = [word for name, value in parameters.items() for word in ("-P", f"{name}={value}")]
    call = [sys.executable, "-m", "mlflow", "run", "mlflow", "--env-manager", "local", "-e", entry_point, *given]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "MLFLOW_TRACKING_URI": store, "PATH": path}
    return subprocess.run(call, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)


@pytest.mark.surfaces
def test_mlflow_run_runs_them(tmp_path):
    store, lake = f"sqlite:///{tmp_path / 'mlflow.db'}", tmp_path / "lake"
    whole = mlflow_run("main", store, lake=lake, users=30, until="ingest", **{"run-id": "r1"})
    assert whole.returncode == 0, whole.stderr[-3000:]
    stage = mlflow_run("prepare", store, lake=lake, run_id="r1", test_share=0.1)
    assert stage.returncode == 0, stage.stderr[-3000:]
    assert (lake / "silver" / "interactions" / "_delta_log").is_dir()
    query = (
        "SELECT tags.value, runs.status, params.value FROM runs "
        "JOIN tags ON tags.run_uuid = runs.run_uuid AND tags.key = 'interestlake.stage' "
        "LEFT JOIN params ON params.run_uuid = runs.run_uuid AND params.key = 'prepare.test_share' ORDER BY 1"
    )
    with sqlite3.connect(tmp_path / "mlflow.db") as database:
        rows = database.execute(query).fetchall()
        projects = database.execute(
            "SELECT runs.status FROM runs JOIN tags ON tags.run_uuid = runs.run_uuid "
            "AND tags.key = 'mlflow.project.entryPoint'"
        ).fetchall()
    # the parent has the parameters of the call that made it
    assert rows == [
        ("ingest", "FINISHED", None),
        ("pipeline", "FINISHED", "0.2"),
        ("prepare", "FINISHED", "0.1"),
    ]
    assert projects == [("FINISHED",), ("FINISHED",)]


@pytest.mark.surfaces
def test_a_fault_of_the_user_ends_the_project_run_with_the_message(tmp_path):
    failed = mlflow_run("promote", f"sqlite:///{tmp_path / 'mlflow.db'}", lake=tmp_path, run_id="r1", min_gain=99)
    assert failed.returncode != 0
    assert "min_gain=99" in failed.stderr and "Traceback" not in failed.stderr
