"""recommend and evaluate on the planted world: lists, shares, evidence and reasons hold what they say."""

from collections import defaultdict

import pytest
from pyspark.sql import functions as F

from interestlake.core.schemas.all import ALL
from interestlake.models.registry import BY_NAME
from interestlake.recommending.chosen_tables import SEGMENT_NAMES, fusion_of
from interestlake.recommending.codes import codes_of
from interestlake.recommending.explaining.replay import sentences
from interestlake.recommending.saved import open_recommender
from interestlake.stages.evaluate import EVALUATE
from interestlake.stages.recommend import RECOMMEND

from .broken import failing, put
from .conftest import SMALL, run_stage
from .planted import GROUPS, PEOPLE, TOPICS, item_id, user_id

GROUP_OF = {item_id(i): i % GROUPS for i in range(36)}
INDEX_OF = {item_id(i): i for i in range(36)}


@pytest.fixture(scope="module")
def gold(planted):
    return planted.lake.read("gold.recommendations").orderBy("user_id", "rank").collect()


@pytest.fixture(scope="module")
def chosen(planted):
    """model -> its row of models.chosen."""
    return {row["model"]: row for row in planted.lake.read("models.chosen").collect()}


def used(chosen) -> set[str]:
    """The models that took part."""
    return {name for name, row in chosen.items() if row["left_out"] is None}


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


def test_codes_and_named_items_are_what_the_sentence_says(gold):
    for row in gold:
        named = [part.split("”")[0] for part in row["reason"].split("“")[1:]]
        assert [f"Title {INDEX_OF[item]}" for item in row["named"]] == named
        # the world has no times: steps within histories say that the same people chose both
        speaking = codes_of([source["source"] for source in row["sources"]], in_sequence=False).values()
        assert row["code"] in {*speaking, "interest"} and "soon before" not in row["reason"]
        assert ("“" in row["reason"]) == bool(row["named"])
    assert len({row["code"] for row in gold}) >= 2


def test_every_sentence_is_true_of_the_tables(planted):
    """Each title, number, friend, interest and fact in common that a sentence names is looked up."""
    names = ("gold.recommendations", "silver.items", "silver.interactions", "silver.interests",
             "silver.item_interests", "gold.interest_map", "silver.friends", "silver.facts")  # fmt: skip
    told = sentences({name: planted.lake.read(name) for name in names}).collect()
    assert [row["statement"] for row in told if not row["true"]] == []
    assert len(told) == 5 * (PEOPLE + 2)


def test_a_person_without_history_is_told_so_and_friends_speak(planted, gold):
    lonely = [row for row in gold if row["user_id"] == user_id(planted.lonely)]
    assert all(BY_NAME[s["source"]].reason == "popular" for row in lonely for s in row["sources"])
    assert all(row["reason"].startswith("You have no history here yet: ") for row in lonely)
    assert all("people chose it" in row["reason"] and row["code"] == "popular" for row in lonely)
    assert all(row["evidence"] == [] for row in lonely)
    friendly = [row for row in gold if row["user_id"] == user_id(planted.friendly)]
    reasons = {BY_NAME[s["source"]].reason for row in friendly for s in row["sources"]}
    assert reasons <= {"popular", "friends"}
    friends = {item_id(i) for i in planted.pairs[planted.pairs.user == 0].item}
    for row in friendly:
        said = "friends' choices" in row["reason"]
        assert not said or row["item_id"] in friends


def test_lists_hold_every_model_without_seen_items(planted, chosen):
    lists = planted.lake.read("models.lists")
    models = {(row["split"], row["model"]) for row in lists.select("split", "model").distinct().collect()}
    assert models == {(split, name) for split in ("validation", "test") for name in (*used(chosen), "fused")}
    seen = planted.lake.read("silver.interactions").select("user_id", "item_id", F.col("split").alias("seen"))
    both = lists.join(seen, ["user_id", "item_id"])
    assert both.where("seen = 'train' OR (seen = 'validation' AND split = 'test')").count() == 0
    gaps = lists.groupBy("split", "model", "user_id").agg(F.max("rank").alias("last"), F.count("*").alias("n"))
    assert gaps.where("last != n OR n > 20").count() == 0


def test_weights_are_on_the_simplex_and_popularity_never_falls_silent(planted, chosen):
    rows = planted.lake.read("models.fusion_weights").collect()
    fusion = fusion_of(planted.lake)
    assert {row["segment"] for row in rows} == set(SEGMENT_NAMES)
    for segment in SEGMENT_NAMES:
        weights = {row["source"]: row["weight"] for row in rows if row["segment"] == segment}
        assert set(weights) == set(fusion.names) <= used(chosen)
        assert sum(weights.values()) == pytest.approx(1, abs=1e-12) and weights["popularity"] > 0
    assert {name: row["weight"] for name, row in chosen.items() if row["weight"]} == {
        name: weight for name, weight in zip(fusion.names, fusion.weights, strict=True) if weight
    }  # fmt: skip


def test_what_was_chosen_stands_in_the_table(planted, chosen):
    figures = planted.figures["recommend"]
    assert figures["models_left_out"] == len(chosen) - len(used(chosen)) > 0
    for name, row in chosen.items():
        if row["left_out"] is None:
            assert row["validation"] == figures[f"validation.{name}"] and row["weight"] == figures[f"weight.{name}"]
    assert chosen["sasrec"]["left_out"] == "a quick run trains no model"
    assert chosen["trend"]["left_out"] == "the data brings no times"
    fused = planted.lake.read("models.fusion").first()
    assert (fused["run_id"], fused["method"]) == ("planted", fusion_of(planted.lake).method)


