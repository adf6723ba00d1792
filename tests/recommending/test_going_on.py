"""A second day on the planted world: the run goes on from the release before where it may, and says why where not."""

import logging
from pathlib import Path

import pytest
from pyspark.sql import functions as F

from interestlake.core.lake import one_row
from interestlake.core.tracking import CHAMPION
from interestlake.recommending.former import came_since, find_former
from interestlake.recommending.saved import FOLDER, TABLE, left_beside, remove_left
from interestlake.stages.evaluate import EVALUATE
from interestlake.stages.promote import PROMOTE
from interestlake.stages.recommend import RECOMMEND

from . import planted as world
from .conftest import SMALL, promote_planted, run_stage

ASKED = {**SMALL, "promote.better_than": ["popularity"], "promote.min_gain": -1}
KEPT = {**SMALL, "tune.quick": False, "tune.minutes": 0}
PAIRS, LISTS = "silver.interactions", "gold.recommendations"
ANN, BOB = 0, 3  # of one group
pytestmark = pytest.mark.commands  # a whole stage or three for each case


@pytest.fixture
def second_day(copied):
    """second_day(overrides) -> a context for the run day2, on whose lake the run planted has left its marks."""

    def make(overrides=None):
        promote_planted(copied("planted", ASKED))
        context = copied("day2", {**ASKED, **KEPT, **(overrides or {})})
        lake = context.lake
        run = {"run_id": "planted", "source": "table", "seed": 42, "fingerprint": "f"}
        lake.write("ops.runs", one_row(lake.spark, "ops.runs", run), "planted")
        mark = {"run_id": "planted", "stage": "recommend", "seconds": 1.0, "rows": {}, "metrics": {}, "rests_on": None,
                "versions": {PAIRS: lake.version(PAIRS)}}  # fmt: skip
        lake.write("ops.stages", one_row(lake.spark, "ops.stages", mark), "planted/recommend")
        return context

    return make


def choose(context, user: int, count: int) -> list[str]:
    """The person chooses `count` items of their list; -> these."""
    lake = context.lake
    mine = lake.read(LISTS).where(F.col("user_id") == world.user_id(user)).orderBy("rank").limit(count)
    listed = [row["item_id"] for row in mine.collect()]
    items = lake.read("silver.items").where(F.col("item_id").isin(listed)).select("item_id", "item_index")
    whose = lake.read(PAIRS).where(F.col("user_id") == world.user_id(user))
    last = whose.orderBy(F.desc("position")).limit(1).drop("item_id", "item_index")
    rows = items.crossJoin(last).withColumn("position", F.col("position") + 1)
    rows.select(*lake.read(PAIRS).columns).write.format("delta").mode("append").save(lake.path(PAIRS))
    return listed


def lists_of(context) -> dict[str, list[str]]:
    rows = context.lake.read(LISTS).orderBy("user_id", "rank").collect()
    lists: dict[str, list[str]] = {}
    for row in rows:
        lists.setdefault(row["user_id"], []).append(row["item_id"])
    return lists


def test_what_came_judges_the_former_release_and_the_lists_of_whom_it_touches_are_made_anew(second_day):
    context = second_day({"recommend.same_lists": 0.0})
    before = lists_of(context)
    chosen = choose(context, ANN, 2)
    figures = run_stage(context, RECOMMEND)
    assert (figures["came"], figures["went"]) == (2, 0) and 0 < figures["grown"] < 0.05
    after, ann = lists_of(context), world.user_id(ANN)
    assert set(after) == set(before) and not set(after[ann]) & set(chosen) and len(after[ann]) == 5
    runs = {row["run_id"]: row["n"] for row in context.lake.read(LISTS).groupBy("run_id").agg(
        F.countDistinct("user_id").alias("n")).collect()}  # fmt: skip
    assert runs["day2"] == figures["people_listed"] and sum(runs.values()) == len(before)
    row = context.lake.read(TABLE).first()
    assert (row["run_id"], row["begun"], row["went_on"]) == ("day2", "planted", "planted")
    judged = context.lake.read("models.lists")
    assert {(r["split"], r["user_id"]) for r in judged.select("split", "user_id").collect()} == {("test", ann)}
    told = judged.where("model = 'fused' AND rank <= 5").orderBy("rank").collect()
    assert [r["item_id"] for r in told] == before[ann]  # what stood, by which the pairs that came judge it
    run_stage(context, EVALUATE)
    rows = context.lake.read("gold.metrics").where("run_id = 'day2' AND split = 'test' AND segment = 'all' AND k = 10")
    ndcg = {r["model"]: (r["value"], r["users"]) for r in rows.where("metric = 'ndcg'").collect()}
    assert ndcg["fused"] == (pytest.approx(1.0), 1) and "popularity" in ndcg
    run_stage(context, PROMOTE)
    assert context.tracker.run_of("interestlake.ranker", CHAMPION) == "day2"


