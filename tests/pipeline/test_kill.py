"""A run killed with SIGKILL at points drawn by chance ends with the tables of an undisturbed run, value for value."""

import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from interestlake.core.lake import Lake
from interestlake.core.schemas.all import ALL
from interestlake.stages.order import STAGES

from ..cluster.compare import differences
from ..cluster.tolerances import tolerance_of
from ..stage_tables import WRITTEN
from .conftest import FAST

TIMED = {"ops.stages"}  # its rows hold wall time
SEED = 20_261_130


def command(root: Path) -> list[str]:
    sets = [part for name, value in FAST.items() for part in ("--set", f"{name}={value}")]
    uri = f"sqlite:///{root / 'mlflow.db'}"
    run = ["run", "--source", "sample", "--lake", str(root / "lake"), "--run-id", "world", "--tracking-uri", uri]
    return [sys.executable, "-m", "interestlake.cli.main", *run, *sets]


def run_for(root: Path, seconds: float) -> tuple[int, str]:
    """Start the run, and kill its whole process group where it still runs after so long -> exit code, stage reached."""
    root.mkdir(exist_ok=True)
    with (root / "log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(command(root), stderr=log, stdout=subprocess.DEVNULL, start_new_session=True)
        try:
            code = process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            code = process.wait()
    text = (root / "log").read_text(encoding="utf-8")
    assert code in (0, -signal.SIGKILL), text[-3000:]
    return code, (re.findall(r"^\[\d+/\d+\] (\S+)", text, re.MULTILINE) or ["before the first stage"])[-1]


@pytest.mark.kill
@pytest.mark.timeout(6000)  # twenty kills, on a machine that may be busy
def test_killed_runs_end_with_the_undisturbed_tables(spark, world, tmp_path, request):
    dice, left, life = random.Random(SEED), request.config.getoption("kills"), 0
    began = time.monotonic()
    assert run_for(tmp_path / "undisturbed", 900)[0] == 0
    length = time.monotonic() - began
    expect_equal(spark, world, tmp_path / "undisturbed")
    while left:
        life, code = life + 1, -signal.SIGKILL
        while code:
            seconds = dice.uniform(0.02, 1.0) * length if left else 900
            code, stage = run_for(tmp_path / f"life-{life}", seconds)
            left -= code != 0
            ended = f"killed after {seconds:.0f} of {length:.0f} s, in {stage}" if code else "ended by itself"
            print(f"lake {life}: {ended}; {left} kills left", flush=True)
        expect_equal(spark, world, tmp_path / f"life-{life}")


def expect_equal(spark, world, root: Path) -> None:
    """The lake below `root` holds what the undisturbed run's does, and each stage is noted as done once."""
    disturbed = Lake(spark, str(root / "lake"))
    for name in sorted(set(WRITTEN) - TIMED):
        rows = [[row.asDict(recursive=True) for row in lake.read(name).collect()] for lake in (world.lake, disturbed)]
        assert differences(ALL[name].key, *rows, tolerance_of(name)) == [], name
    done = disturbed.read("ops.stages").groupBy("stage").count().collect()
    assert sorted((row["stage"], row["count"]) for row in done) == sorted((stage.name, 1) for stage in STAGES)
