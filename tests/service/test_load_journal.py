"""What a service noted becomes rows of the lake, once; and says what another policy's lists are worth."""

import random
from pathlib import Path

import pytest
from pyspark.sql import functions as F

from interestlake.core.journal import FOLDER
from interestlake.core.lake import Lake
from interestlake.serving.service.explore import explore
from interestlake.serving.service.noting import Done, Noting

from ..decisions.conftest import call

__all__ = ["call"]
PEOPLE, K, SHARE, DAY = 400, 4, 0.2, 86_400.0


@pytest.fixture
def lake(spark, call):
    lake = Lake(spark, call.lake)
    lake.create("ops.runs")
    lake.create("bronze.events")
    return lake


def user(n):
    return f"{n:032x}"


def test_lines_become_rows_once_and_what_was_forgotten_does_not(spark, lake, call, capsys, caplog):
    folder = Path(call.lake) / FOLDER
    noting, again = Noting(folder), Noting(folder)
    rows = [{"item_id": "i1", "score": 0.5}, {"item_id": "i2", "score": None}]
    shown = explore(rows, 2, 0.0, random.Random(1))
    for n in (1, 2, 3):
        noting.note(user(n), shown, "lake", "r1")
    event = Done("i1", "rating", 1e9, 4.0)
    noting.took(user(1), [event, Done("i2", "view", 1e9)], {"i1": "shop", "i2": "shop"})
    again.took(user(1), [event], {"i1": "shop"})  # sent twice, to two services
    again.took(user(2), [Done("i2", "like", 1e9)], {"i2": "shop"})
    objections = [(user(2), "item", "forget", None, "r0"), (user(3), "everything", "forget", None, "r0")]
    said = spark.createDataFrame(objections, "user_id string, kind string, action string, target string, run_id string")
    target = F.sha2(F.concat_ws("|", "user_id", "kind", F.when(F.col("kind") == "item", "i2").otherwise("")), 256)
    lake.write("silver.objections", said.withColumn("target", target), "r0")
    assert call("load-journal", "--run-id", "j0") == 0
    assert "nothing to take" in caplog.text and "No service has noted anything" in capsys.readouterr().out
    noting.close()
    again.close()
    with open(next(folder.glob("events-*.jsonl")), "a", encoding="utf-8") as file:
        file.write('{"user_id": "torn')
    assert call("load-journal", "--run-id", "j1") == 0
    assert not list(folder.glob("*.*l")) and "1 lines that their writer could not end" in caplog.text
    assert "3 places of lists are in bronze.served now, 2 events in bronze.events" in capsys.readouterr().out
    served = lake.read("bronze.served").orderBy("user_id", "position").collect()
    assert [(row["user_id"], row["position"], row["item_id"], row["propensity"], row["score"]) for row in served] == [
        (user(1), 1, "i1", 1.0, 0.5), (user(1), 2, "i2", 1.0, None), (user(2), 1, "i1", 1.0, 0.5)]  # fmt: skip
    events = lake.read("bronze.events").orderBy("item_id").collect()
    assert [(row["user_id"], row["item_id"], row["event_type"], row["value"], row["source"]) for row in events] == [
        (user(1), "i1", "rating", 4.0, "shop"), (user(1), "i2", "view", None, "shop")]  # fmt: skip
    assert events[0]["event_ts"].timestamp() == 1e9
    noting.took(user(1), [event], {"i1": "shop"})
    noting.close()
    # the same run id goes on with what has come since, and the same event changes nothing
    assert call("load-journal", "--run-id", "j2") == 0
    assert lake.read("bronze.events").count() == 2 and not list(folder.glob("*.*l"))
    assert call("undo", "--run-id", "j1") == 2  # its files are gone


def test_served_lists_and_choices_value_the_lists_of_another_run(spark, lake, call, capsys):
    """Planted: i9, which the served lists never hold but by chance, is always chosen, nothing else is. The lists of r2
    have it at the last place: their worth per place is a quarter there, 0 elsewhere."""
    noting, chance = Noting(Path(call.lake) / FOLDER, SHARE), random.Random(7)
    ranked = [{"item_id": f"i{n}", "score": 1.0} for n in (1, 2, 3, 4, 9, 5)]
    for n in range(PEOPLE):
        for _ in range(12):
            shown = explore(ranked, K, SHARE, chance)
            noting.note(user(n), shown, "lake", "r1")
    noting.close()
    assert call("load-journal", "--run-id", "j1") == 0
    served = lake.read("bronze.served").where("item_id = 'i9'")
    chosen = served.selectExpr(
        "concat(list_id, 'a') AS event_id", "user_id", "item_id", "'view' AS event_type",
        "CAST(NULL AS double) AS value", "CAST(NULL AS string) AS text", "served_at + INTERVAL 1 HOUR AS event_ts",
        "'shop' AS source", "'f' AS file", "1L AS line",
    )  # fmt: skip
    late = chosen.limit(1).selectExpr("'late' AS event_id", "user_id", "'i1' AS item_id", "event_type", "value", "text",
                                      "event_ts + INTERVAL 9 DAYS AS event_ts", "source", "file", "line")  # fmt: skip
    lake.write("bronze.events", chosen.unionByName(late), "e1")
    lists = spark.createDataFrame(
        [(user(n), rank, item) for n in range(PEOPLE) for rank, item in enumerate(("i1", "i2", "i3", "i9"), 1)],
        "user_id string, rank int, item_id string",
    )
    nothing = ("code string", "named array<string>", "fact array<string>", "interests array<string>")
    rest = (
        "1d AS score", "CAST(array() AS array<struct<source:string,share:double>>) AS sources",
        "CAST(array() AS array<string>) AS evidence", "'why' AS reason", "'r2' AS run_id",
        *(f"CAST(NULL AS {kind}) AS {name}" for name, kind in (one.split() for one in nothing)),
    )  # fmt: skip
    lake.write("gold.recommendations", lists.selectExpr("user_id", "rank", "item_id", *rest), "r2")
    assert call("evaluate-logs", "--lists-of", "r2", "--top", str(K), "--level", "0.999") == 0
    said = capsys.readouterr().out
    rows = {row["estimator"]: row for row in lake.read("gold.policy_values").collect()}
    assert rows["snips"]["low"] <= 1 / K <= rows["snips"]["high"], said
    assert rows["ips"]["low"] <= 1 / K <= rows["ips"]["high"] and rows["logged"]["value"] < 0.06
    assert "better than what was logged" in said and rows["snips"]["rows"] == PEOPLE * 12 * K
    assert call("evaluate-logs") == 2


def test_without_files_or_a_run_it_says_what_to_name(call, caplog):
    assert call("evaluate-logs") == 2
    assert "--input or --lists-of" in caplog.text
