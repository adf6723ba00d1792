"""The same small world on this disk and on each file system; there the run is killed once and goes on."""

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from .servers import ROOT, STORES, Store

KILLED_IN = "] train_two_tower"
QUICK = ["--users", "60", "--quick", "--set", "promote.min_gain=-1.0"]
RUN_ID = "stored"


@dataclass(frozen=True)
class Stored:
    """A finished run on another file system: its lake, what reaches it, and what the run said."""

    lake: str
    store: Store
    conf: Path
    said: str


def profile(folder: Path, properties: dict[str, str]) -> Path:
    """A copy of conf whose local profile has these properties, as a user would write them."""
    conf = Path(shutil.copytree(ROOT / "conf", folder / "conf"))
    path = conf / "spark" / "local.properties"
    kept = [
        line for line in path.read_text().splitlines() if not line.startswith(tuple(f"{key} " for key in properties))
    ]
    path.write_text("\n".join([*kept, *(f"{key} {value}" for key, value in properties.items())]) + "\n")
    return conf


def command(name: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "interestlake.cli.main", name, *arguments]


def run(lake: str, conf: Path, uri: str, environment: dict[str, str], kill_in: str | None = None) -> tuple[int, str]:
    """The whole pipeline -> (exit code, what it said); killed with SIGKILL 2 s after a line that has `kill_in`."""
    given = [
        "--source",
        "sample",
        *QUICK,
        "--run-id",
        RUN_ID,
        "--lake",
        lake,
        "--tracking-uri",
        uri,
        "--conf",
        str(conf),
    ]
    print("$ interestlake run", *given, flush=True)
    made = subprocess.Popen(
        command("run", *given), cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
        start_new_session=True, env={**os.environ, **environment},
    )  # fmt: skip
    said = []
    for line in made.stderr:
        print("   ", line.rstrip(), flush=True)
        said.append(line)
        if kill_in and kill_in in line:
            time.sleep(2.0)
            os.killpg(made.pid, signal.SIGKILL)
            break
    made.stderr.close()
    return made.wait(900), "".join(said)


@pytest.fixture(scope="session")
def world(tmp_path_factory) -> str:
    """The lake of an undisturbed run on this disk."""
    folder = tmp_path_factory.mktemp("here")
    lake = str(folder / "lake")
    code, said = run(lake, ROOT / "conf", f"sqlite:///{folder / 'mlflow.db'}", {})
    assert code == 0, said[-3000:]
    return lake


@pytest.fixture(scope="session", params=sorted(STORES, reverse=True))
def stored(request, tmp_path_factory) -> Stored:
    """The same run on another file system, killed in the training of the two towers and begun again."""
    folder = tmp_path_factory.mktemp(request.param)
    with STORES[request.param](folder) as store:
        conf, lake = profile(folder, store.properties), f"{store.root}/lake"
        code, said = run(lake, conf, store.tracking_uri, {}, KILLED_IN)
        assert code == -signal.SIGKILL, said[-3000:]
        code, said = run(lake, conf, store.tracking_uri, store.environment)
        assert code == 0, said[-3000:]
        yield Stored(lake, store, conf, said)
