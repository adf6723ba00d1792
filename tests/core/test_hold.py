"""One whole run at a time: real processes at one lake, of which one runs, and one killed holds nobody up."""

import dataclasses
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest

from interestlake.core import hold as holds
from interestlake.core.config import RunOptions
from interestlake.core.errors import BadInput, InterestlakeError
from interestlake.core.held_file import HadoopFile, LocalFile, held_file
from interestlake.core.hold import NAME, Holder, holder_of, holding, take

TAKE = """
import sys, time
from interestlake.core.errors import BadInput
from interestlake.core.held_file import LocalFile
from interestlake.core.hold import NAME, take
root, run_id, begin = sys.argv[1], sys.argv[2], float(sys.argv[3])
time.sleep(max(0.0, begin - time.time()))
try:
    take(LocalFile(f"{root}/{NAME}"), run_id, root)
except BadInput as fault:
    print("refused", fault, flush=True)
else:
    print("holds", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def root(tmp_path):
    (tmp_path / "lake").mkdir()
    return str(tmp_path / "lake")


@pytest.fixture
def start(root):
    """start(run_id, begin) -> a process that takes the lake then, says how it went, and holds it until it is ended."""
    started = []

    def run(run_id, begin=0.0):
        process = subprocess.Popen([sys.executable, "-c", TAKE, root, run_id, str(begin)], text=True,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # fmt: skip
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate(timeout=60)


def test_of_several_processes_at_once_one_runs_and_the_others_say_who(root, start):
    begin = time.time() + 3.0
    processes = [start(f"r{number}", begin) for number in range(4)]
    said = [process.stdout.readline() for process in processes]
    [winner] = [place for place, line in enumerate(said) if line == "holds\n"]
    for line in (one for one in said if one != "holds\n"):
        assert f"lake {root}: found run r{winner}, under way since 20" in line
        assert f"(process {processes[winner].pid} on " in line and "set it in --wait SECONDS" in line


def test_a_killed_run_holds_nobody_up(root, start):
    process = start("r1")
    assert process.stdout.readline() == "holds\n"
    with pytest.raises(BadInput, match="found run r1, under way since"):
        take(LocalFile(f"{root}/{NAME}"), "r2", root)
    os.kill(process.pid, signal.SIGKILL)
    process.wait(timeout=60)
    taken = take(LocalFile(f"{root}/{NAME}"), "r2", root)
    taken.expect_held()
    taken.release()
    assert not os.path.exists(f"{root}/{NAME}")


def test_whoever_waits_runs_when_the_other_has_ended(root):
    first = take(LocalFile(f"{root}/{NAME}"), "r1", root)
    threading.Timer(0.3, first.release).start()
    second = take(LocalFile(f"{root}/{NAME}"), "r2", root, wait_s=30.0)
    assert second.mine.run_id == "r2"
    second.release()


@pytest.mark.parametrize(("silent_s", "dead"), [(0, False), (600, True)])
def test_a_run_of_another_machine_is_known_by_its_signs_of_life(root, silent_s, dead):
    away = dataclasses.replace(Holder.me("far", root), place="elsewhere/", pid=1)
    file = LocalFile(f"{root}/{NAME}")
    file.put_new(json.dumps(dataclasses.asdict(away)))
    os.utime(file.path, (time.time() - silent_s,) * 2)
    if dead:
        take(file, "r2", root).release()
    else:
        with pytest.raises(BadInput, match=r"run far, under way since .* \(process 1 on elsewhere\)"):
            take(file, "r2", root)


def test_a_run_touches_its_file(root, monkeypatch):
    monkeypatch.setattr(holds, "BEAT_S", 0.05)
    taken = take(LocalFile(f"{root}/{NAME}"), "r1", root)
    os.utime(taken.file.path, (0, 0))
    for _ in range(200):
        if taken.file.silent_s() < 60:
            break
        time.sleep(0.05)
    assert taken.file.silent_s() < 60
    taken.release()


def test_a_copy_of_a_lake_that_is_held_is_free(root, tmp_path):
    taken = take(LocalFile(f"{root}/{NAME}"), "r1", root)
    shutil.copytree(root, tmp_path / "copy")
    copy = str(tmp_path / "copy")
    take(LocalFile(f"{copy}/{NAME}"), "r2", copy).release()
    taken.release()


def test_a_run_whose_place_was_taken_stops_and_leaves_the_other_alone(root):
    first = take(LocalFile(f"{root}/{NAME}"), "r1", root)
    first.file.remove()
    second = take(LocalFile(f"{root}/{NAME}"), "r2", root)
    with pytest.raises(InterestlakeError, match="run r1: found the lake held by run r2, under way since"):
        first.expect_held()
    first.release()
    second.expect_held()
    second.release()


def test_a_file_that_was_never_written_whole_is_taken_away(root):
    (LocalFile(f"{root}/{NAME}").path).write_text("")
    os.utime(f"{root}/{NAME}", (0, 0))
    take(LocalFile(f"{root}/{NAME}"), "r1", root).release()


def test_a_lake_that_cannot_be_written_is_one_message(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(BadInput, match="expected a folder that can be written; set it in --lake"):
        take(LocalFile(str(tmp_path / "file" / NAME)), "r1", str(tmp_path / "file"))


def test_the_same_through_hadoop(spark, tmp_path, monkeypatch):
    monkeypatch.setattr(holds, "SETTLE_S", 0.0)
    address = str(tmp_path / NAME)
    assert isinstance(held_file(spark, address), LocalFile)
    file = HadoopFile(spark, address)
    assert file.read() is None and file.silent_s() == 0.0
    assert file.put_new("one") and not file.put_new("two")
    file.touch("three")
    assert file.read() == "three" and 0 <= file.silent_s() < 60
    file.remove()
    first = take(file, "r1", str(tmp_path))
    with pytest.raises(BadInput, match="found run r1"):
        take(HadoopFile(spark, address), "r2", str(tmp_path))
    first.release()
    assert file.read() is None


def test_what_goes_on_beside_a_run_takes_nothing(lake):
    options = RunOptions(lake.root, "r1")
    with holding(lake, options) as held:
        held.expect_held()
        with holding(lake, RunOptions(lake.root, "said"), alone=False) as beside:
            assert beside is None
        assert holder_of(lake) == held.mine
        with pytest.raises(BadInput, match="found run r1"), holding(lake, RunOptions(lake.root, "r2")):
            pass
    assert holder_of(lake) is None
