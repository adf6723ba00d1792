"""Upkeep of a lake: small files become few, rows stay, old versions are read within the time kept, faults are named."""

import json
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from interestlake.cli import main as cli
from interestlake.core.config import RunOptions, load_params
from interestlake.core.errors import BadInput, GateRefused
from interestlake.core.lake import Lake
from interestlake.core.pipeline import run_stages
from interestlake.core.plain_tables import state_mark
from interestlake.core.schemas.all import ALL
from interestlake.core.undo import plan_undo
from interestlake.core.upkeep import broken_rules, files_of
from interestlake.stages.maintain import MAINTAIN

from .test_undo import FRIENDS, VECTORS, forgetting, write

EMBEDDINGS = "silver.embeddings"
SCHEMA = "text_hash string, model_id string, engine string, vector array<float>"
DAY_S = 24 * 3600


def vectors(spark, *hashes, vector=(1.0,)):
    return spark.createDataFrame([(one, "m", "e", list(vector)) for one in hashes], SCHEMA).coalesce(1)


@pytest.fixture
def options(tmp_path, tracking_uri):
    return RunOptions(lake=str(tmp_path / "lake"), run_id="m", source="sample", tracking_uri=tracking_uri)


@pytest.fixture
def run(spark, options):
    def go(run_id, *stages):
        return run_stages(spark, stages, load_params(None), replace(options, run_id=run_id))

    return go


def older(lake, name, days):
    """The table as if all that was done to it had been done so many days before."""
    at = time.time() - days * DAY_S
    for file in Path(lake.path(name)).rglob("*"):
        os.utime(file, (at, at))
    for commit in Path(lake.path(name), "_delta_log").glob("*.json"):
        actions = [json.loads(line) for line in commit.read_text().splitlines()]
        for action in actions:
            if "remove" in action:
                action["remove"]["deletionTimestamp"] = int(at * 1000)
        commit.write_text("\n".join(map(json.dumps, actions)) + "\n")
        commit.with_name(f".{commit.name}.crc").unlink(missing_ok=True)
        os.utime(commit, (at, at))
    lake.spark._jvm.org.apache.spark.sql.delta.DeltaLog.clearCache()


def test_small_files_become_one_and_rows_versions_and_marks_stay(spark, options, run):
    lake = Lake(spark, options.lake)
    for number in range(5):
        lake.write(EMBEDDINGS, vectors(spark, f"a{number}", f"b{number}"), f"r{number}")
    run("w", write(vectors=["i1"]))
    rows, version, mark = lake.read(EMBEDDINGS).collect(), lake.version(EMBEDDINGS), state_mark(lake.path(EMBEDDINGS))
    graph = lake.version(VECTORS)
    before = lake.read(EMBEDDINGS, version)  # a reader who is about to read
    figures = run("m", MAINTAIN)["maintain"]
    assert len(files_of(lake, EMBEDDINGS).sizes) == 1 and figures["files_before"] - figures["files_after"] >= 4
    assert sorted(lake.read(EMBEDDINGS).collect()) == sorted(rows) == sorted(before.collect())
    assert lake.read(EMBEDDINGS, version - 2).count() == len(rows) - 4
    assert state_mark(lake.path(EMBEDDINGS)) == mark and lake.version(VECTORS) == graph
    assert lake.read_changes(EMBEDDINGS, version + 1).isEmpty()
    version = lake.version(EMBEDDINGS)
    run("again", MAINTAIN)
    assert lake.version(EMBEDDINGS) == version


def test_versions_stay_for_the_time_kept_and_an_undo_beyond_it_is_told(spark, options, run):
    lake = Lake(spark, options.lake)
    run("r1", write(vectors=["i1"], friends=[("a", "b")]))
    run("r2", write(vectors=["i2"]))
    older(lake, VECTORS, days=6)
    assert run("m1", MAINTAIN)["maintain"]["megabytes_freed"] == 0
    assert [step.version for step in plan_undo(lake, "r2").steps] == [0]
    older(lake, VECTORS, days=8)
    assert run("m2", MAINTAIN)["maintain"]["megabytes_freed"] > 0
    assert [row["item_id"] for row in lake.read(VECTORS).collect()] == ["i2"]
    with pytest.raises(BadInput, match=rf"\d+ files of {VECTORS} version 0 deleted by a vacuum; .*nothing was changed"):
        plan_undo(lake, "r2")


def test_rows_past_their_contract_are_named_by_table_and_constraint_and_end_with_3(
    spark, options, run, monkeypatch, caplog, capsys
):
    monkeypatch.setattr(spark, "stop", lambda: None)
    lake = Lake(spark, options.lake)
    lake.write(EMBEDDINGS, vectors(spark, "a", "b"), "r1")
    run("w", write(friends=[("a", "b")]))
    spark.sql(f"ALTER TABLE delta.`{lake.path(EMBEDDINGS)}` DROP CONSTRAINT vector_not_empty")
    bad = vectors(spark, "c", "d", vector=()).union(vectors(spark, "a"))
    bad.write.format("delta").mode("append").save(lake.path(EMBEDDINGS))
    with pytest.raises(GateRefused, match="vector_not_empty: 2 rows; silver.embeddings: one_row_per_key: 1 row") as no:
        run("m", MAINTAIN)
    assert no.value.figures["broken_rules"] == 2 and FRIENDS not in str(no.value)
    told = ["--lake", options.lake, "--tracking-uri", options.tracking_uri]
    assert cli.main(["maintain", *told, "--run-id", "c"]) == 3
    assert f"{EMBEDDINGS}: one_row_per_key: 1 row" in "".join([*capsys.readouterr(), caplog.text])
    lake.delete(EMBEDDINGS, "text_hash IN ('a', 'c', 'd')")
    assert cli.main(["maintain", *told]) == 0 and "all rows keep their contract" in capsys.readouterr().out
    version = lake.version(EMBEDDINGS)
    assert cli.main(["maintain", *told, "--dry-run"]) == 0 and lake.version(EMBEDDINGS) == version
    assert "median MB" in (printed := capsys.readouterr().out) and EMBEDDINGS in printed


def test_a_column_of_another_type_and_a_null_are_faults(spark):
    table = ALL["bronze.friends"]
    rows = spark.createDataFrame([("a", None, "s"), ("a", "b", "s")], "user_id string, friend_id string, source string")
    assert broken_rules(rows, table) == {"not_null_friend_id": 1}
    assert broken_rules(rows.withColumn("source", rows.user_id == "a"), table) == {"column_source": 2}
    assert broken_rules(rows.where("friend_id = 'b'"), table) == {} == broken_rules(rows.limit(0), table)


def test_upkeep_waits_for_a_forgetting_to_end(spark, options, run):
    lake = Lake(spark, options.lake)
    run("w", write(friends=[("a", "b")]))

    def killed(context):
        forgetting("a").run(context)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run("f", replace(forgetting("a"), run=killed))
    with pytest.raises(BadInput, match="a forgetting that has not ended, f; .*interestlake forget"):
        run("m", MAINTAIN)
    run("f", forgetting("a"))
    assert run("m2", MAINTAIN)["maintain"]["tables"] >= 3 and lake.read(FRIENDS).isEmpty()


@pytest.mark.parametrize("setting", [{"maintain.keep_hours": 167}, {"maintain.keep_hours": 0}])
def test_less_than_delta_keeps_is_refused(setting):
    with pytest.raises(BadInput, match="keep_hours.*expected >= 168"):
        load_params(None, setting)
