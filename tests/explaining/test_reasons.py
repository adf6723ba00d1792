"""Reasons of a planted lake: all of them true, every planted lie found, and scores that fall without them."""

import pytest
from pyspark.sql import functions as F

from interestlake.privacy.person import Person
from interestlake.recommending.explaining.command import NEEDED, OPTIONAL
from interestlake.recommending.explaining.reasons import alpha_column, build_reasons, lambda_column
from interestlake.recommending.explaining.replay import replay, sentences
from interestlake.recommending.personal import recommend_block
from interestlake.recommending.relist import Relister

from ..recommending.planted import GROUPS, ITEMS, item_id, user_id
from ..selfservice.planted_lake import SMALL, make_world

NAMES = (*NEEDED, *OPTIONAL)
KINDS = {"chosen_together", "chosen_next", "alike", "popular", "sources", "interest", "span", "friends", "fact"}


@pytest.fixture(scope="module")
def world(spark, tmp_path_factory):
    made = make_world(spark, tmp_path_factory.mktemp("explaining"))
    made.tables = {name: made.lake.read(name) for name in NAMES}
    made.lake.write("gold.reasons", build_reasons(made.tables, "r"), "r")
    made.rows = made.lake.read("gold.reasons").collect()
    return made


def judged(world, reasons, **changed):
    rows = replay(world.tables | {"gold.reasons": reasons} | changed).collect()
    return [row for row in rows if not row["true"]]


def test_every_recommendation_has_reasons_and_every_one_is_true(world):
    assert {row["kind"] for row in world.rows} == KINDS
    listed = {(row["user_id"], row["item_id"]) for row in world.tables["gold.recommendations"].collect()}
    assert {(row["user_id"], row["item_id"]) for row in world.rows} == listed
    assert all(abs(sum(row["alpha"].values()) - 1) < 1e-9 for row in world.rows)
    assert judged(world, world.lake.read("gold.reasons")) == []


LIES = {
    "chosen_together": {"count": "count + 1000", "statement": "replace(statement, count, count + 1000)"},
    "chosen_next": {"path": "array(path[0], path[2], path[1])"},
    "alike": {"value": "value - 0.1"},
    "popular": {"count": "count + 1"},
    "sources": {"alpha": "map('behaviour', 0.1D, 'text', 0.9D)"},
    "interest": {"path": "array(path[0], 'tag:nothing', path[2])"},
    "span": {"span_start": "span_start + 1"},
    "friends": {"count": "count + 1"},
    "fact": {"path": "array(path[0], path[1], path[2], 'Studio nobody', path[4])"},
}


def test_every_planted_lie_is_found(world):
    """One row of each kind is bent; exactly those rows are false."""
    true, bent = world.lake.read("gold.reasons"), None
    for kind, change in LIES.items():
        row = true.where(F.col("kind") == kind).orderBy("user_id", "item_id", "path").limit(1)
        row = row.withColumns({name: F.expr(how) for name, how in change.items()})
        bent = row if bent is None else bent.unionByName(row)
    bent = bent.select([F.col(f.name).cast(f.dataType).alias(f.name) for f in true.schema])
    found = judged(world, true.unionByName(bent))
    assert sorted(row["kind"] for row in found) == sorted(LIES)


def test_a_sentence_that_lies_is_found(world):
    """Five people are told five kinds of lie, all of them in one reading; everybody else's sentences stay true."""
    words = (
        "Because you chose “Nothing of yours”: people who chose it also chose this.",
        "999 people chose it.",
        "It shares your interest in nothing.",
        "It is among your friends' choices.",
        "Because you chose “{}”: this has facts in common with it.",
    )
    liars = {user_id(10 + n): lie for n, lie in enumerate(words)}  # none of them has a friend
    lists = world.tables["gold.recommendations"]
    other = _of_another_group(world, user_id(14))
    liars[user_id(14)] = liars[user_id(14)].format(other)
    told = F.create_map(*(F.lit(part) for pair in liars.items() for part in pair))[F.col("user_id")]
    bent = lists.withColumn("reason", F.when(F.col("rank") == 1, told)).withColumn(
        "reason", F.coalesce("reason", F.lit("It fits the pattern of your choices."))
    )
    rows = sentences(world.tables | {"gold.recommendations": bent}).where(~F.col("true")).collect()
    assert {row["user_id"]: row["statement"] for row in rows} == liars and len(rows) == len(words)


def test_a_sentence_of_facts_in_common_is_true_only_of_such_items(world):
    """A person's own item of the listed one's studio: true; without facts nothing of the kind is."""
    item, mine = _of_the_same_group(world, user_id(14))
    said = f"Because you chose “{mine}”: this has facts in common with it."
    rows = world.tables["gold.recommendations"].where((F.col("user_id") == user_id(14)) & (F.col("item_id") == item))
    told = world.tables | {"gold.recommendations": rows.withColumn("reason", F.lit(said))}
    assert [row["true"] for row in sentences(told).collect()] == [True]
    without = {name: table for name, table in told.items() if name != "silver.facts"}
    assert [row["true"] for row in sentences(without).collect()] == [True]  # a category is a fact, too
    nothing = F.array().cast("array<string>")
    without["silver.items"] = without["silver.items"].withColumn("categories", nothing)
    assert [row["true"] for row in sentences(without).collect()] == [False]