def test_the_search_s_figures_are_those_that_evaluate_measures(planted, chosen):
    """nDCG of each model's validation lists, once from numpy in the search and once from Spark columns."""
    rows = planted.lake.read("gold.metrics").where("split = 'validation' AND segment = 'all' AND metric = 'ndcg'")
    values = {row["model"]: row["value"] for row in rows.where("k = 10").collect()}
    assert set(values) == {*used(chosen), "fused"}
    for name in used(chosen):
        assert chosen[name]["validation"] == pytest.approx(values[name], abs=1e-9), name


def test_the_released_models_are_those_of_the_lists(planted, gold):
    released, row = open_recommender(planted.lake), planted.lake.read("models.recommender").first()
    assert row["models"] == list(released.names) == list(fusion_of(planted.lake).speaking)
    assert {source["source"] for one in gold for source in one["sources"]} <= set(released.names)
    counts = planted.pairs.groupby("item").size()
    expected = [counts.get(item, 0) for item in released.catalogue.index_of_column]
    assert released.user_counts.tolist() == expected


def test_fused_beats_popularity_on_held_out_pairs(planted):
    rows = planted.lake.read("gold.metrics").where("split = 'test' AND segment = 'all' AND metric = 'ndcg' AND k = 10")
    values = {row["model"]: row["value"] for row in rows.collect()}
    assert values["fused"] > values["popularity"] > 0
    assert planted.figures["evaluate"]["fused.ndcg_10"] == values["fused"]


def rows_but_the_run(lake, name, version=None):
    """The table's rows without what names the run."""
    columns = [
        column for column in ALL[name].column_names if column not in ("run_id", "begun", "file", "previous", "sha256")
    ]
    return lake.read(name, version).select(*columns)


def assert_same(one, other, name):
    assert one.exceptAll(other).count() == 0 and other.exceptAll(one).count() == 0, name


@pytest.mark.commands
def test_a_second_run_writes_the_same_rows(copied):
    """Under another run id the tables are written anew; every value is the same."""
    context = copied("again", SMALL)
    lake, before = context.lake, {name: context.lake.version(name) for name in RECOMMEND.writes}
    run_stage(context, RECOMMEND)
    for name in RECOMMEND.writes:
        assert lake.version(name) > before[name]
        assert_same(rows_but_the_run(lake, name, before[name]), rows_but_the_run(lake, name), name)


@pytest.mark.commands
def test_minutes_of_0_keep_what_was_chosen_and_search_nothing(copied, monkeypatch):
    """Parameters, fusion and lists are those of the run before; nothing is searched and nothing judged."""
    from interestlake.recommending import choose

    context = copied("kept", SMALL | {"tune.quick": False, "tune.minutes": 0})
    lake, before = context.lake, {name: context.lake.version(name) for name in RECOMMEND.writes}
    monkeypatch.setattr(choose, "search", lambda *_: pytest.fail("searched"))
    monkeypatch.setattr(choose, "fit_fusion", lambda *_: pytest.fail("fused"))
    run_stage(context, RECOMMEND)
    for name in (*RECOMMEND.writes[:3], "gold.recommendations"):
        assert_same(rows_but_the_run(lake, name, before[name]), rows_but_the_run(lake, name), name)
    lists = [rows_but_the_run(lake, "models.lists", version) for version in (before["models.lists"], None)]
    assert_same(lists[0].where("split = 'test'"), lists[1], "models.lists")
    assert {row["run_id"] for row in lake.read("models.chosen").collect()} == {"kept"}
    run_stage(context, EVALUATE)  # a run without validation lists can be judged


def test_a_model_that_fails_is_a_line_of_the_table(copied, monkeypatch):
    put(monkeypatch, failing("ease"))
    context = copied("failed", SMALL | {"recommend.models": ["ease", "item_knn"]})
    figures = run_stage(context, RECOMMEND)
    rows = {row["model"]: row for row in context.lake.read("models.chosen").collect()}
    assert rows["ease"]["left_out"] == "failed: MemoryError: no room for 3 matrices" and rows["ease"]["weight"] == 0
    assert set(rows) == {"popularity", "item_knn", "ease"} and figures["models_left_out"] == 1
    lists = context.lake.read("gold.recommendations").where("run_id = 'failed'")
    assert lists.select("user_id").distinct().count() == PEOPLE + 2


def test_past_one_machine_s_bound_spark_fits_and_the_rest_is_left_out(copied, chosen):
    context = copied("spark", SMALL | {"recommend.max_pairs": 300, "recommend.ease_max_items": 10})
    figures = run_stage(context, RECOMMEND)
    rows = {row["model"]: row for row in context.lake.read("models.chosen").collect()}
    fitted = {name for name, row in rows.items() if row["left_out"] is None}
    # past ease_max_items EASE is fitted by neighbourhoods
    assert {"popularity", "item_knn", "ease", "als", "transitions", "social", "text"} <= fitted
    assert "recommend.max_pairs=300" in rows["sasrec"]["left_out"]
    assert figures["weight.item_knn"] + figures["weight.text"] > 0
    lists = context.lake.read("gold.recommendations").where("run_id = 'spark'")
    assert lists.select("user_id").distinct().count() == PEOPLE + 2
    seen = context.lake.read("silver.interactions").select("user_id", "item_id")
    assert lists.join(seen, ["user_id", "item_id"]).count() == 0
    run_stage(context, EVALUATE)
    ndcg = context.lake.read("gold.metrics").where(
        "run_id = 'spark' AND split = 'test' AND segment = 'all' AND metric = 'ndcg' AND k = 10"
    )
    values = {row["model"]: row["value"] for row in ndcg.collect()}
    assert values["fused"] > values["popularity"] and set(values) == {*fitted, "fused"}
