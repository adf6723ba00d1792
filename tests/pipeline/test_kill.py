"""A run that is killed with SIGKILL again and again ends with the tables of an undisturbed run."""

import os
import signal
import subprocess
import sys
import time

import pytest

from interestlake.schemas import ALL
from interestlake.tables import Lake

from .conftest import FAST

# files whose rows hold wall time, and vectors that training and factorisation sum in a free order
TIMED = {"ops.stages"}
KILL_AFTER_STAGE = ("[2/12]", "[6/12]", "[9/12]")


def command(root) -> list[str]:
    sets = [part for name, value in FAST.items() for part in ("--set", f"{name}={value}")]
    uri = f"sqlite:///{root / 'mlflow.db'}"
    run = ["run", "--source", "sample", "--lake", str(root / "lake"), "--run-id", "world", "--tracking-uri", uri]
    return [sys.executable, "-m", "interestlake.cli", *run, *sets]


def run_until(root, marker: str | None) -> int:
    """Start the run; kill its whole process group 1 s after `marker` shows on stderr. Returns the exit code."""
    process = subprocess.Popen(
        command(root), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, start_new_session=True
    )
    for line in process.stderr:
        if marker and line.startswith(marker):
            time.sleep(1.0)
            os.killpg(process.pid, signal.SIGKILL)
            break
    process.stderr.close()
    return process.wait(timeout=600)


@pytest.mark.kill
def test_killed_runs_end_with_the_undisturbed_tables(spark, world, tmp_path):
    for marker in KILL_AFTER_STAGE:
        assert run_until(tmp_path, marker) == -signal.SIGKILL
    assert run_until(tmp_path, None) == 0
    disturbed = Lake(spark, str(tmp_path / "lake"))
    for name, table in ALL.items():
        if name in TIMED:
            continue
        keys = disturbed.read(name).select(*table.key)
        expected = world.lake.read(name).select(*table.key)
        assert keys.exceptAll(expected).count() == 0 and expected.exceptAll(keys).count() == 0, name
