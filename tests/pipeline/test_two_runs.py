"""Whole runs on a lake that another holds: one says who runs, one waits; what was killed is gone on with."""

import os
import signal
import subprocess
import sys

import pytest

from interestlake.core.lake import Lake

HOLD = """
import sys
from interestlake.core.held_file import LocalFile
from interestlake.core.hold import NAME, take
take(LocalFile(f"{sys.argv[1]}/{NAME}"), "r1", sys.argv[1])
print("holds", flush=True)
sys.stdin.read()
"""


def command(root, run_id, *more) -> list[str]:
    where = ["--lake", str(root / "lake"), "--tracking-uri", f"sqlite:///{root / 'mlflow.db'}", "--run-id", run_id]
    small = ["--source", "sample", "--users", "40", "--until", "prepare"]
    return [sys.executable, "-m", "interestlake.cli.main", "run", *small, *where, *more]


def line_with(process, word) -> str:
    """The first line on stderr that holds a word."""
    return next(line for line in process.stderr if word in line)


@pytest.mark.kill
@pytest.mark.timeout(3600)  # three runs, on a machine that may be busy
def test_a_second_run_says_who_runs_or_waits_and_a_killed_one_is_gone_on_with(spark, tmp_path):
    held = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path / "lake")], text=True, stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE)  # fmt: skip
    assert held.stdout.readline() == "holds\n"
    second = subprocess.run(command(tmp_path, "r2"), capture_output=True, text=True)
    assert second.returncode == 2 and "Traceback" not in second.stderr
    assert "found run r1, under way since" in second.stderr and f"(process {held.pid} on " in second.stderr
    assert sorted(os.listdir(tmp_path)) == ["lake"] and os.listdir(tmp_path / "lake") == [".held.json"]
    third = subprocess.Popen(command(tmp_path, "r3", "--wait", "3000"), text=True, start_new_session=True,
                             stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)  # fmt: skip
    assert "waiting up to 3000 s for run r1, under way since" in line_with(third, "waiting")
    held.kill()
    held.communicate(timeout=60)
    assert "run r1, under way since" in line_with(third, "is gone: its hold on the lake ends")
    assert line_with(third, "[1/2]")
    os.killpg(third.pid, signal.SIGKILL)
    third.communicate(timeout=60)
    again = subprocess.run(command(tmp_path, "r3"), capture_output=True, text=True)
    assert again.returncode == 0 and "run r3, under way since" in again.stderr, again.stderr
    lake = Lake(spark, str(tmp_path / "lake"))
    done = sorted((row["run_id"], row["stage"]) for row in lake.read("ops.stages").collect())
    assert done == [("r3", "ingest"), ("r3", "prepare")]
    assert not os.path.exists(tmp_path / "lake" / ".held.json")
