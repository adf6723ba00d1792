"""Reasons of a planted lake: all of them true, every planted lie found, and scores that fall without them."""

import pytest
from pyspark.sql import functions as F

from interestlake.evaluation.readability import reading_ease, reasons_read
from interestlake.privacy.person import Person
from interestlake.recommending.explaining.command import NEEDED, OPTIONAL
from interestlake.recommending.explaining.reasons import alpha_column, build_reasons, lambda_column
from interestlake.recommending.explaining.replay import replay, sentences
from interestlake.recommending.personal import recommend_block
from interestlake.recommending.relist import Relister
from interestlake.recommending.write_reason import ENTRIES_PER_ITEM, MAX_WORDS

from ..recommending.planted import GROUPS, ITEMS, TOPICS, item_id, user_id
from ..selfservice.planted_lake import SMALL, make_world

NAMES = tuple(name for name in (*NEEDED, *OPTIONAL) if name != "bronze.items")
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


@pytest.mark.commands
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
    """Six people are told six kinds of lie, all of them in one reading; everybody else's sentences stay true."""
    other = _of_another_group(world, user_id(14))
    lies = (
        ("People who chose “Nothing of yours” also chose this.", [], [], []),
        ("999 people chose it.", [], [], []),
        ("It fits your interest in nothing.", [], [], ["nothing"]),
        ("It is among your friends' choices.", [], [], []),
        (f"This is like “Title {other}”: both made by Studio jazz.", [item_id(other)], ["made by", "Studio jazz"], []),
        (f"This is described much like “Title {other}”; same director, Ann Bell.", [item_id(other)], [], []),
    )
    told = {user_id(10 + n): lie for n, lie in enumerate(lies)}  # none of them has a friend
    lists = world.tables["gold.recommendations"].where(F.col("user_id") != user_id(15)).unionByName(
        world.tables["gold.recommendations"].where((F.col("user_id") == user_id(14)) & (F.col("rank") == 1)).withColumn(
            "user_id", F.lit(user_id(15))))  # fmt: skip
    mine = world.tables["silver.interactions"].where(F.col("user_id") == user_id(14))
    rows = [(user, *lie) for user, lie in told.items()]
    schema = "user_id string, l string, n array<string>, f array<string>, i array<string>"
    said = world.lake.spark.createDataFrame(rows, schema)
    empty = F.array().cast("array<string>")
    first = {name: F.when(F.col("rank") == 1, F.coalesce(name[0], empty)).otherwise(empty)
             for name in ("named", "fact", "interests")}  # fmt: skip
    dull = F.lit("It fits the pattern of your choices.")
    reason = F.coalesce(F.when(F.col("rank") == 1, F.col("l")), dull)
    bent = lists.join(said, "user_id", "left").withColumns({"reason": reason, **first})
    pairs = world.tables["silver.interactions"].where(F.col("user_id") != user_id(15)).unionByName(
        mine.withColumn("user_id", F.lit(user_id(15))))  # fmt: skip
    found = sentences(world.tables | {"gold.recommendations": bent, "silver.interactions": pairs})
    found = found.where(~F.col("true")).collect()
    assert {row["user_id"]: row["statement"] for row in found} == {user: lie[0] for user, lie in told.items()}
    assert len(found) == len(lies)


@pytest.mark.commands
def test_a_fact_that_is_named_is_looked_up(world):
    """A person's own item of the listed one's studio: true; without the facts, or of another studio, it is not."""
    item, mine = _of_the_same_group(world, user_id(14))
    studio = f"Studio {TOPICS[mine % GROUPS]}"
    rows = world.tables["gold.recommendations"].where((F.col("user_id") == user_id(14)) & (F.col("item_id") == item))

    def true(relation: str, value: str, words: str, **changed) -> bool:
        said = {"reason": F.lit(f"This is like “Title {mine}”: {words}."), "named": F.array(F.lit(item_id(mine)))}
        said |= {"fact": F.array(F.lit(relation), F.lit(value)), "interests": F.array().cast("array<string>")}
        told = world.tables | {"gold.recommendations": rows.withColumns(said)} | changed
        return sentences(told).first()["true"]

    assert true("made by", studio, f"both made by {studio}")
    assert true("category", TOPICS[mine % GROUPS], f"both {TOPICS[mine % GROUPS]}")
    assert not true("made by", studio, "both made by Another")
    assert not true("made by", "Another", "both made by Another")
    assert not true(
        "made by", studio, f"both made by {studio}", **{"silver.facts": world.tables["silver.facts"].limit(0)}
    )
    attributes = F.create_map(F.lit("director"), F.lit("Ann Bell, Cy Dee"))
    given = world.tables["silver.items"].select("item_id", attributes.alias("attributes"))
    assert true("director", "Cy Dee", "same director, Cy Dee", **{"bronze.items": given})


