"""Where nothing can be written is told before the first stage, in one message that says what to do."""

import logging
import os

import pytest

from interestlake.cli.main import main
from interestlake.core import places
from interestlake.core.errors import BadInput
from interestlake.core.places import expect_lake_place, expect_writable, writing


def test_nothing_is_made(tmp_path):
    expect_lake_place(str(tmp_path / "a" / "lake"))
    expect_writable(str(tmp_path / "b" / "out"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["n" * 256, "/".join(["n" * 200] * 20), "ü" * 128])
def test_names_that_are_too_long(tmp_path, name):
    with pytest.raises(BadInput, match=r"bytes, the longest name \d+; expected at most 3840, names at most 255"):
        expect_lake_place(str(tmp_path / name))


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="no folder that nobody writes into")
def test_a_folder_that_nobody_writes_into():
    with pytest.raises(BadInput, match="lake /proc/self/lake: found /proc/self: .*; expected a folder on this machine"):
        expect_lake_place("/proc/self/lake")


def test_a_layer_that_cannot_be_written(tmp_path, monkeypatch):
    (tmp_path / "bronze").mkdir()
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: access(path, mode) and not str(path).endswith("bronze"))
    with pytest.raises(BadInput, match="bronze closed to writing; expected tables and a store that can be written"):
        expect_lake_place(str(tmp_path))


def test_room_for_what_is_read(tmp_path, monkeypatch):
    (tmp_path / "input").mkdir()
    (tmp_path / "input" / "a.csv").write_bytes(b"x" * 1000)
    free = places.shutil.disk_usage(tmp_path)._replace(free=places.NEEDED + 999)
    monkeypatch.setattr(places.shutil, "disk_usage", lambda path: free)
    expect_lake_place(str(tmp_path / "lake"))
    with pytest.raises(BadInput, match="found 64 MiB free; expected at least 64 MiB"):
        expect_lake_place(str(tmp_path / "lake"), [str(tmp_path / "input")])


@pytest.mark.parametrize("inside", ["", "page", "_delta_log", "_delta_log/page", "part=1/deep"])
def test_no_folder_inside_a_table(tmp_path, inside):
    (tmp_path / "lake" / "gold" / "metrics" / "_delta_log").mkdir(parents=True)
    with pytest.raises(BadInput, match="inside the table .*/gold/metrics; expected a folder outside a lake's tables"):
        expect_writable(str(tmp_path / "lake" / "gold" / "metrics" / inside))
    expect_writable(str(tmp_path / "lake" / "gold"))


@pytest.mark.parametrize("out", ["", " ", "s3a://bucket/out"])
def test_no_folder_of_this_machine(out):
    with pytest.raises(BadInput, match="no folder's path; expected a folder on this machine"):
        expect_writable(out)


def test_a_full_disk_while_writing():
    with pytest.raises(BadInput, match="folder out: found No space left on device"), writing("out"):
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize(
    ("option", "value"),
    [("--lake", "file/lake"), ("--report-dir", "file/reports"), ("--tracking-uri", "sqlite:///{}/file/mlflow.db")],
)
def test_every_place_of_a_run_is_looked_at_before_spark_starts(tmp_path, monkeypatch, caplog, option, value):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("x")
    given = {"--lake": "lake", option: value.format(tmp_path)}
    with caplog.at_level(logging.INFO):
        assert main(["ingest", "--source", "sample", *(part for pair in given.items() for part in pair)]) == 2
    assert f"set it in {option}" in caplog.text and "starting Spark" not in caplog.text
