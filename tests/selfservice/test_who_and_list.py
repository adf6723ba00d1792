"""`interestlake who` and `list` on the planted world: who is there, whose list it is, and rows for programs."""

import csv
import io
import os

import pytest
from pyspark.sql import functions as F

from interestlake.privacy.found_again import source_ids
from interestlake.privacy.found_again_here import LEAST_TRIED
from interestlake.privacy.keys import KEY_VARIABLE, SAMPLE_KEY, key_mark, pseudonym
from interestlake.privacy.names import Keys, Origin
from interestlake.serving.who import items_by_title, near_titles, people_to_try

from ..recommending.planted import PEOPLE, user_id
from .both_ways import by_spark, faults, without_spark

USERS = "user_id string, user_index int, item_count int, first_ts timestamp, last_ts timestamp"
ITEMS = "item_id string, title string, categories array<string>, user_count int"
TITLES = ("Alien", "Aliens", "100% Wolf", "A_B", "ALIEN 3", "Zoë's Day", "Quiet")


@pytest.mark.commands
def test_a_list_is_the_rows_of_gold_with_titles(world, call):
    gold = world.lake.read("gold.recommendations").where(F.col("user_id") == user_id(3)).orderBy("rank").collect()
    titles = {row["item_id"]: row["title"] for row in world.lake.read("silver.items").collect()}
    code, out = call("list", "--user", user_id(3), "--csv")
    rows = list(csv.reader(io.StringIO(out)))
    assert code == 0 and rows[0] == ["rank", "item_id", "title", "score", "reason"]
    assert rows[1:] == [[str(row["rank"]), row["item_id"], titles[row["item_id"]], repr(row["score"]), row["reason"]]
                        for row in gold]  # fmt: skip
    code, out = call("list", "--user", user_id(3), "--top", "2")
    assert code == 0 and len(out.splitlines()) == 4
    assert out.splitlines()[0].split()[:2] == ["1", "Title"] and "<b>" not in out
    assert out.splitlines()[1].strip() == gold[0]["reason"]


@pytest.mark.commands
def test_a_list_that_files_answer_starts_no_spark_and_is_the_same(world, call, monkeypatch, caplog):
    columns = "source string, people string, items string, item_prefix string, key_mark string"
    key = os.environ[KEY_VARIABLE].encode()
    rows = [("shop", "shop", "shop", "", key_mark(key))]
    world.lake.write("ops.sources", world.lake.spark.createDataFrame(rows, columns), "s")
    someone = pseudonym("shop", "somebody", key)
    for table in ("silver.users", "gold.recommendations"):
        world.lake.update(table, f"user_id = '{user_id(3)}'", {"user_id": f"'{someone}'"})
    asked = [("--user", "somebody"), ("--user", "shop:somebody", "--csv"), ("--user", someone[:12], "--top", "2")]
    asked += [("--user", nobody) for nobody in ("nobody", "00000000", "smebody", someone[:10] + "zz", user_id(3))]

    def answers():
        caplog.clear()
        return [call("list", *one) for one in asked], faults(caplog)

    with by_spark(monkeypatch):
        slow = answers()
    assert [code for code, _ in slow[0]] == [0, 0, 0, 2, 2, 2, 2, 2]
    with without_spark(monkeypatch):
        assert answers() == slow


@pytest.mark.commands
def test_somebody_without_a_list_is_told(world, call, caplog):
    version = world.lake.version("gold.recommendations")
    kept = world.lake.read("gold.recommendations").where(F.col("user_id") == user_id(9)).collect()
    world.lake.delete("gold.recommendations", f"user_id = '{user_id(9)}'")
    assert kept and world.lake.version("gold.recommendations") == version + 1
    code, out = call("list", "--user", user_id(9), "--csv")
    assert (code, out) == (2, "")
    assert "none: the person is in silver.users, and not in gold.recommendations" in caplog.text


@pytest.mark.commands
def test_who_shows_people_and_items_and_stays_short(world, call):
    code, out = call("who", "--limit", "4")
    people, items = out.split("\n\n")
    assert code == 0 and people.startswith(f"people, 4 of {PEOPLE + 2}") and items.startswith("items, the most chosen")
    assert len(people.splitlines()) == len(items.splitlines()) == 6
    assert "0-4" in people and "5-19" in people  # segments take turns
    code, out = call("who", "--like", "TITLE", "--limit", "3")
    assert out.startswith("items whose title holds 'TITLE'")
    assert code == 0 and out.endswith("no person has an id near 'TITLE'\n") and out.count("Title ") == 3


def test_segments_take_turns_and_ties_go_by_id(spark):
    rows = [(f"{n:03d}", n, count, None, None) for n, count in enumerate([200, 150, 30, 30, 7, 0, 0, 1])]
    shown = people_to_try(spark.createDataFrame(rows, USERS), 5).collect()
    assert [row["user_id"] for row in shown] == ["000", "001", "002", "004", "007"]
    assert [row["segment"] for row in shown] == ["100 and more"] * 2 + ["20-99", "5-19", "0-4"]


def test_titles_are_found_letter_by_letter(spark):
    rows = [(str(n), title, [], n) for n, title in enumerate(TITLES)]
    items = spark.createDataFrame(rows, ITEMS)

    def found(text):
        return [row["title"] for row in items_by_title(items, text, 10).collect()]

    assert found("alien") == ["ALIEN 3", "Aliens", "Alien"]
    assert (found("%"), found("_"), found("ZOË'S"), found("x")) == (["100% Wolf"], ["A_B"], ["Zoë's Day"], [])
    assert len(items_by_title(items, None, 2).collect()) == 2
    assert [row["title"] for row in near_titles(items, "Alein").collect()] == ["ALIEN 3", "Alien"]
    assert [row["title"] for row in near_titles(items, "100% wlof").collect()] == ["100% Wolf"]
    assert near_titles(items, "z").collect() == []


def test_numbers_behind_pseudonyms_are_found_again_and_other_ids_are_not(spark):
    key = os.environ[KEY_VARIABLE].encode()
    shop, made = Origin("shop", "club", "shop", "", key_mark(key)), Origin("sample", "sample", "sample", "",
                                                                           key_mark(SAMPLE_KEY))  # fmt: skip
    ids = {pseudonym("club", "26", key): ("shop", "26"),
           pseudonym("sample", "u0000007", SAMPLE_KEY): ("sample", "u0000007")}  # fmt: skip
    others = [pseudonym("club", one, key) for one in ("ann", "026", str(LEAST_TRIED))]
    people = spark.createDataFrame([(one,) for one in (*ids, *others)], "user_id string")
    found = source_ids(people, Keys(((shop, key), (made, SAMPLE_KEY))), 5).collect()
    assert {row["user_id"]: (row["source"], row["source_id"]) for row in found} == ids
    assert source_ids(people, Keys(), 5) is None
