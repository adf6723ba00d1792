"""The wheel alone: installed outside the checkout, it has its configuration and its commands."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from interestlake import __version__

ROOT = Path(__file__).resolve().parents[2]
NOT_BUILT = shutil.ignore_patterns("__pycache__", "*.egg-info")


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The folder of the programs of an environment that has the wheel, and beside it this environment's packages."""
    folder = tmp_path_factory.mktemp("wheel")
    source, venv = folder / "source", folder / "venv"
    for name in ("libs", "conf"):
        shutil.copytree(ROOT / name, source / name, symlinks=True, ignore=NOT_BUILT)
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, source)
    pip = [sys.executable, "-m", "pip"]
    own = ["--no-deps", "--no-index", "-q"]
    _run([*pip, "wheel", *own, "--no-build-isolation", "-w", folder, source])
    _run([sys.executable, "-m", "venv", "--without-pip", venv])
    _run([*pip, "--python", venv / "bin" / "python", "install", *own, *folder.glob("*.whl")])
    (site,) = venv.glob("lib/python*/site-packages")
    (site / "beside.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return venv / "bin"


def _run(command, **more) -> str:
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    run = subprocess.run(list(map(str, command)), capture_output=True, text=True, env=environ, **more)
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_commands_run_in_an_empty_folder(installed, tmp_path):
    interestlake = installed / "interestlake"
    assert _run([interestlake, "--version"], cwd=tmp_path) == f"interestlake {__version__}\n"
    assert "interestlake run --source sample --lake out/lake" in _run([interestlake, "--help"], cwd=tmp_path)
    assert _run([interestlake, "models"], cwd=tmp_path).splitlines()[1].startswith("popularity")
    assert list(tmp_path.iterdir()) == []


def test_the_configuration_comes_from_the_package(installed, tmp_path):
    program = (
        "import pathlib\n"
        "from interestlake.core.config import conf_folder, load_params\n"
        "from interestlake.core.params.all import Params\n"
        "folder = conf_folder()\n"
        "assert load_params(folder) == Params() and load_params(folder, recipe='music') != Params()\n"
        "for path in sorted(pathlib.Path(folder).rglob('*.*')):\n"
        "    print(path.relative_to(folder), folder)"
    )
    lines = [line.split(" ", 1) for line in _run([installed / "python", "-c", program], cwd=tmp_path).splitlines()]
    assert {name for name, _ in lines} == {
        str(path.relative_to(ROOT / "conf")) for path in (ROOT / "conf").rglob("*.*") if path.is_file()
    }
    assert all(folder.startswith(str(installed.parent)) for _, folder in lines)