def test_every_list_reads_well(world):
    """Made lists: short sentences, few alike, and no item of the history explains more than two entries."""
    rows = world.tables["gold.recommendations"].toPandas()
    named = rows.explode("named").dropna(subset=["named"]).groupby(["user_id", "named"]).size()
    assert 0 < len(named) and named.max() <= ENTRIES_PER_ITEM
    read = {row["metric"]: row for row in reasons_read(world.tables["gold.recommendations"]).collect()}
    assert read["reason_longest"]["value"] <= MAX_WORDS and read["reason_words"]["users"] == rows.user_id.nunique()
    by_hand = rows.groupby("user_id")["reason"].agg(lambda own: (~own.duplicated(keep=False)).mean()).mean()
    assert read["reason_distinct"]["value"] == pytest.approx(by_hand) and by_hand > 0.5


def test_every_list_is_plain_english(world):
    syllapy = pytest.importorskip("syllapy", reason="no syllapy: the extra `test` brings it")
    eases = [reading_ease(row["reason"], syllapy.count) for row in world.tables["gold.recommendations"].collect()]
    assert sum(eases) / len(eases) > 60


def test_a_fact_that_has_ended_is_no_reason(world):
    ended = world.tables["silver.facts"].withColumn("valid_to", F.current_timestamp())
    rows = build_reasons(world.tables | {"silver.facts": ended}, "r")
    assert rows.where("kind = 'fact'").isEmpty()
    told = world.lake.read("gold.reasons").where("kind = 'fact'")
    false = judged(world, told, **{"silver.facts": ended})  # the sentences that name such a fact, too
    assert sum(row["kind"] == "fact" for row in false) == told.count() > 0
    assert {row["kind"] for row in false} <= {"fact", "sentence"}


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
    fell = {(row["user_id"], row["rank"]) for row in told if row["score_without"] < row["score"]}
    # a sentence names the item most like the entry, whose part of the score may be small: the strongest one's never is
    strongest = {
        (row["user_id"], row["rank"])
        for row in world.tables["gold.recommendations"].collect()
        if list(row["named"]) == list(row["evidence"])[:1]
    } & {(row["user_id"], row["rank"]) for row in told}
    assert len(strongest) >= 0.25 * len(told) and strongest <= fell
    assert len(fell) >= 0.75 * len(told)
    _never_listed(world, next(row for row in told if len(row["needed"])))
    user = world.rows[0]["user_id"]
    item = world.rows[0]["item_id"]
    assert cli.main(["explain", *given, "--user", user, "--item", item, "--apart"]) == 0
    said = capsys.readouterr().out
    assert "Kernel SHAP" in said and "granularities, alpha" in said and "no attribution" in said
    assert cli.main(["explain", *given, "--user", user, "--apart"]) == 2
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


def _of_another_group(world, person) -> int:
    """An item of the person's that shares no studio with the first one of their list."""
    first = _listed(world, person)[0]
    return next(item for item in _chosen(world, person) if item % GROUPS != first % GROUPS)


def _of_the_same_group(world, person) -> tuple[str, int]:
    pairs = ((item, mine) for item in _listed(world, person) for mine in _chosen(world, person))
    item, mine = next((item, mine) for item, mine in pairs if item % GROUPS == mine % GROUPS)
    return item_id(item), mine


def _listed(world, person) -> list[int]:
    number = {item_id(item): item for item in range(ITEMS)}
    rows = world.tables["gold.recommendations"].where(F.col("user_id") == person).orderBy("rank").collect()
    return [number[row["item_id"]] for row in rows]
