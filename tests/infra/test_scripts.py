"""Set-up, discovery and cluster scripts: one clear message and exit code 2 for a fault; nothing is done twice."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(*command, **environment) -> subprocess.CompletedProcess:
    kept = {key: value for key, value in os.environ.items() if key not in ("JAVA_HOME", "PYTHON", "SPARK_HOME")}
    words, variables = [str(part) for part in command], {**kept, **environment}
    return subprocess.run(words, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=60)


def program(folder: Path, name: str, body: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/bash\n{body}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def checkout(tmp_path):
    """What the set-up reads, in an empty checkout."""
    for name in ("requirements.lock", "pyproject.toml", "conf/spark/local.properties"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "infra" / "setup", tmp_path / "infra" / "setup")
    return tmp_path


def test_set_up_names_a_missing_python(checkout, tmp_path):
    old = program(tmp_path / "bin", "python3", "echo 3.9")
    done = run("bash", checkout / "infra/setup/setup.sh", PYTHON=str(old))
    assert done.returncode == 2
    assert "no Python 3.11" in done.stderr and "found version 3.9" in done.stderr
    assert "make setup PYTHON=" in done.stderr
    assert not (checkout / ".venv").exists()


def test_set_up_done_is_not_done_again(checkout):
    """A stamp over the present inputs ends the script before it looks for anything."""
    venv = checkout / ".venv"
    program(checkout / "bin", "java", "exit 0")
    venv.mkdir()
    (checkout / ".cache/jars").mkdir(parents=True)
    (checkout / ".cache/jars/graphframes.jar").touch()
    (venv / "interestlake-env.sh").write_text(f'export JAVA_HOME="{checkout}"\npython() {{ :; }}\n')
    inputs = ["requirements.lock", "pyproject.toml", "conf/spark/local.properties"]
    inputs += sorted(f"infra/setup/{path.name}" for path in (checkout / "infra/setup").glob("*.lock"))
    inputs += ["infra/setup/setup.sh", "infra/setup/warm_up.py", "infra/setup/class_archive.py"]
    hashed = run("bash", "-c", f"cd {checkout} && cat {' '.join(inputs)} | sha256sum | cut -d' ' -f1").stdout
    for stamp in ("setup", "archive"):
        (venv / f"interestlake-{stamp}.stamp").write_text(hashed)
    done = run("bash", checkout / "infra/setup/setup.sh", PYTHON="no-such-python")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    (venv / "interestlake-archive.stamp").unlink()
    done = run("bash", checkout / "infra/setup/setup.sh", "--without-archive", PYTHON="no-such-python")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    (checkout / "requirements.lock").write_text("changed")
    assert run("bash", checkout / "infra/setup/setup.sh", PYTHON="no-such-python").returncode == 2


def test_discovery_reports_the_gpus_of_nvidia_smi(tmp_path):
    program(tmp_path / "bin", "nvidia-smi", "printf '0\\n1\\n'")
    done = run(ROOT / "infra/gpu/discover_gpus.sh", PATH=f"{tmp_path / 'bin'}:/usr/bin:/bin")
    assert json.loads(done.stdout) == {"name": "gpu", "addresses": ["0", "1"]}


def test_discovery_says_why_there_is_none(tmp_path):
    program(tmp_path / "bin", "nvidia-smi", "echo No devices were found")
    done = run(ROOT / "infra/gpu/discover_gpus.sh", PATH=f"{tmp_path / 'bin'}:/usr/bin:/bin")
    assert done.returncode == 1
    assert done.stdout == "" and "No devices were found" in done.stderr


def test_cluster_start_names_what_is_wrong(tmp_path):
    script = ROOT / "infra/standalone/start.sh"
    no_spark = run(script, tmp_path / "cluster")
    assert no_spark.returncode == 2 and "no Spark at SPARK_HOME=(unset)" in no_spark.stderr
    wrong = run(script, tmp_path / "cluster", "--works", "2")
    assert wrong.returncode == 2 and "found --works" in wrong.stderr and "usage:" in wrong.stderr


def test_cluster_stop_leaves_other_processes_alone(tmp_path):
    sleeper = subprocess.Popen(["sleep", "60"])
    try:
        (tmp_path / "pids").write_text(f"{sleeper.pid}\n")
        assert run(ROOT / "infra/standalone/stop.sh", tmp_path).returncode == 0
        assert sleeper.poll() is None
        assert not (tmp_path / "pids").exists()
    finally:
        sleeper.kill()
        sleeper.wait()


@pytest.mark.parametrize("script", sorted(ROOT.glob("infra/**/*.sh")), ids=lambda path: path.name)
def test_scripts_are_strict(script):
    text = script.read_text()
    assert "\nset -euo pipefail\n" in text
    assert subprocess.run(["bash", "-n", script]).returncode == 0


@pytest.mark.parametrize(("at_fault", "calls"), [("nothing", 6), ("ruff", 1), ("pyrefly", 3)])
def test_tests_run_only_where_linter_and_types_find_nothing(tmp_path, at_fault, calls):
    shutil.copytree(ROOT / "infra", tmp_path / "infra", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("ruff", "pyrefly", "mkdocs", "python"):
        program(tmp_path / "bin", name, f"echo {name} $1 >> {tmp_path}/called; exit {int(name == at_fault)}")
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv/interestlake-env.sh").write_text(f'PATH="{tmp_path}/bin:$PATH"\n')
    assert run("bash", tmp_path / "infra/test.sh").returncode == int(at_fault != "nothing")
    called = (tmp_path / "called").read_text().splitlines()
    expected = ["ruff check", "ruff format", "pyrefly check", "mkdocs build", "python -m", "python -m"]
    assert called == expected[:calls]
