"""Lists of a past run come out again, entry for entry, whatever has been written, compacted or deleted since."""

import logging

import pytest
from mlflow.tracking import MlflowClient
from pyspark.sql import functions as F

from interestlake.core.contract import one_row
from interestlake.core.lake_as_of import standing
from interestlake.core.tracking import RUN_TAG
from interestlake.recommending.chosen_tables import CHOSEN, FUSION, WEIGHTS
from interestlake.recommending.saved import TABLE as RECOMMENDER
from interestlake.recommending.scoring import PEOPLE_TABLES

from ..recommending.planted import user_id
from ..selfservice.planted_lake import make_world

WROTE = (CHOSEN, FUSION, WEIGHTS, RECOMMENDER, "gold.recommendations")


def note(lake, run_id, *more):
    """The mark of a stage recommend that read and wrote the tables as they stand."""
    versions = {name: lake.version(name) for name in (*PEOPLE_TABLES, *WROTE, *more)}
    row = {"run_id": run_id, "stage": "recommend", "seconds": 1.0, "rows": {}, "versions": versions, "metrics": {},
           "rests_on": None}  # fmt: skip
    lake.write("ops.stages", one_row(lake.spark, "ops.stages", row), f"{run_id}/recommend")
    claim = {"run_id": run_id, "source": "planted", "seed": 1, "fingerprint": run_id}
    lake.write("ops.runs", one_row(lake.spark, "ops.runs", claim), run_id)


@pytest.fixture
def world(spark, tmp_path):
    """The planted world, whose run is `made`."""
    world = make_world(spark, tmp_path)
    note(world.lake, "made")
    return world


@pytest.fixture
def call(spark, world, tracking_uri, monkeypatch):
    from interestlake.cli import main as cli

    monkeypatch.setattr(spark, "stop", lambda: None)
    logging.getLogger("interestlake").setLevel(logging.INFO)
    return lambda command, *options: cli.main(
        [command, "--lake", world.lake.root, "--tracking-uri", tracking_uri, *map(str, options)]
    )


def written(lake):
    rows = lake.read("gold.recommendations").orderBy("user_id", "rank").collect()
    return {(row["user_id"], row["rank"]): row["item_id"] for row in rows}


def test_everybodys_list_comes_out_again_after_other_runs_and_upkeep(spark, world, call, capsys):
    lake, people = world.lake, world.lake.read("gold.recommendations").select("user_id").distinct().count()
    before = written(lake)
    again = f"{people} of {people} people have the list of run made again, entry for entry: {len(before):,} of"
    assert call("replay", "--run-id", "made") == 0
    assert again in capsys.readouterr().out
    # a later run: half of the pairs gone, other interests, other lists
    with lake.named("later"):
        lake.delete("silver.interactions", "item_index % 2 = 0")
        lake.delete("gold.interest_map", "share < 0.5")
    other = lake.read("gold.recommendations").where("rank = 1").withColumn("run_id", F.lit("later"))
    lake.write("gold.recommendations", other, "later")
    for name in (*PEOPLE_TABLES, "gold.recommendations"):
        lake._delta(name).optimize().executeCompaction()
    assert written(lake) != before
    assert call("replay", "--run-id", "made") == 0
    assert again in capsys.readouterr().out
    one = user_id(3)
    assert call("replay", "--run-id", "made", "--user", one, "--csv") == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head == "rank,item_id,title,score,reason"
    assert [row.split(",")[1] for row in rows] == [before[one, rank] for rank in range(1, len(rows) + 1)] and rows
    lake.vacuum("silver.interactions", 0)
    assert call("replay", "--run-id", "made") == 2


def test_who_was_deleted_is_left_out_and_who_said_something_too(spark, world, call, capsys, caplog):
    lake, gone, told = world.lake, user_id(2), user_id(1)
    people = lake.read("gold.recommendations").select("user_id").distinct().count()
    listed = written(lake)[told, 1]
    assert call("forget", "--user", gone, "--everything", "--run-id", "f1") == 0
    assert call("feedback", "--user", told, "--not-interested", listed, "--run-id", "f2") == 0
    capsys.readouterr()
    assert call("replay", "--run-id", "made") == 0
    said = capsys.readouterr().out
    assert f"{people - 2} of {people - 2} people have the list of run made again" in said
    assert "1 person has a list of another run, or one made anew as they said something since: not compared" in said
    assert "1 person had everything deleted (forget --everything): no list of theirs is made again" in said
    assert call("replay", "--run-id", "made", "--user", told, "--csv") == 0
    assert listed in capsys.readouterr().out  # as it was before they said so
    assert call("replay", "--run-id", "made", "--user", gone) == 2
    assert "deleted at their request" in caplog.text


