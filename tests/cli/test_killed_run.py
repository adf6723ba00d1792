"""A lake whose run was killed: doctor says by which command line it goes on, which names no person and no password."""

import json
import os
import signal
import subprocess
import sys

import pytest

from interestlake.cli.doctor import lake
from interestlake.cli.doctor.check import Check, Given
from interestlake.cli.said import said_again

HOLDS = """
import os, sys
from interestlake.core.held_file import LocalFile
from interestlake.core.hold import NAME, take
take(LocalFile(f"{sys.argv[1]}/{NAME}"), "r7", sys.argv[1], command=sys.argv[2])
print("holds", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize(("command", "said"), [
    ("interestlake run --source movielens --input ml --lake l --run-id r7",
     "`interestlake run --source movielens --input ml --lake l --run-id r7` goes on where it stopped"),
    ("", "`the same command with --run-id r7` goes on where it stopped"),
])  # fmt: skip
def test_a_run_that_was_killed_is_named_with_what_goes_on_with_it(command, said, tmp_path):
    (tmp_path / "ops").mkdir()
    asked = Given(os.environ, {}, "local", lake=str(tmp_path))
    assert lake.run(asked) == lake.run(Given(os.environ, {}, "local")) == Check("run", "none under way")
    holds = subprocess.Popen([sys.executable, "-c", HOLDS, str(tmp_path), command], text=True,
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # fmt: skip
    assert holds.stdout.readline() == "holds\n"
    assert lake.run(asked).ok and "run r7, under way since" in lake.run(asked).found
    holds.kill()
    holds.communicate(timeout=60)
    check = lake.run(asked)
    assert not check.ok and check.found.endswith(f"was killed: its process {holds.pid} is gone")
    assert said in check.fix and f"`interestlake undo --lake {tmp_path} --run-id r7` takes it back" in check.fix
    noted = json.loads((tmp_path / ".held.json").read_text())
    (tmp_path / ".held.json").write_text(json.dumps({k: v for k, v in noted.items() if k != "command"}))
    assert "the same command with --run-id r7" in lake.run(asked).fix  # of a version that noted none


ENDED = """
import sys, time
from interestlake.cli import main as cli
from interestlake.core.held_file import LocalFile
from interestlake.core.hold import NAME, take
def execute(arguments, load):
    hold = take(LocalFile(f"{sys.argv[1]}/{NAME}"), "r7", sys.argv[1])
    try:
        print("holds", flush=True)
        time.sleep(60)
    finally:
        hold.release()
def noted(arguments, load):
    arguments.noted = "r7"
    execute(arguments, load)
cli.execute = noted
sys.exit(cli.main(["run", "--source", "sample", "--lake", sys.argv[1]]))
"""


def test_sigterm_lets_go_of_the_lake(tmp_path):
    """As schedulers and containers end a process."""
    run = subprocess.Popen([sys.executable, "-c", ENDED, str(tmp_path)], text=True, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE)  # fmt: skip
    assert run.stdout.readline() == "holds\n" and (tmp_path / ".held.json").exists()
    run.send_signal(signal.SIGTERM)
    _, log = run.communicate(timeout=60)
    assert run.returncode == 143 and "ended by SIGTERM; --run-id r7 goes on where it stopped" in log
    assert not (tmp_path / ".held.json").exists()


CUT = """
import logging, signal, sys, time
from py4j.java_gateway import GatewayClient
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's job in the background ignores it
from interestlake.cli import main as cli
class Waiting:
    socket = None
    def close(self, *given):
        pass
    def send_command(self, command):
        print("asked", flush=True)
        time.sleep(60)
def execute(arguments, load):
    client = GatewayClient()
    client._get_connection = Waiting
    try:
        client.send_command("x")
    finally:
        time.sleep(1)  # a session that is stopped takes its time
cli.execute = execute
sys.exit(cli.main(["run", "--source", "sample", "--lake", sys.argv[1]]))
"""


@pytest.mark.parametrize(("number", "said"), [(signal.SIGTERM, "ended by SIGTERM"), (signal.SIGINT, "interrupted")])
def test_a_call_to_the_jvm_that_is_cut_prints_nothing(number, said, tmp_path):
    run = subprocess.Popen([sys.executable, "-c", CUT, str(tmp_path)], text=True, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE)  # fmt: skip
    assert run.stdout.readline() == "asked\n"
    run.send_signal(number)
    _, log = run.communicate(timeout=60)
    assert log.splitlines() == [said]


@pytest.mark.parametrize(("words", "said"), [
    (["run", "--source", "sample", "--lake", "a b"], "interestlake run --source sample --lake 'a b' --run-id r7"),
    (["run", "--run-id=r7", "--lake", "l"], "interestlake run --run-id=r7 --lake l"),
    (["run", "--tracking-uri", "http://me:word@host"], "interestlake run --tracking-uri http://...@host --run-id r7"),
    (["run", "--tracking-uri", "postgresql://bob:p@s/s@h/db"],
     "interestlake run --tracking-uri postgresql://...@h/db --run-id r7"),
    (["run", "--tracking-uri", "mysql://h/db?user=bob&password=hunter2&ssl=1"],
     "interestlake run --tracking-uri 'mysql://h/db?user=bob&password=...&ssl=1' --run-id r7"),
    (["-q", "run", "--lake", "l", "--user", "26"], "interestlake run --run-id r7"),
])  # fmt: skip
def test_a_command_line_that_is_kept_names_no_person_and_no_password(words, said):
    assert said_again("run", words, "r7") == said
