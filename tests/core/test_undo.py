"""A run taken back: tables, rows of ops and aliases are as before it, its id is free; or it is refused whole."""

import logging
from dataclasses import replace

import pytest
from pyspark.sql import functions as F

from interestlake.cli import main as cli
from interestlake.core import undo
from interestlake.core.config import REQUEST, RunOptions, load_params
from interestlake.core.errors import BadInput
from interestlake.core.lake import Lake
from interestlake.core.pipeline import run_stages
from interestlake.core.stage import Stage
from interestlake.core.undo import plan_undo
from interestlake.stages import undo as undoing

LINKS = "user_id string, friend_id string, source string"
VECTORS, FRIENDS, OBJECTIONS = "graph.item_vectors", "bronze.friends", "silver.objections"


def write(friends=(), vectors=(), gone=None):
    """A stage that merges links, replaces vectors and deletes the links of a person, in this order."""

    def run(context):
        spark = context.spark
        if friends:
            context.write(FRIENDS, spark.createDataFrame([(*pair, "s") for pair in friends], LINKS))
        if vectors:
            rows = [(item, [1.0]) for item in vectors]
            context.write(VECTORS, spark.createDataFrame(rows, "item_id string, vector array<float>"))
        if gone:
            context.delete(FRIENDS, f"user_id = '{gone}'")
        return {"done": 1.0}

    return Stage("write", "write", (), (FRIENDS, VECTORS), "als", run)


def forgetting(user):
    """A stage as the command forget: a mark, then the person's rows deleted."""

    def run(context):
        mark = [(user, "everything", "forget", "0" * 64, context.options.run_id)]
        schema = "user_id string, kind string, action string, target string, run_id string"
        context.note(
            context.lake.write(OBJECTIONS, context.spark.createDataFrame(mark, schema), context.options.run_id)
        )
        if context.lake.exists(FRIENDS):
            context.delete(FRIENDS, f"user_id = '{user}'")
        return {}

    return Stage("forget", "forget", (), (OBJECTIONS, FRIENDS), "recommend", run, beside=True)


@pytest.fixture
def options(tmp_path, tracking_uri):
    return RunOptions(lake=str(tmp_path / "lake"), run_id="r1", source="sample", tracking_uri=tracking_uri)


@pytest.fixture
def run(spark, options):
    """run("r1", stage, ...) -> figures; the run of that id on the test's lake."""

    def go(run_id, *stages, source="sample"):
        return run_stages(spark, stages, load_params(None), replace(options, run_id=run_id, source=source))

    return go


@pytest.fixture
def call(spark, options, monkeypatch, capsys, caplog):
    """call("--run-id", "r1") -> (exit code, what was printed, what was logged) of `interestlake undo`."""
    monkeypatch.setattr(spark, "stop", lambda: None)
    caplog.set_level(logging.INFO, logger="interestlake")

    def undo_of(*given):
        caplog.clear()
        code = cli.main(["undo", "--lake", options.lake, "--tracking-uri", options.tracking_uri, *given])
        return code, capsys.readouterr().out, caplog.text

    return undo_of


@pytest.fixture
def state(spark, options):
    """state() -> table -> rows, of every table that there is; of ops the run ids."""
    names = (FRIENDS, VECTORS, OBJECTIONS)

    def of_lake():
        lake = Lake(spark, options.lake)
        return {name: sorted(map(str, lake.read(name).collect())) for name in names if lake.exists(name)}

    return of_lake


def test_a_run_is_taken_back_and_its_id_is_free(spark, options, run, call, state):
    run("r1", write([("a", "b"), ("c", "d")]))
    before = state()
    run("r2", write([("a", "x"), ("e", "f")], ["i"], gone="c"))
    after = state()
    assert set(after) == {FRIENDS, VECTORS} and after[FRIENDS] != before[FRIENDS]
    code, said, _ = call("--run-id", "r2")
    assert code == 0 and said.startswith("Run r2 is taken back: 1 table as it was before, 1 gone that it had made")
    assert state() == before
    lake = Lake(spark, options.lake)
    runs = {row["run_id"]: row["source"] for row in lake.read("ops.runs").collect()}
    assert set(runs) - {"r1"} == {one for one in runs if one.startswith("undo-r2-")} and "undo" in runs.values()
    assert {row["stage"] for row in lake.read("ops.stages").where("run_id <> 'r1'").collect()} == {"undo"}
    # the same id, now for something else
    run("r2", write([("g", "h")], ["j"]))
    assert [row["item_id"] for row in lake.read(VECTORS).collect()] == ["j"]
    assert lake.read(FRIENDS).where("user_id = 'g'").count() == 1
    assert lake.written_by(FRIENDS, "r2") == lake.version(FRIENDS)
    assert call("--run-id", "r2")[0] == 0 and state() == before