def test_a_list_that_does_not_come_out_is_a_no(world, call, capsys, caplog):
    lake = world.lake
    moved = F.col("score") + F.when(F.col("rank") == 2, 0.5).otherwise(0.0)
    rows = lake.read("gold.recommendations").withColumns({"score": moved, "run_id": F.lit("other")})
    lake.write("gold.recommendations", rows, "other")
    note(lake, "other")
    people = rows.select("user_id").distinct().count()
    assert call("replay", "--run-id", "other") == 3
    assert f"0 of {people} people have the list of run other again" in capsys.readouterr().out
    assert f"{people} entries that differ" in caplog.text
    assert call("replay", "--run-id", "none") == 2
    assert "no finished recommend of it; expected one of made, other" in caplog.text
    with pytest.raises(SystemExit):
        call("replay")  # which run is not said


def test_what_is_served_goes_back_and_what_was_refused_since_stays_out(world, call, tracking_uri, capsys):
    lake, told = world.lake, user_id(1)
    before, weights = written(lake), lake.read(WEIGHTS).orderBy("segment", "source").collect()
    client = MlflowClient(tracking_uri)
    client.create_registered_model("interestlake.ranker")
    for run in ("made", "other"):
        version = client.create_model_version("interestlake.ranker", "somewhere", tags={RUN_TAG: run}).version
    client.set_registered_model_alias("interestlake.ranker", "champion", version)
    lake.write("gold.recommendations", lake.read("gold.recommendations").where("rank < 3"), "other")
    lake.write(WEIGHTS, lake.read(WEIGHTS).where("weight < 0"), "other")
    note(lake, "other")
    refused = before[told, 5]
    assert call("feedback", "--user", told, "--not-interested", refused, "--run-id", "f2") == 0
    capsys.readouterr()
    assert call("rollback", "--to", "made") == 0
    said = capsys.readouterr().out
    assert "Served again as run made released it: 2 tables restored, 1 champion moved." in said
    assert "1 entry that people refused since taken out" in said
    undone = [row["run_id"] for row in lake.read("ops.runs").where("source = 'rollback'").collect()]
    assert call("undo", "--run-id", undone[0]) == 2  # its way back is another rollback
    assert written(lake) == {key: item for key, item in before.items() if key != (told, 5)}
    assert lake.read(WEIGHTS).orderBy("segment", "source").collect() == weights
    assert client.get_model_version_by_alias("interestlake.ranker", "champion").version == 1
    # a state that was taken back is no state of the run that came after it
    assert standing(lake, "gold.recommendations", 1, ()) == 1
    assert call("forget", "--user", user_id(4), "--everything", "--run-id", "f3") == 0
    assert call("rollback", "--to", "other") == 2
    assert call("rollback", "--to", "none") == 2


def test_two_runs_beside_each_other(world, call, capsys):
    """Planted: the one run lists a held-out item second, the other first; first and last entries change places; all
    weight goes to one model."""
    lake = world.lake
    rows, chosen = (lake.read(name).persist() for name in ("gold.recommendations", CHOSEN))
    people = rows.select("user_id").distinct().count()
    turned = F.when(F.col("rank") == 1, 5).when(F.col("rank") == 5, 1).otherwise(F.col("rank")).cast("int")
    test = (
        lake.read("silver.interactions")
        .where("split = 'test'")
        .groupBy("user_id")
        .agg(F.min("item_id").alias("item_id"))
    )
    for run, place in (("one", 2), ("two", 1)):
        later = run == "two"
        lists = rows.withColumns({"run_id": F.lit(run), "rank": turned if later else F.col("rank")})
        lake.write("gold.recommendations", lists, run)
        moved = chosen.withColumn("weight", (F.col("model") == "ease").cast("double")) if later else chosen
        lake.write(CHOSEN, moved.withColumn("run_id", F.lit(run)), run)
        kinds = "'test' AS split", "'fused' AS model"
        hits = test.selectExpr(*kinds, "user_id", f"{place} AS rank", "item_id", "1d AS score")
        beside = test.selectExpr(*kinds, "user_id", f"{3 - place} AS rank", "'none' AS item_id", "1d AS score")
        lake.write("models.lists", hits.unionByName(beside), run)
        note(lake, run, "models.lists")
    assert call("compare", "one", "two") == 0
    said = capsys.readouterr().out
    judged = test.count()
    assert judged > 5 and f"{judged} people with the same held-out pairs in both runs" in said
    mrr = next(line for line in said.splitlines() if line.startswith("mrr@")).split()
    assert mrr[1:5] == ["0.5000", "1.0000", "+0.5000", "+0.5000"] and mrr[-1] == "better"
    assert f"100% of the entries of {people} lists are in both; 0 lists are the same" in said
    assert "ease" in said and "-> 1.000" in said
    assert call("compare", "two", "two") == call("compare", "one", "none") == 2
