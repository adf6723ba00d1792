"""`interestlake serve` as a process: it answers, follows its lake, ends when told to, and refuses what is unsafe."""

import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from interestlake.cli.main import main

from ..delta_files import change_delta
from .planted import ANN, lists_of, write_lake

BARE = ("--model", "none", "--no-ask", "--port", "0", "--refresh", "0.2")
READY_S = 90


def told(address, path, headers=None):
    request = urllib.request.Request(address + path, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as refused:
        return refused.code, json.loads(refused.read())


class Served:
    """A context: the process and its address."""

    def __init__(self, lake, *options):
        command = [sys.executable, "-m", "interestlake.cli.main", "serve", "--lake", str(lake), *BARE, *options]
        environment = {**os.environ, "MLFLOW_TRACKING_URI": f"sqlite:///{lake}/mlflow.db"}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        env=environment)  # fmt: skip

    def __enter__(self):
        readable, _, _ = select.select([self.process.stdout], [], [], READY_S)
        self.address = self.process.stdout.readline().strip() if readable else ""
        assert self.address.startswith("http://127.0.0.1:"), self.process.communicate(timeout=30)
        return self

    def __exit__(self, *fault):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate(timeout=60)


def listed(address):
    return [row["item_id"] for row in told(address, f"/v1/people/{ANN}/recommendations")[1]["items"]]


def test_it_answers_follows_the_lake_and_ends_when_told_to(tmp_path):
    lake = write_lake(tmp_path / "lake")
    with Served(lake) as served:
        assert listed(served.address) == ["i2", "i3", "i4"]
        assert told(served.address, "/readyz") == (200, {"ready": True, "model": None})
        change_delta(lake / "gold/recommendations", {"new.parquet": lists_of({ANN: ["i4"]}, "r2")}, ["part.parquet"])
        for _ in range(100):
            if listed(served.address) == ["i4"]:
                break
            time.sleep(0.1)
        assert told(served.address, f"/v1/people/{ANN}/recommendations")[1]["made_by"] == "r2"
        served.process.send_signal(signal.SIGTERM)
        _, log = served.process.communicate(timeout=60)
        assert served.process.returncode in (0, 143) and "Traceback" not in log
        assert ANN not in log
    assert (lake / "online.sqlite").is_file()


def test_a_killed_one_starts_again_on_its_store_and_a_moved_lake_on_its_own(tmp_path):
    lake = write_lake(tmp_path / "lake")
    with Served(lake) as served:
        served.process.kill()
    with Served(lake) as served:
        assert listed(served.address) == ["i2", "i3", "i4"]
    moved = Path(shutil.move(str(lake), str(tmp_path / "elsewhere")))
    with Served(moved) as served:
        assert listed(served.address) == ["i2", "i3", "i4"]


def said(capsys, *arguments):
    code = main(["serve", *arguments])
    return code, capsys.readouterr()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--host", "0.0.0.0"), "no keys"),
        (("--host", "0.0.0.0", "--keys", "KEYS"), "no certificate"),
        (("--keys", "none.yml"), "none.yml"),
        (("--model", "models:/none@champion"), "model models:/none@champion"),
        (("--new-key", "page"), "--keys"),
        (("--store", "/proc/online.sqlite"), "online store"),
    ],
)
def test_what_is_unsafe_or_not_there_is_refused_in_one_message(tmp_path, capsys, monkeypatch, caplog, options, message):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/mlflow.db")
    lake, keys = write_lake(tmp_path / "lake"), tmp_path / "keys.yml"
    assert main(["serve", "--lake", str(lake), "--keys", str(keys), "--new-key", "page"]) == 0
    assert len(capsys.readouterr().out.strip()) >= 32
    given = [str(keys) if one == "KEYS" else one for one in options]
    fixed = [] if "--model" in options else ["--model", "none"]
    code, printed = said(capsys, "--lake", str(lake), "--no-ask", "--port", "0", *fixed, *given)
    assert code == 2 and message in printed.err + caplog.text and "Traceback" not in printed.err


def test_a_lake_that_is_none_and_a_port_that_is_taken(tmp_path, capsys, caplog):
    code, printed = said(capsys, "--lake", str(tmp_path / "none"), "--model", "none")
    assert code == 2 and "none there" in printed.err + caplog.text
    lake = write_lake(tmp_path / "lake")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, printed = said(capsys, "--lake", str(lake), "--model", "none", "--no-ask", "--port", port)
    assert code == 2 and "a free port" in printed.err + caplog.text
