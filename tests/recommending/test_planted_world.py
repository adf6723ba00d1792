"""recommend and evaluate on the planted world: lists, shares, evidence and reasons hold what they say."""

from collections import defaultdict

import pytest
from pyspark.sql import functions as F

from interestlake.core.params.all import SOURCES
from interestlake.core.schemas.all import ALL

from .planted import GROUPS, PEOPLE, TOPICS, item_id, user_id

GROUP_OF = {item_id(i): i % GROUPS for i in range(36)}
INDEX_OF = {item_id(i): i for i in range(36)}


@pytest.fixture(scope="module")
def gold(planted):
    return planted.lake.read("gold.recommendations").orderBy("user_id", "rank").collect()


def history(planted, user):
    return {item_id(i) for i in planted.pairs[planted.pairs.user == user].item}


def test_everyone_gets_a_full_list_of_unseen_items(planted, gold):
    lists = defaultdict(list)
    for row in gold:
        lists[row["user_id"]].append(row["item_id"])
    assert set(lists) == {user_id(u) for u in range(PEOPLE + 2)}
    for user in range(PEOPLE + 2):
        items = lists[user_id(user)]
        assert len(items) == len(set(items)) == 5
        assert not set(items) & history(planted, user)


def test_the_first_items_are_of_the_planted_group(gold):
    first = [row for row in gold if row["rank"] <= 2 and int(row["user_id"], 16) < PEOPLE]
    own = [GROUP_OF[row["item_id"]] == int(row["user_id"], 16) % GROUPS for row in first]
    assert sum(own) / len(own) >= 0.95


def test_shares_sum_to_one_and_scores_fall(gold):
    last = {}
    for row in gold:
        assert sum(s["share"] for s in row["sources"]) == pytest.approx(1, abs=1e-9)
        assert all(s["share"] > 0 for s in row["sources"])
        assert row["score"] <= last.get(row["user_id"], 2)
        last[row["user_id"]] = row["score"]


def test_evidence_is_of_the_history_and_reasons_name_only_it(planted, gold):
    with_evidence = 0
    for row in gold:
        mine = history(planted, int(row["user_id"], 16))
        assert set(row["evidence"]) <= mine
        with_evidence += bool(row["evidence"])
        named = {part.split("”")[0] for part in row["reason"].split("“")[1:]}
        assert named <= {f"Title {INDEX_OF[item]}" for item in mine}
        assert "<" not in row["reason"] and row["reason"].endswith(".")
        for topic in TOPICS:
            if f"interest in {topic}" in row["reason"]:
                assert TOPICS[GROUP_OF[row["item_id"]]] == topic == TOPICS[int(row["user_id"], 16) % GROUPS]
    assert with_evidence >= 5 * PEOPLE * 0.9


def test_a_person_without_history_is_told_so_and_friends_speak(planted, gold):
    lonely = [row for row in gold if row["user_id"] == user_id(planted.lonely)]
    assert all([s["source"] for s in row["sources"]] == ["popularity"] for row in lonely)
    assert all(row["reason"].startswith("You have no history here yet: ") for row in lonely)
    assert all("people chose it" in row["reason"] for row in lonely)
    assert all(row["evidence"] == [] for row in lonely)
    friendly = [row for row in gold if row["user_id"] == user_id(planted.friendly)]
    sources = {s["source"] for row in friendly for s in row["sources"]}
    assert sources <= {"popularity", "social"}
    friends = {item_id(i) for i in planted.pairs[planted.pairs.user == 0].item}
    for row in friendly:
        said = "friends' choices" in row["reason"]
        assert not said or row["item_id"] in friends


def test_lists_hold_every_model_without_seen_items(planted):
    lists = planted.lake.read("models.lists")
    models = {row["model"] for row in lists.select("model").distinct().collect()}
    assert models == {*SOURCES, "fused"}
    seen = planted.lake.read("silver.interactions").select("user_id", "item_id", F.col("split").alias("seen"))
    both = lists.join(seen, ["user_id", "item_id"])
    assert both.where("seen = 'train' OR (seen = 'validation' AND split = 'test')").count() == 0
    gaps = lists.groupBy("split", "model", "user_id").agg(F.max("rank").alias("last"), F.count("*").alias("n"))
    assert gaps.where("last != n OR n > 20").count() == 0


def test_weights_are_on_the_simplex_and_popularity_never_falls_silent(planted):
    rows = planted.lake.read("models.fusion_weights").collect()
    for segment in ("warm", "cold"):
        weights = {row["source"]: row["weight"] for row in rows if row["segment"] == segment}
        assert set(weights) == set(SOURCES) and sum(weights.values()) == pytest.approx(1, abs=1e-12)
        assert weights["popularity"] >= 0.01


def test_the_fit_is_the_figure_that_evaluate_measures(planted):
    """nDCG of the fused validation lists, once from numpy in the fit and once from Spark columns."""
    rows = planted.lake.read("gold.metrics").where("split = 'validation' AND segment = 'all' AND model = 'fused'")
    value = rows.where("metric = 'ndcg' AND k = 10").first()["value"]
    assert planted.figures["recommend"]["all.fitted_ndcg_10"] == pytest.approx(value, abs=1e-12)


def test_fused_beats_popularity_on_held_out_pairs(planted):
    rows = planted.lake.read("gold.metrics").where("split = 'test' AND segment = 'all' AND metric = 'ndcg' AND k = 10")
    values = {row["model"]: row["value"] for row in rows.collect()}
    assert values["fused"] > values["popularity"] > 0
    assert planted.figures["evaluate"]["fused.ndcg_10"] == values["fused"]


def test_a_second_run_writes_the_same_rows(planted):
    """Under another run id the tables are written anew; every value is the same."""
    from dataclasses import replace

    from interestlake.core.stage import StageContext
    from interestlake.core.tracking import Tracker
    from interestlake.stages.recommend import RECOMMEND

    tracker = Tracker(planted.uri, "again")
    tracker.start({})
    options = replace(planted.context.options, run_id="again")
    first = planted.context
    context = StageContext(first.spark, planted.lake, tracker, first.params, options, first.log)
    before = {name: planted.lake.version(name) for name in RECOMMEND.writes}
    with tracker.stage("recommend", {}):
        RECOMMEND.run(context)
    for name in RECOMMEND.writes:
        columns = [column for column in ALL[name].column_names if column != "run_id"]
        old = planted.lake.read(name, before[name]).select(*columns)
        new = planted.lake.read(name).select(*columns)
        assert planted.lake.version(name) > before[name]
        assert old.exceptAll(new).count() == 0 and new.exceptAll(old).count() == 0, name