def test_where_a_samples_lists_changed_everybody_is_listed_anew(second_day):
    context = second_day({"recommend.same_lists": 1.0, "recommend.grown": 1.0})
    people = len(lists_of(context))
    for user in range(0, world.PEOPLE, 2):
        choose(context, user, 3)
    figures = run_stage(context, RECOMMEND)
    assert figures["people_listed"] == people
    assert {r["run_id"] for r in context.lake.read(LISTS).select("run_id").distinct().collect()} == {"day2"}


def test_without_anything_new_the_lists_stay_entry_for_entry(second_day):
    context = second_day()
    before = lists_of(context)
    figures = run_stage(context, RECOMMEND)
    assert figures["came"] == figures["went"] == 0 and lists_of(context) == before
    run_stage(context, EVALUATE)
    assert run_stage(context, PROMOTE) == {"judged": 0.0}
    assert context.tracker.run_of("interestlake.ranker", CHAMPION) == "day2"


@pytest.mark.parametrize(
    ("why", "overrides"),
    [
        ("seed or parameters are not those of run planted", {"recommend.ease_l2": 7.0}),
        ("of the pairs came or went since run planted fitted every model, recommend.grown=0.001",
         {"recommend.grown": 0.001}),
    ],
)  # fmt: skip
def test_why_everything_begins_anew_is_said(second_day, caplog, why, overrides):
    context = second_day(overrides)
    choose(context, ANN, 2)
    with caplog.at_level(logging.INFO, "interestlake"):
        assert find_former(context) is None
    assert why in caplog.text


def test_after_a_forgetting_nothing_is_gone_on_from(second_day, caplog):
    context = second_day()
    row = context.lake.read(TABLE).first()
    file = f"{context.lake.root}/{FOLDER}/{left_beside(row['file'])}"
    assert Path(file).exists()
    remove_left(context.lake)
    assert not Path(file).exists()
    with caplog.at_level(logging.INFO, "interestlake"):
        assert find_former(context) is None
    assert "the file that run planted left is gone" in caplog.text


def test_a_release_that_is_not_the_champions_is_not_gone_on_from(second_day, caplog):
    context = second_day()
    context.tracker.client.delete_registered_model_alias("interestlake.ranker", CHAMPION)
    with caplog.at_level(logging.INFO, "interestlake"):
        assert find_former(context) is None
    assert "the release of run planted is not the champion's" in caplog.text


def test_a_search_or_no_growth_allowed_asks_for_nothing(second_day, caplog):
    for overrides in ({"tune.minutes": 5}, {"tune.quick": True}, {"recommend.grown": 0.0}):
        assert find_former(second_day(overrides)) is None
    assert "anew" not in caplog.text


def test_a_run_that_went_on_is_judged_by_what_came(second_day):
    context = second_day()
    assert came_since(context.lake, "planted") is None and came_since(context.lake, "day2") is None
    choose(context, BOB, 1)
    run_stage(context, RECOMMEND)
    splits = {r["split"]: r["count"] for r in came_since(context.lake, "day2").groupBy("split").count().collect()}
    assert splits == {"test": 1, "train": len(world.pairs())}
