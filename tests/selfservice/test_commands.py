"""`interestlake feedback` and `forget`: the next list heeds them; what is forgotten is in no table, no version."""

import os
from dataclasses import replace

import pytest
from mlflow.tracking import MlflowClient
from pyspark.sql import functions as F

from interestlake.core.errors import BadInput
from interestlake.core.lake import one_row
from interestlake.core.moved_store import default_tracking_uri
from interestlake.core.schemas.all import ALL
from interestlake.core.store_names import EXPERIMENT
from interestlake.core.tracking import STAGE_TAG
from interestlake.privacy.erasure import erase_everything
from interestlake.privacy.keys import KEY_VARIABLE, key_mark
from interestlake.privacy.objections import without_disliked, without_forgotten
from interestlake.privacy.person import Person
from interestlake.serving.person_page.object import forget, object_to, withdraw

from ..recommending.planted import item_id, user_id

pytestmark = pytest.mark.commands


@pytest.fixture(autouse=True, scope="module")
def source(world):
    """By whose ids people are looked up."""
    mark = key_mark(os.environ[KEY_VARIABLE].encode())
    row = {"source": "shop", "people": "shop", "items": "shop", "item_prefix": "", "key_mark": mark}
    world.lake.write("ops.sources", one_row(world.lake.spark, "ops.sources", row), "s")


LISTS = "gold.recommendations"


def listed(lake, user):
    rows = lake.read(LISTS).where(F.col("user_id") == user_id(user)).orderBy("rank").collect()
    assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))
    return rows


def under(world, run_id):
    """The world's context under a run id."""
    return replace(world.context, options=replace(world.context.options, run_id=run_id), written={}, read_versions={})


def others(lake, user):
    return sorted(map(str, lake.read(LISTS).where(F.col("user_id") != user_id(user)).collect()))


def test_an_item_said_no_to_leaves_the_list_until_it_is_taken_back(world, call):
    before, rest = listed(world.lake, 3), others(world.lake, 3)
    refused = before[0]["item_id"]
    asked = ("--user", user_id(3), "--not-interested", refused)
    assert call("feedback", *asked, "--run-id", "no1") == (0, "Noted: 1 new objection.\nThe next list has 5 items.\n")
    after = listed(world.lake, 3)
    assert refused not in [row["item_id"] for row in after] and len(after) == len(before)
    assert others(world.lake, 3) == rest
    assert object_to(under(world, "no2"), Person(user_id(3), 3), [("item", refused)]) == 0
    assert call("feedback", *asked, "--withdraw", "--run-id", "no3")[1].startswith("Taken back: 1")
    assert [row["item_id"] for row in listed(world.lake, 3)] == [row["item_id"] for row in before]


def test_everyones_lists_heed_an_objection_too(world, call):
    from interestlake.recommending.saved import open_recommender
    from interestlake.recommending.scoring import open_scoring, write_lists
    from interestlake.recommending.shared import SharedRecommender

    refused = listed(world.lake, 4)[0]["item_id"]
    call("feedback", "--user", user_id(4), "--not-interested", refused, "--run-id", "every1")
    alone = [tuple(row)[:4] for row in listed(world.lake, 4)]
    world.context.options = world.context.options.__class__(lake=world.lake.root, run_id="every2")
    scoring = open_scoring(world.context)
    shared = SharedRecommender(world.context.spark, open_recommender(world.lake))
    write_lists(world.context, scoring, shared).close()
    scoring.close()
    assert [tuple(row)[:4] for row in listed(world.lake, 4)] == alone
    assert withdraw(under(world, "every3"), Person(user_id(4), 4), [("item", refused)]) == 1


def test_a_request_is_logged_without_the_person(world, call):
    refused = listed(world.lake, 6)[0]["item_id"]
    asked = ("--user", user_id(6), "--not-interested", refused)
    call("feedback", *asked, "--run-id", "log1")
    call("feedback", *asked, "--withdraw", "--run-id", "log2")
    client = MlflowClient(default_tracking_uri(world.lake.root))
    experiment = client.get_experiment_by_name(EXPERIMENT).experiment_id
    runs = client.search_runs([experiment], f"tags.`{STAGE_TAG}` = 'feedback'")
    figures = [run.data.metrics for run in runs]
    for does in ("not_interested", "withdraw"):
        assert any({does: 1.0, "list_items": 5.0}.items() <= one.items() for one in figures), does
    everything = client.search_runs([experiment])
    assert not any(user_id(6) in str(run.to_dictionary()) for run in everything)


