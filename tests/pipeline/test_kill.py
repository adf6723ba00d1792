"""A run that is killed with SIGKILL again and again ends with the tables of an undisturbed run, value for value."""

import os
import signal
import subprocess
import sys
import time

import pytest

from interestlake.core.lake import Lake
from interestlake.core.schemas.all import ALL
from interestlake.stages.order import STAGES

from ..cluster.compare import differences
from ..cluster.tolerances import tolerance_of
from ..stage_tables import WRITTEN
from .conftest import FAST

TIMED = {"ops.stages"}  # its rows hold wall time
KILL_AFTER_STAGE = ("[2/12]", "[6/12]", "[9/12]")


def command(root) -> list[str]:
    sets = [part for name, value in FAST.items() for part in ("--set", f"{name}={value}")]
    uri = f"sqlite:///{root / 'mlflow.db'}"
    run = ["run", "--source", "sample", "--lake", str(root / "lake"), "--run-id", "world", "--tracking-uri", uri]
    return [sys.executable, "-m", "interestlake.cli.main", *run, *sets]


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
@pytest.mark.timeout(2400)  # four runs, on a machine that may be busy
def test_killed_runs_end_with_the_undisturbed_tables(spark, world, tmp_path):
    for marker in KILL_AFTER_STAGE:
        assert run_until(tmp_path, marker) == -signal.SIGKILL
    assert run_until(tmp_path, None) == 0
    disturbed = Lake(spark, str(tmp_path / "lake"))
    for name in sorted(set(WRITTEN) - TIMED):
        rows = [[row.asDict(recursive=True) for row in lake.read(name).collect()] for lake in (world.lake, disturbed)]
        assert differences(ALL[name].key, *rows, tolerance_of(name)) == [], name
    done = disturbed.read("ops.stages").groupBy("stage").count().collect()
    assert sorted((row["stage"], row["count"]) for row in done) == sorted((stage.name, 1) for stage in STAGES)