@pytest.mark.commands
def test_the_undo_of_an_undone_run_changes_nothing(spark, options, run, call, state):
    run("r1", write([("a", "b")]))
    run("r2", write([("c", "d")]))
    first, before = call("--run-id", "r2")[1], state()
    versions = Lake(spark, options.lake).version(FRIENDS)
    code, again, log = call("--run-id", "r2")
    assert (code, again) == (0, first) and "already done under run id undo-r2-" in log
    assert state() == before and Lake(spark, options.lake).version(FRIENDS) == versions


@pytest.mark.commands
def test_runs_are_taken_back_newest_first(run, call, state):
    run("r1", write([("a", "b")], ["i"]))
    run("r2", write([("c", "d")]))
    before = state()
    code, _, log = call("--run-id", "r1")
    assert code == 2 and f"run r1: found later writes to its tables: r2 wrote {FRIENDS}; expected none" in log
    assert state() == before
    assert call("--run-id", "r2")[0] == call("--run-id", "r1")[0] == 0
    assert state() == {}


@pytest.mark.commands
def test_a_persons_request_between_is_named_and_may_be_taken_back_first(run, call, state):
    run("r1", write([("a", "b"), ("c", "d")]))
    before = state()
    run("said", write(gone="a"), source=REQUEST)
    assert "later writes to its tables: said wrote" in call("--run-id", "r1")[2]
    assert call("--run-id", "said")[0] == 0 and state() == before


def test_a_writer_without_a_name_stops_it(spark, options, run, call):
    run("r1", write([("a", "b")]))
    Lake(spark, options.lake).delete(FRIENDS, "user_id = 'a'")
    code, _, log = call("--run-id", "r1")
    assert code == 2 and "a writer without a name (DELETE) wrote bronze.friends" in log


@pytest.mark.commands
def test_what_was_forgotten_does_not_come_back(spark, options, run, call, state, monkeypatch):
    monkeypatch.setattr(undo, "CLOCKS_MS", 0)
    run("r0", write([("a", "b"), ("z", "b")], ["i"]))
    run("r1", write(vectors=["i", "k"]))
    run("gone", forgetting("a"), source=REQUEST)
    # r1 and the forgetting share no table: an older version of one that the run wrote may hold the person all the same
    code, _, log = call("--run-id", "r1")
    assert code == 2 and "run r1: found rows forgotten since it began, by gone; expected none" in log
    assert "found a person's forgetting; expected a run" in call("--run-id", "gone")[2]
    run("r2", write([("q", "b")], ["m"]))
    assert call("--run-id", "r2")[0] == 0
    assert [row["user_id"] for row in Lake(spark, options.lake).read(FRIENDS).collect()] == ["z"]


@pytest.mark.commands
def test_a_forgetting_that_has_not_ended_stops_it(spark, options, run, call, monkeypatch):
    monkeypatch.setattr(undo, "CLOCKS_MS", 0)
    run("r0", write([("a", "b")]))
    forget = forgetting("a")

    def killed(context):
        forget.run(context)
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        run("half", replace(forget, run=killed), source=REQUEST)
    run("r1", write(vectors=["i"]))
    assert "rows forgotten since it began, by half" in call("--run-id", "r1")[2]
    run("whole", forget, source=REQUEST)
    run("r2", write(vectors=["k"]))
    assert call("--run-id", "r2")[0] == 0  # the same was asked for again, and ended before


@pytest.mark.commands
def test_a_state_that_a_vacuum_deleted_is_told_before_anything_changes(spark, options, run, call, state):
    run("r1", write([("a", "b")], ["i"]))
    run("r2", write([("c", "d")], ["k"]))
    lake, before = Lake(spark, options.lake), state()
    lake.vacuum(VECTORS, 0)
    code, _, log = call("--run-id", "r2")
    assert code == 2 and f"files of {VECTORS} version 0 deleted by a vacuum" in log and "nothing was changed" in log
    assert state() == before


