"""Stages that would write the same again are passed over, and nothing else is."""

from dataclasses import replace

import pytest

from interestlake.core import plain_tables
from interestlake.core.config import RunOptions, load_params
from interestlake.core.errors import BadInput, Unreadable
from interestlake.core.lake import Lake
from interestlake.core.pipeline import run_stages
from interestlake.core.stage import Stage

FRIENDS, USERS = "user_id string, friend_id string", "user_id string, user_index int"


class World:
    """Two pure stages: `load` reads no table and writes silver.friends; `count` reads that and what people said."""

    def __init__(self):
        self.calls, self.rows, self.refuse = [], [("a", "b")], False
        self.stages = (
            Stage("load", "", (), ("silver.friends",), "ingest", self.load, pure=True, before=self.before),
            Stage("count", "", ("silver.friends",), ("gold.metrics",), "als", self.count, pure=True),
        )

    def before(self, context):
        if self.refuse:
            raise BadInput("another key")

    def load(self, context):
        self.calls.append("load")
        context.write("silver.friends", context.spark.createDataFrame(self.rows, FRIENDS))
        return {"rows": float(len(self.rows))}

    def count(self, context):
        self.calls.append("count")
        rank, found = context.params.als.rank, context.read("silver.friends").count()
        said = context.lake.read("silver.objections").count() if context.lake.exists("silver.objections") else 0
        row = ("test", "all", "m", "rank", rank, float(found + said), 1, None, "r")
        schema = "split string, segment string, model string, metric string, k int, value double, users bigint"
        schema += ", error double, run_id string"
        context.write("gold.metrics", context.spark.createDataFrame([row], schema))
        return {"found": float(found)}


@pytest.fixture
def world(spark, tmp_path, tracking_uri):
    """run(run_id, params, **options) -> the stages that were called."""
    made = World()
    base = RunOptions(lake=str(tmp_path / "lake"), run_id="r0", source="sample", tracking_uri=tracking_uri)

    def run(run_id, settings=None, **options):
        made.calls.clear()
        made.figures = run_stages(
            spark, made.stages, load_params(None, settings), replace(base, run_id=run_id, **options)
        )
        return list(made.calls)

    made.run, made.lake = run, Lake(spark, base.lake)
    return made


def test_a_second_run_of_the_same_runs_nothing_and_says_the_same(world, caplog):
    assert world.run("r1") == ["load", "count"]
    first, before = dict(world.figures), world.lake.version("silver.friends")
    caplog.set_level("INFO", "interestlake")
    assert world.run("r2") == [] and world.figures == first
    assert world.lake.version("silver.friends") == before and "as run r1 left it" in caplog.text
    row = world.lake.read("ops.stages").where("run_id = 'r2' AND stage = 'count'").first()
    assert row["seconds"] == 0 and row["versions"]["silver.friends"] == before and row["rows"] == {}
    assert world.run("r3") == [], "a run that was passed over is one to go by"
    assert world.run("r4", fresh=True) == ["load", "count"]


@pytest.mark.parametrize(
    ("settings", "options", "called"),
    [
        ({"als.rank": 7}, {}, ["count"]),
        ({"als.rank": 7, "ingest.max_quarantine_share": 0.1}, {}, ["count"]),
        ({"two_tower.epochs": 1}, {}, []),
        ({}, {"seed": 1}, ["load", "count"]),
        ({}, {"source": "movielens"}, ["load"]),
    ],
)
@pytest.mark.commands
def test_what_a_stage_looked_at_decides(world, settings, options, called):
    world.run("r1")
    assert world.run("r2", settings, **options) == called


def test_a_table_that_changed_since_runs_who_reads_or_wrote_it(world):
    world.run("r1")
    world.lake.delete("silver.friends", "user_id = 'a'")
    assert world.run("r2") == ["load", "count"]
    assert world.lake.read("silver.friends").count() == 1
    assert world.run("r3") == []


@pytest.mark.commands
def test_a_table_that_came_since_is_a_change(world):
    world.run("r1")
    world.lake.create("silver.objections")
    assert world.run("r2") == ["count"]
    assert world.run("r3") == []
    schema = "user_id string, kind string, action string, target string, run_id string"
    rows = world.lake.spark.createDataFrame([("a", "item", "forget", "m", "r")], schema)
    world.lake.write("silver.objections", rows, "said")
    assert world.run("r4") == ["count"]


@pytest.mark.commands
def test_other_code_is_another_stage(world, monkeypatch):
    world.run("r1")
    monkeypatch.setattr("interestlake.core.unchanged.code_mark", lambda: "other")
    assert world.run("r2") == ["load", "count"]


def test_what_must_not_go_on_is_refused_all_the_same(world):
    world.run("r1")
    world.refuse = True
    with pytest.raises(BadInput, match="another key"):
        world.run("r2")


@pytest.mark.commands
def test_a_killed_stage_is_not_one_to_go_by(world):
    load = world.stages[0]
    world.stages = (replace(load, run=lambda context: world.load(context) and 1 / 0), world.stages[1])
    with pytest.raises(ZeroDivisionError):
        world.run("r1")
    world.stages = (load, world.stages[1])
    assert world.run("r2") == ["load", "count"]


@pytest.mark.parametrize("scheme", ["s3", "s3a"])
def test_an_object_store_that_nothing_names_is_not_looked_for(scheme, monkeypatch):
    for name in plain_tables.NAMED:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(plain_tables, "DeltaTable", lambda address: pytest.fail(f"{address} was looked for"))
    address = f"{scheme}://bucket/lake/ops/runs"
    assert plain_tables.state_mark(address) is None
    with pytest.raises(Unreadable, match="AWS_REGION"):
        plain_tables.PlainTable(address).version()
