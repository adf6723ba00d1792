"""The support desk: exact neighbours, formulas by hand, and the right agent and answer on planted tickets."""

import logging
import shutil

import numpy as np
import pandas as pd
import pytest
from bench.recipes.desk import BUNGLER, OFF, write_desk

from interestlake.core.lake import Lake
from interestlake.core.params.all import Support
from interestlake.serving.support_desk.nearest import merged, nearest
from interestlake.serving.support_desk.rank import best, rank_agents, rank_answers, ticket_strength, within_load


def test_nearest_are_those_of_brute_force_whatever_the_partitions(spark):
    generator = np.random.default_rng(0)
    vectors = generator.integers(-2, 3, (1300, 3)).astype(np.float32)  # few values, many ties
    asked = generator.normal(size=(5, 3)).astype(np.float32)
    ids = [f"t{n:04}" for n in generator.permutation(1300)]
    cosine = np.round((asked @ vectors.T).astype(np.float64), 6)
    expected = {(q, ids[n]) for q in range(5) for n in np.lexsort((np.array(ids), -cosine[q]))[:7]}
    frame = spark.createDataFrame(
        [(i, v.tolist()) for i, v in zip(ids, vectors, strict=True)], "id string, vector array<float>"
    )
    shared = spark.sparkContext.broadcast(asked)
    for partitions in (1, 3):
        rows = frame.repartition(partitions).transform(nearest(shared, 7)).collect()
        assert {(row["question"], row["id"]) for row in rows} == expected and len(rows) == 35


def test_a_block_takes_the_place_of_what_is_worse():
    start = np.empty((1, 0)), np.empty((1, 0), np.int64)
    asked = np.array([[1.0, 0.0]], np.float32)
    first = merged(start, asked, np.array([[0.5, 0], [0.9, 0]], np.float32), 0, 2)
    then = merged(first, asked, np.array([[0.5, 0], [0.7, 0]], np.float32), 2, 2)
    assert first[1].tolist() == [[1, 0]] and then[1].tolist() == [[1, 3]]
    assert then[0][0] == pytest.approx([0.9, 0.7])


def near(spark):
    rows = [
        ("q", "t1", 0.8, 1.0, "ann", "a1"),
        ("q", "t2", 0.4, 0.5, "ann", None),
        ("q", "t3", 0.5, 1.0, "bob", "a2"),
        ("q", "t4", 0.9, 0.0, "eve", "a3"),
        ("q", "t5", -0.5, 1.0, "eve", "a3"),
    ]
    return spark.createDataFrame(
        rows, "ticket_id string, id string, cosine double, strength double, agent_id string, article_id string"
    )


def test_agents_and_answers_by_hand(spark):
    agents = {row["agent_id"]: row for row in rank_agents(near(spark)).collect()}
    assert set(agents) == {"ann", "bob"}  # eve solved nothing that is like it
    assert agents["ann"]["score"] == pytest.approx((0.8 + 0.2) / 1.5, abs=1e-6)
    assert agents["ann"]["evidence"] == ["t1", "t2"] and agents["ann"]["tickets"] == 2
    close = spark.createDataFrame(
        [("q", "a2", 0.6), ("q", "a9", 0.2), ("q", "a8", 0.45)], "ticket_id string, article_id string, cosine double"
    )
    params = Support(article_share=0.25, min_confidence=0.4)
    ranked = rank_answers(near(spark), close, params).transform(best("article_id", 2)).orderBy("rank").collect()
    assert [(row["article_id"], row["rank"]) for row in ranked] == [("a1", 1), ("a2", 2)]
    assert ranked[0]["score"] == pytest.approx(0.75 * 0.8 / 1.3, abs=1e-6)
    assert ranked[1]["score"] == pytest.approx(0.25 * 0.6 + 0.75 * 0.5 / 1.3, abs=1e-6)
    shown = {row["article_id"] for row in rank_answers(near(spark), close, params).collect()}
    assert shown == {"a1", "a2", "a8"}  # a9 is below min_confidence


def test_strength_halves_with_age(spark):
    rows = [("t1", 1.0, "2024-01-01"), ("t2", 0.5, "2024-01-11"), ("t3", 1.0, None)]
    frame = spark.createDataFrame(rows, "ticket_id string, solved double, day string")
    frame = frame.selectExpr("ticket_id", "solved", "CAST(day AS timestamp) AS event_ts")
    found = {row["ticket_id"]: row["strength"] for row in frame.transform(ticket_strength(5)).collect()}
    assert found == pytest.approx({"t1": 0.25, "t2": 0.5, "t3": 1.0})