def test_a_fact_that_has_ended_is_no_reason(world):
    ended = world.tables["silver.facts"].withColumn("valid_to", F.current_timestamp())
    rows = build_reasons(world.tables | {"silver.facts": ended}, "r")
    assert rows.where("kind = 'fact'").isEmpty()
    told = world.lake.read("gold.reasons").where("kind = 'fact'")
    assert len(judged(world, told, **{"silver.facts": ended})) == told.count() > 0


def test_alpha_and_lambda_by_hand(spark):
    rows = spark.createDataFrame(
        [([("ease", 0.5), ("popularity", 0.1), ("text", 0.4)],)], "sources array<struct<source:string,share:double>>"
    )
    row = rows.withColumn("a", alpha_column(F.col("sources"))).withColumn("l", lambda_column(F.col("a"))).first()
    assert row["a"] == pytest.approx({"behaviour": 0.6, "text": 0.4, "social": 0, "knowledge": 0, "sequence": 0})
    assert row["l"] == pytest.approx({"text": 2 / 3, "social": 0, "knowledge": 0, "sequence": 0})


@pytest.mark.commands
def test_the_command_replays_scores_again_and_refuses_a_lie(spark, world, monkeypatch, capsys, tracking_uri):
    from interestlake.cli import main as cli

    monkeypatch.setattr(spark, "stop", lambda: None)
    sets = [part for name, value in SMALL.items() for part in ("--set", f"{name}={value}")]
    given = ["--lake", world.lake.root, "--tracking-uri", tracking_uri, *sets]
    assert cli.main(["check-reasons", *given, "--people", "8", "--run-id", "c1"]) == 0
    said = capsys.readouterr().out
    assert "100.00%" in said and "without" in said
    told = world.lake.read("gold.counterfactuals").collect()
    assert len(told) == 40
    assert sum(row["score_without"] < row["score"] for row in told) >= 0.9 * len(told)
    _never_listed(world, next(row for row in told if len(row["needed"])))
    user = world.rows[0]["user_id"]
    item = world.rows[0]["item_id"]
    assert cli.main(["explain", *given, "--user", user, "--item", item]) == 0
    said = capsys.readouterr().out
    assert "Kernel SHAP" in said and "granularities, alpha" in said and "no attribution" in said
    assert cli.main(["explain", *given, "--user", user]) == 2
    reasons = world.lake.read("gold.reasons")
    lie = reasons.withColumn("count", F.when(F.col("kind") == "popular", F.col("count") + 1).otherwise(F.col("count")))
    world.lake.write("gold.reasons", lie, "lie")
    assert cli.main(["check-reasons", *given, "--people", "0", "--run-id", "c2"]) == 3
    assert "false: popular" in capsys.readouterr().out


def _never_listed(world, row):
    """The counterfactual by the ranker itself: the list of that person without the named items lacks the item."""
    relister = Relister(world.context)
    index = {r["item_id"]: r["item_index"] for r in world.tables["silver.items"].collect()}
    user = world.tables["gold.recommendations"].where(F.col("user_id") == row["user_id"]).first()["user_id"]
    block = relister.row(Person(user, int(user, 16)))
    gone = [index[item] for item in row["needed"]]
    kept = [(i, w) for i, w in zip(block.at[0, "items"], block.at[0, "weights"], strict=True) if i not in gone]
    block.at[0, "items"], block.at[0, "weights"] = [i for i, _ in kept], [w for _, w in kept]
    block["barred"] = [gone]
    listed = recommend_block(block, relister.recommender, 5)
    assert row["item_id"] not in set(listed["item_id"])
    for item in row["needed"]:
        assert f"Title {index[item]}”" in row["sentence"]


def _chosen(world, person) -> list[int]:
    return world.pairs.query(f"user == {int(person, 16)}").item.tolist()


def _of_another_group(world, person) -> str:
    """The title of an item of the person's that shares no studio with the first one of their list."""
    first = _listed(world, person)[0]
    return f"Title {next(item for item in _chosen(world, person) if item % GROUPS != first % GROUPS)}"


def _of_the_same_group(world, person) -> tuple[str, str]:
    pairs = ((item, mine) for item in _listed(world, person) for mine in _chosen(world, person))
    item, mine = next((item, mine) for item, mine in pairs if item % GROUPS == mine % GROUPS)
    return item_id(item), f"Title {mine}"


def _listed(world, person) -> list[int]:
    number = {item_id(item): item for item in range(ITEMS)}
    rows = world.tables["gold.recommendations"].where(F.col("user_id") == person).orderBy("rank").collect()
    return [number[row["item_id"]] for row in rows]