def test_an_interest_said_no_to_sinks(world, call):
    """Person 5's items carry gardens: with gardens refused the list turns to other tastes."""
    gardens = {item_id(i) for i in range(2, 36, 3)}
    assert {row["item_id"] for row in listed(world.lake, 5)} & gardens
    call("feedback", "--user", user_id(5), "--not-interested-in", "tag:gardens", "--run-id", "sink")
    assert not {row["item_id"] for row in listed(world.lake, 5)} & gardens
    kept = world.lake.read("gold.interest_map").transform(without_disliked(world.lake.read("silver.objections")))
    assert kept.where(F.col("user_id") == user_id(5)).count() == 0
    assert kept.where(F.col("user_id") == user_id(2)).count() == 1


def test_a_forgotten_item_is_in_no_table_and_no_version(world, call):
    lake, mine = world.lake, world.pairs[world.pairs.user == 0]
    item = item_id(0) if 0 in mine.item.values else item_id(int(mine.item.iloc[0]))
    version = lake.version("silver.interactions")
    code, said = call("forget", "--user", user_id(0), "--item", item, "--run-id", "gone")
    assert code == 0 and said.startswith("Forgotten: ")
    for name, table in ALL.items():
        if {"user_id", "item_id"} <= set(table.column_names) and lake.exists(name) and name != "silver.objections":
            pair = (F.col("user_id") == user_id(0)) & (F.col("item_id") == item)
            assert lake.read(name).where(pair).count() == 0, name
    assert lake.read("silver.interactions").where(F.col("item_id") == item).count() > 0
    assert lake.read("silver.documents").where("doc_id = 'said'").count() == 0
    assert lake.read("silver.embeddings").where("text_hash = 'h-said'").count() == 0
    assert lake.read("silver.embeddings").where("model_id = 'm'").count() == 36
    assert all(item not in row["evidence"] and item != row["item_id"] for row in listed(lake, 0))
    with pytest.raises(Exception, match="(?i)file|exist"):
        lake.read("silver.interactions", version).collect()
    marks = [row["target"] for row in lake.read("silver.objections").where("action = 'forget'").collect()]
    assert len(marks) == 1 and item not in marks[0]
    assert forget(under(world, "gone2"), Person(user_id(0), 0), "item", item) == {}
    events = world.lake.spark.createDataFrame(
        [(user_id(0), item), (user_id(0), "x"), (user_id(1), item)], "user_id string, item_id string"
    )
    left = events.transform(without_forgotten(lake.read("silver.objections"), "item", "item_id")).collect()
    assert sorted((row[0], row[1]) for row in left) == sorted([(user_id(0), "x"), (user_id(1), item)])


def test_a_forgotten_person_is_in_no_table_and_nobody_to_commands(world, call, caplog):
    lake = world.lake
    assert call("forget", "--user", user_id(1), "--everything", "--run-id", "all")[0] == 0
    for erasure in erase_everything(user_id(1), 1):
        if lake.exists(erasure.table):
            assert lake.read(erasure.table).where(erasure.condition).count() == 0, erasure.table
    assert forget(under(world, "all2"), Person(user_id(1), None), "everything", "") == {}
    for command in (("profile", "--out", "never.html"), ("feedback", "--not-interested", "x"), ("list",)):
        caplog.clear()
        assert call(command[0], "--user", user_id(1), *command[1:])[0] == 2
        assert "everything of this person forgotten, as they asked" in caplog.text
    assert call("forget", "--user", user_id(1), "--everything", "--run-id", "all3")[0] == 0
    assert "people, 37 of 37" in call("who", "--limit", "100")[1]


def test_every_table_with_people_is_known_to_the_erasure():
    named = {erasure.table for erasure in erase_everything("u", 1)}
    people = {name for name, table in ALL.items() if {"user_id", "friend_id", "user_index"} & set(table.column_names)}
    assert named == people - {"silver.objections"} and "bronze.friends" in named and "models.training_examples" in named


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("feedback", "--user", "nobody", "--not-interested", "x"), "nobody"),
        (("feedback", "--user", user_id(2), "--not-interested", "no such"), "none of that id"),
        (("feedback", "--user", "00000000", "--not-interested", "x"), "38 people whose pseudonym begins so"),
        (("feedback", "--user", "0000000", "--not-interested", "x"), "found nobody; near it: pseudonym 00000000"),
        (("list", "--user", "26"), "user '26': found nobody"),
        (("list", "--user", ""), "user: found no id"),
        (("profile", "--user", "26"), "user '26': found nobody"),
        (("forget", "--user", "26", "--everything"), "user '26': found nobody"),
        (("explain", "--user", "26", "--item", "x"), "user '26': found nobody"),
        (("summarise", "--user", "26"), "user '26': found nobody"),
        (("who", "--like", " "), "expected a part of a title"),
    ],
)
def test_bad_input_is_one_message(call, caplog, options, said):
    caplog.clear()
    assert call(*options)[0] == 2
    assert said in caplog.text and issubclass(BadInput, ValueError)