def test_nobody_is_first_for_more_than_the_load():
    rows = [(f"q{n}", agent, score) for n in range(4) for agent, score in (("ann", 0.9 - 0.1 * n), ("bob", 0.3))]
    found = within_load(pd.DataFrame(rows, columns=["ticket_id", "agent_id", "score"]), 2)
    first = found[found["rank"] == 1]
    assert dict(zip(first["ticket_id"], first["agent_id"], strict=True)) == {
        "q0": "ann",
        "q1": "ann",
        "q2": "bob",
        "q3": "bob",
    }
    assert set(found[found["rank"] == 2]["agent_id"]) == {"ann", "bob"}
    alone = within_load(pd.DataFrame(rows, columns=["ticket_id", "agent_id", "score"]), 1)
    assert set(alone["ticket_id"]) == {"q0", "q1"}  # where all are full, nobody is named


@pytest.fixture(scope="module")
def desk(spark, tmp_path_factory, mlflow_template):
    """The command on the planted desk under the recipe: .rows by (ticket, kind), the lake, the call."""
    from interestlake.cli import main as cli

    root = tmp_path_factory.mktemp("desk")
    files, store = write_desk(root), root / "mlflow.db"
    with open(files["past"], "a", encoding="utf-8") as file:
        file.write("broken-1,some text,,,1,1700000000\nbroken-2,some text,ann,,2,1700000000\n")
    shutil.copy(mlflow_template, store)

    def call(*options):
        logging.getLogger("interestlake").setLevel(logging.INFO)
        given = ["--tickets", str(files["past"]), "--articles", str(files["articles"]), "--new", str(files["new"])]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(spark, "stop", lambda: None)
            return cli.main(
                [
                    "support",
                    "--lake",
                    str(root / "lake"),
                    "--tracking-uri",
                    f"sqlite:///{store}",
                    "--recipe",
                    "support",
                    *given,
                    *options,
                ]
            )

    assert call("--run-id", "d1") == 0
    return Lake(spark, str(root / "lake")), call


def test_the_right_agent_and_answer_are_first(desk):
    lake, _ = desk
    rows = lake.read("gold.support").collect()
    first = {(row["ticket_id"], row["kind"]): row for row in rows if row["rank"] == 1}
    asked = [ticket for ticket, kind in first if kind == "agent" and not ticket.startswith("off")]
    assert len(asked) == 24
    for kind, prefix in (("agent", "agent-"), ("answer", "kb-")):
        named = [ticket for ticket in asked if (ticket, kind) in first]
        right = [first[ticket, kind]["id"] == prefix + ticket.split("-")[0] for ticket in named]
        assert sum(right) >= 22, kind
    assert BUNGLER not in {row["id"] for row in rows}
    of_subject = [
        e.split("-")[0] == t.split("-")[0]
        for (t, k), row in first.items()
        if k == "agent" and t in asked
        for e in row["evidence"]
    ]
    assert np.mean(of_subject) >= 0.9
    assert ("off-0", "answer") not in first  # nothing is near a question about nothing
    assert OFF and all(row["reason"] for row in rows)


def test_private_words_are_masked_and_bad_lines_told(desk):
    lake, _ = desk
    reasons = {row["reason"].split(":")[0] for row in lake.read("bronze.quarantine").collect()}
    assert reasons == {"missing agent_id", "solved not usable"}
    embedded = lake.read("silver.embeddings").count()
    assert embedded < 120 + 4 + 25  # texts that differ in the writer's address alone are one text


def test_again_it_embeds_and_changes_nothing(desk, capsys):
    lake, call = desk
    version = lake.version("gold.support")
    assert call("--run-id", "d1") == 0 and lake.version("gold.support") == version
    assert call("--run-id", "d2", "--set", "support.max_open=3") == 0
    assert "texts embedded 0" in capsys.readouterr().out
    first = lake.read("gold.support").where("kind = 'agent' AND rank = 1").groupBy("id").count().collect()
    assert max(row["count"] for row in first) <= 3
    assert call("--new", "nowhere.csv") == 2