def test_a_dry_run_prints_the_table_and_writes_nothing(spark, options, run, call, state):
    run("r1", write([("a", "b")]))
    run("r2", write([("c", "d")], ["i"]))
    lake = Lake(spark, options.lake)
    versions = {name: lake.version(name) for name in (FRIENDS, VECTORS, "ops.runs", "ops.stages")}
    code, said, _ = call("--run-id", "r2", "--dry-run")
    assert code == 0
    assert [line.split() for line in said.splitlines()[1:]] == [
        ["table", "now", "then", "commits"], [FRIENDS, "1", "0", "1"], [VECTORS, "0", "none", "1"],
    ]  # fmt: skip
    assert {name: lake.version(name) for name in versions} == versions


@pytest.mark.commands
def test_a_killed_undo_is_finished_by_calling_again_and_nobody_runs_meanwhile(run, call, state, monkeypatch):
    run("r1", write([("a", "b")], ["i"]))
    before = state()
    run("r2", write([("c", "d")], ["k"]))
    done, step = [], undoing.undo_step

    def killed(lake, one):
        if done:
            raise RuntimeError("killed")
        done.append(one.table)
        step(lake, one)

    monkeypatch.setattr(undoing, "undo_step", killed)
    assert call("--run-id", "r2")[0] == 1
    monkeypatch.setattr(undoing, "undo_step", step)
    with pytest.raises(BadInput, match="found an undo of run r2 that was begun and has not ended"):
        run("r3", write([("x", "y")]))
    assert call("--run-id", "r2")[0] == 0
    assert state() == before
    run("r3", write([("x", "y")]))


@pytest.mark.commands
def test_an_undo_killed_after_the_last_trace_of_the_run_went(run, call, state, monkeypatch):
    from interestlake.core import pipeline

    run("r1", write([("a", "b")]))
    run("r2", write([("c", "d")]))
    mark = pipeline._mark_finished
    monkeypatch.setattr(pipeline, "_mark_finished", lambda *_: (_ for _ in ()).throw(RuntimeError("killed")))
    assert call("--run-id", "r2")[0] == 1
    monkeypatch.setattr(pipeline, "_mark_finished", mark)
    assert call("--run-id", "r2")[0] == 0
    run("r2", write([("e", "f")]))
    assert len(state()[FRIENDS]) == 2


def test_bad_input_is_one_message(run, call, capsys):
    run("r1", write([("a", "b")]))
    code, _, log = call("--run-id", "nobody")
    assert code == 2 and "run nobody: found no such run in this lake; expected one like r1" in log
    with pytest.raises(SystemExit, match="2"):
        call()
    assert "--run-id" in capsys.readouterr().err


def test_an_undo_is_not_undone(run, call, spark, options):
    run("r1", write([("a", "b")]))
    call("--run-id", "r1")
    own = next(row["run_id"] for row in Lake(spark, options.lake).read("ops.runs").collect())
    assert f"run {own}: found an undo; expected a run; run r1 again" in call("--run-id", own)[2]


def test_readers_of_what_goes_are_told(spark, options, run, call):
    run("r1", write([("a", "b")]))
    read = Stage("read", "read", (FRIENDS,), (), "als", lambda context: {"n": float(context.read(FRIENDS).count())})
    run("r2", read)
    plan = plan_undo(Lake(spark, options.lake), "r1")
    assert plan.readers == (("r2", FRIENDS),)
    assert "read since by r2" in call("--run-id", "r1", "--dry-run")[1]


def test_a_restore_of_a_restored_table_goes_by_what_stands(spark, lake):
    frame = lambda *people: spark.createDataFrame([(one, "b", "s") for one in people], LINKS)  # noqa: E731
    for run_id, people in (("r1", "a"), ("r2", "c"), ("r3", "d")):
        lake.write(FRIENDS, frame(*people), run_id)
    lake.restore(FRIENDS, 1)
    assert [commit.run_id for commit in lake.commits(FRIENDS)] == ["r2", "r1"]
    lake.restore(FRIENDS, 0)
    lake.write(FRIENDS, frame("e"), "r4")
    assert [commit.run_id for commit in lake.commits(FRIENDS)] == ["r4", "r1"]
    assert sorted(row["user_id"] for row in lake.read(FRIENDS).select(F.col("user_id")).collect()) == ["a", "e"]
