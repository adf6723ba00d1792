"""Lakes that cannot answer are told by table and file, and requests of people that have not ended by their command."""

import json
import shutil

import pytest

from interestlake.cli.doctor import lake as of_lake
from interestlake.cli.doctor import tables
from interestlake.cli.doctor.check import Given

from ..delta_files import change_delta, write_delta

STAGES = ("ingest", "prepare", "build_interests", "recommend", "evaluate")


@pytest.fixture
def lake(tmp_path):
    """The tables that doctor looks for, of a run that has finished."""
    place = tmp_path / "lake"
    for name in sorted({name for names in tables.LEFT.values() for name in names}):
        write_delta(place.joinpath(*name.split(".")), {"user_id": ["a"]})
    write_delta(place / "ops" / "runs", {"run_id": ["r1"], "source": ["sample"], "fingerprint": ["m1"]})
    write_delta(place / "ops" / "stages", {"run_id": ["r1"] * len(STAGES), "stage": list(STAGES)})
    write_delta(place / "ops" / "sources", {"source": ["sample"], "key_mark": [""]})
    return place


def looked(lake) -> tables.Check:
    return tables.contents(Given({}, {}, "local", lake=str(lake)))


def asked(lake) -> tables.Check:
    return tables.requests(Given({}, {}, "local", lake=str(lake)))


def log_of(lake, name, version=0):
    return lake.joinpath(*name.split(".")) / "_delta_log" / f"{version:020}.json"


def test_a_whole_lake_and_none(lake, tmp_path):
    assert looked(lake).ok and looked(lake).found == "10 tables, every file there" and asked(lake).ok
    assert looked(tmp_path / "none").ok and looked("s3a://bucket/lake").ok and looked("").ok
    write_delta(tmp_path / "new" / "ops" / "runs", {"run_id": ["r1"], "source": ["sample"], "fingerprint": ["m"]})
    write_delta(tmp_path / "new" / "bronze" / "events", {"user_id": ["a"]})
    assert looked(tmp_path / "new").ok  # a first run that is under way


def test_data_files_that_are_gone(lake):
    commit = log_of(lake, "gold.recommendations")
    commit.write_text(commit.read_text() + "\n" + json.dumps({"txn": {"appId": "r1/recommend/x", "version": 1}}))
    part = lake / "gold" / "recommendations" / "part.parquet"
    part.unlink()
    check = looked(lake)
    assert not check.ok and check.found == f"gold.recommendations: no file {part}"
    assert "restore it from a backup" in check.fix
    assert f"`interestlake undo --lake {lake} --run-id r1` and run again" in check.fix


def test_a_data_file_that_is_cut(lake):
    part = lake / "silver" / "items" / "part.parquet"
    part.write_bytes(part.read_bytes()[:40])
    assert not looked(lake).ok and looked(lake).found.startswith("silver.items: ")


@pytest.mark.parametrize("name", ["silver.users", "gold.recommendations", "ops.sources", "ops.stages"])
def test_a_table_that_is_gone(name, lake):
    shutil.rmtree(lake.joinpath(*name.split(".")))
    check = looked(lake)
    assert (check.found, check.ok) == (f"no table {name}", False) and "from a backup" in check.fix


def test_ops_that_are_gone(lake):
    shutil.rmtree(lake / "ops")
    assert looked(lake).found == "no table ops.runs, ops.stages, ops.sources"


def test_logs_that_are_not_whole(lake):
    place = lake / "silver" / "items"
    change_delta(place, {"more.parquet": {"user_id": ["b"]}})
    assert looked(lake).ok
    newest, first = log_of(lake, "silver.items", 1), log_of(lake, "silver.items")
    whole = newest.read_text()
    newest.write_text(whole[: len(whole) // 2])
    assert looked(lake).found == f"silver.items: {newest} is not whole"
    assert of_lake.times(Given({}, {}, "local", lake=str(lake))).what == "commits"
    newest.write_text("")
    assert looked(lake).found == f"silver.items: {newest} is empty"
    newest.write_text(whole)
    first.unlink()
    assert looked(lake).found == f"silver.items: no file {first}"


def requested(lake, *runs, ended=()):
    for name in ("runs", "stages"):
        shutil.rmtree(lake / "ops" / name)
    columns = {"run_id": ["r1", *(run for run, _ in runs)], "source": ["sample", *["request"] * len(runs)],
               "fingerprint": ["m1", *(mark for _, mark in runs)]}  # fmt: skip
    write_delta(lake / "ops" / "runs", columns)
    ends = ["r1", *ended]
    write_delta(lake / "ops" / "stages", {"run_id": ends, "stage": ["ingest"] * len(ends)})


def test_a_request_that_has_not_ended(lake):
    requested(lake, ("f1", "a"), ("f2", "b"), ended=("f2",))
    check = asked(lake)
    assert check.found == "a feedback or forgetting begun and not ended, run f1" and not check.ok
    write_delta(lake / "silver" / "objections", {"run_id": ["f1/1"], "action": ["forget"]})
    assert asked(lake).found == "a forgetting begun and not ended, run f1"
    assert f"the same `interestlake forget` again, with --lake {lake} and the same person, ends it" in asked(lake).fix
    requested(lake, ("f1", "a"), ("f2", "a"), ended=("f2",))  # asked for again, and done
    assert asked(lake).ok
