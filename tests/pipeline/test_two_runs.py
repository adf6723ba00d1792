"""Two whole runs on one lake: the second says who runs, or waits; after a SIGKILL the next goes on where it was."""

import os
import signal
import subprocess
import sys

import pytest

from interestlake.core.lake import Lake

SMALL = ["--set", "ingest.sample_users=40", "--until", "prepare"]


def command(root, run_id, *more) -> list[str]:
    lake = ["--lake", str(root / "lake"), "--tracking-uri", f"sqlite:///{root / 'mlflow.db'}", "--run-id", run_id]
    return [sys.executable, "-m", "interestlake.cli.main", *more, *lake]


def run(root, run_id, *more):
    given = command(root, run_id, "run", "--source", "sample", *SMALL, *more)
    return subprocess.run(given, capture_output=True, text=True, timeout=600)


def started(root, run_id) -> subprocess.Popen:
    """A run that has begun its first stage."""
    process = subprocess.Popen(
        command(root, run_id, "run", "--source", "sample", *SMALL),
        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, start_new_session=True,
    )  # fmt: skip
    next(line for line in process.stderr if line.startswith("[1/2]"))
    return process


@pytest.mark.kill
@pytest.mark.timeout(1200)
def test_the_second_run_says_who_runs_or_waits_and_a_killed_one_is_gone_on_with(spark, tmp_path):
    first = started(tmp_path, "r1")
    second = run(tmp_path, "r2")
    assert second.returncode == 2 and "Traceback" not in second.stderr
    assert "found run r1, under way since" in second.stderr and f"(process {first.pid} on " in second.stderr
    third = run(tmp_path, "r3", "--wait", "300")
    first.communicate(timeout=600)
    assert first.returncode == 0 and third.returncode == 0 and "waiting up to 300 s for run r1" in third.stderr
    killed = started(tmp_path, "r4")
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait(timeout=60)
    killed.stderr.close()
    assert run(tmp_path, "r4").returncode == 0
    lake = Lake(spark, str(tmp_path / "lake"))
    done = sorted((row["run_id"], row["stage"]) for row in lake.read("ops.stages").collect())
    assert done == [(run_id, stage) for run_id in ("r1", "r3", "r4") for stage in ("ingest", "prepare")]
