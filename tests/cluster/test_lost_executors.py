"""An executor killed in every stage of a run on the cluster: the run ends with the tables of an undisturbed one."""

import random
import re
import subprocess
import threading
import time
from pathlib import Path

import psutil
import pytest

from interestlake.core.schemas.all import ALL
from interestlake.stages.order import STAGES

from ..stage_tables import WRITTEN
from .compare import differences
from .conftest import ROOT, RUN
from .tolerances import tolerance_of

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(2400)]
COMPARED = [name for name in WRITTEN if not name.startswith("ops.")]
EXECUTOR = "org.apache.spark.executor.CoarseGrainedExecutorBackend"
SEED = 7


def executors(folder: Path) -> list[psutil.Process]:
    """Those that the cluster's workers run now."""
    found = []
    for pid in map(int, (folder / "pids").read_text().split()):
        try:
            below = psutil.Process(pid).children(recursive=True)
            found += [process for process in below if EXECUTOR in process.cmdline()]
        except psutil.NoSuchProcess:  # it, or one below it, has ended meanwhile
            continue
    return found


def kill_one(folder: Path, dice: random.Random, until: threading.Event) -> bool:
    """SIGKILL to an executor, as soon as two run; False where the stage ended before."""
    while not until.is_set():
        running = executors(folder)
        if len(running) > 1:
            try:
                dice.choice(running).kill()
                return True
            except psutil.NoSuchProcess:
                continue
        time.sleep(0.05)
    return False


@pytest.fixture(scope="module")
def disturbed(cluster) -> tuple[str, dict[str, bool]]:
    """(lake, stage -> whether an executor was killed in it) of the sample run, one submission."""
    lake, dice, killed = str(cluster.shared / "disturbed"), random.Random(SEED), {}
    # a worker gives up an application after ten executors in a row that were lost
    conf = {"spark.cores.max": 2, "spark.scheduler.minRegisteredResourcesRatio": "1.0", "spark.task.maxFailures": 8,
            "spark.driver.host": "127.0.0.1", "spark.local.dir": cluster.folder / "local",
            "spark.stage.maxConsecutiveAttempts": 12}  # fmt: skip
    if cluster.apart:
        conf["spark.shuffle.readHostLocalDisk"] = "false"
    command = ["spark-submit", "--properties-file", "conf/spark/standalone.properties", "--master", cluster.url]
    for name, value in conf.items():
        command += ["--conf", f"{name}={value}"]
    command += ["jobs/run.py", "--source", "sample", *RUN, "--lake", lake]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    said, ended, killer = [], threading.Event(), None
    for line in process.stderr:
        said.append(line)
        begun = re.match(r"\[\d+/\d+\] (\S+)", line)
        if begun:
            ended.set()
            if killer:
                killer.join()
            ended = threading.Event()
            killer = threading.Thread(target=_killing, args=(killed, begun[1], cluster.folder, dice, ended))
            killer.start()
    code = process.wait()
    ended.set()
    killer.join()
    assert code in (0, 3), "".join(said[-60:])
    print({stage: "killed" if done else "ended before" for stage, done in killed.items()}, flush=True)
    return lake, killed


def _killing(killed: dict, stage: str, folder: Path, dice: random.Random, until: threading.Event) -> None:
    until.wait(dice.uniform(0.0, 4.0))
    killed[stage] = kill_one(folder, dice, until)


def test_an_executor_was_lost_in_nearly_every_stage(disturbed):
    _, killed = disturbed
    assert set(killed) == {stage.name for stage in STAGES}
    assert sum(killed.values()) >= 10  # one that ends within seconds may end before two executors are there again


@pytest.mark.parametrize("name", COMPARED)
def test_the_tables_are_those_of_an_undisturbed_run(disturbed, runs, spark, name):
    from interestlake.core.lake import Lake

    here, there = Lake(spark, runs.local), Lake(spark, disturbed[0])
    rows = [[row.asDict(recursive=True) for row in lake.read(name).collect()] for lake in (here, there)]
    assert differences(ALL[name].key, *rows, tolerance_of(name)) == []
