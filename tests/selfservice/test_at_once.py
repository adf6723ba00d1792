"""One person's commands from the lake's files: no Spark, and what Spark says to the letter."""

import resource
import subprocess
import sys

import pytest

from interestlake.core.errors import BadInput
from interestlake.core.plain_lake import PlainLake
from interestlake.core.spark_rows import SparkRows
from interestlake.privacy.meant import Person, meant
from interestlake.privacy.person import LakePeople
from interestlake.privacy.plain_person import PlainPeople
from interestlake.serving.person_page.page import page_of
from interestlake.serving.person_page.text import profile_text
from interestlake.serving.reasons import reasons_text

from ..recommending.planted import PEOPLE, item_id, user_id
from .both_ways import by_spark, faults, without_spark

pytestmark = pytest.mark.commands
EXPANSIONS = ("user_id string, interest string, kind string, label string, confidence double, surprise double, "
              "source string, path array<string>, run_id string")  # fmt: skip
PROFILES = ("user_id string, interest string, kind string, label string, strength double, confidence double, "
            "share double, events bigint, slope double, slope_error double, trend string")  # fmt: skip
COUNTERFACTUALS = "user_id string, rank int, item_id string, sentence string"
OBJECTIONS = "user_id string, kind string, action string, target string, run_id string"


@pytest.fixture(scope="module")
def told(world, spark):
    """The world with every table that a page may read."""

    def put(name, rows, schema):
        spark.createDataFrame(rows, schema).coalesce(1).write.format("delta").save(world.lake.path(name))

    listed = world.lake.read("gold.recommendations").where(f"user_id = '{user_id(8)}' AND rank = 1").first()
    put("gold.expansions", [(user_id(8), "tag:jazz", "tag", "jazz", 0.8, 0.4, "context", ["gardens", "jazz"], "r")],
        EXPANSIONS)  # fmt: skip
    put("gold.interest_profiles", [(user_id(8), "tag:gardens", "tag", "gardens", 1.0, 0.9, 1.0, 9, 0.5, 0.1, "rising"),
                                   (user_id(9), "tag:gardens", "tag", "gardens", 1.0, 0.9, 1.0, 9, None, None,
                                    "unknown")], PROFILES)  # fmt: skip
    put("gold.counterfactuals", [(user_id(8), 1, listed["item_id"], "You would not see this without it.")],
        COUNTERFACTUALS)  # fmt: skip
    put("silver.objections", [(user_id(6), "item", "not_interested", listed["item_id"], "r"),
                              (user_id(6), "interest", "not_interested", "tag:jazz", "r"),
                              (user_id(5), "everything", "forget", "m", "r")], OBJECTIONS)  # fmt: skip
    world.lake.delete("silver.users", f"user_id = '{user_id(5)}'")
    return world


def test_every_page_is_the_same_text(told):
    plain, spark = PlainLake(told.lake.root), SparkRows.of_lake(told.lake)
    for number in (0, 3, 6, 8, 9, PEOPLE - 1):
        pages = [page_of(rows, user_id(number), 5, "LAKE", 42) for rows in (plain, spark)]
        assert pages[0] == pages[1] and user_id(number)[:8] in pages[0]
        texts = [profile_text(rows, user_id(number), 5) for rows in (plain, spark)]
        assert texts[0] == texts[1] and "interests" in texts[0]
    page = page_of(plain, user_id(8), 5, "LAKE", 42)
    assert "You would not see this without it." in page and "gardens" in profile_text(plain, user_id(8), 5)
    assert "said no to" in profile_text(plain, user_id(6), 5) and "rising" in profile_text(plain, user_id(8), 5)


@pytest.mark.parametrize("command", [
    ("who",), ("who", "--limit", "3"), ("who", "--like", "TITLE"), ("who", "--like", "titel"), ("who", "--like", "%"),
    ("who", "--like", user_id(3)[:8]), ("list", "--user", user_id(3)),
    ("list", "--user", user_id(3), "--csv", "--top", "2"), ("list", "--user", user_id(5)), ("list", "--user", "nobody"),
    ("profile", "--user", user_id(8), "--text"), ("explain", "--user", user_id(8), "--item", item_id(8)),
    ("explain", "--user", user_id(8), "--item", item_id(11)), ("explain", "--user", user_id(37), "--item", item_id(0)),
    ("explain", "--item", item_id(5)), ("explain", "--item", "item-9"), ("explain", "--item", "titel"),
    ("explain", "--user", "nobody", "--item", item_id(5)),
])  # fmt: skip
def test_what_is_printed_is_the_same(told, call, monkeypatch, caplog, command):
    caplog.clear()
    with without_spark(monkeypatch):
        at_once = call(*command), faults(caplog)
    caplog.clear()
    with by_spark(monkeypatch):
        assert (call(*command), faults(caplog)) == at_once


def test_the_reasons_of_a_list_are_the_same(told):
    person = Person(user_id(8), 8)
    plain, spark = (reasons_text(rows, person, "8", 5)
                    for rows in (PlainLake(told.lake.root), SparkRows.of_lake(told.lake)))  # fmt: skip
    assert plain == spark and "without     You would not see this without it." in plain and "spoken for" in plain


def test_a_cold_shell_answers_in_seconds_and_loads_nothing_heavy(told):
    """Seconds of processor time, which another process beside does not change."""
    asked = ["--user", user_id(8), "--item", item_id(11)]
    code = ("import sys; from interestlake.cli.main import main; code = main(sys.argv[1:]); "
            "print(sorted({'pyspark', 'torch', 'mlflow', 'shap'} & set(sys.modules))); sys.exit(code)")  # fmt: skip
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([sys.executable, "-c", code, "explain", "--lake", told.lake.root, *asked],
                          capture_output=True, text=True, check=True)  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.stdout.splitlines()[-1] == "[]" and "place" in done.stdout
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 5


def test_a_score_is_taken_apart_by_spark_alone(told, call, monkeypatch, caplog):
    with without_spark(monkeypatch):
        assert call("explain", "--user", user_id(8), "--item", item_id(8), "--apart")[0] == 1
        assert "Spark was started" in caplog.text
        for lacking in (("--user", user_id(8)), ("--item", item_id(8)), ()):
            caplog.clear()
            assert call("explain", *lacking, "--apart")[0] == 2 and "--apart without" in caplog.text


@pytest.mark.parametrize(("command", "said"), [
    (("feedback", "--user", user_id(8), "--not-interested", "item-9"), "item 'item-9': found none of that id"),
    (("feedback", "--user", user_id(8), "--not-interested-in", "tag:nothing"), "tag:nothing"),
    (("forget", "--user", user_id(8), "--item", "item-9"), "item 'item-9': found none of that id"),
])  # fmt: skip
def test_a_request_that_names_nothing_known_starts_no_spark(told, call, monkeypatch, caplog, command, said):
    with without_spark(monkeypatch):
        assert call(*command)[0] == 2
        assert said in "".join(faults(caplog)) and "Spark was started" not in caplog.text
        caplog.clear()
        assert call("feedback", "--user", user_id(8), "--not-interested", item_id(8))[0] == 1  # what is known goes on
        assert "Spark was started" in caplog.text


def test_who_is_meant_is_one_reading(told):
    plain, spark = PlainPeople(PlainLake(told.lake.root)), LakePeople(told.lake)
    for wanted in (user_id(3), user_id(3)[:10], user_id(5), "nobody", ""):
        assert len({answer_of(people, wanted) for people in (plain, spark)}) == 1
    near = user_id(3)[:7] + "1" + user_id(3)[8:10]
    assert plain.near_beginnings(near, 2, 5) == spark.near_beginnings(near, 2, 5) != []
    ids = [user_id(1), user_id(2), "x"]
    assert sorted(plain.present(ids)) == sorted(spark.present(ids)) == sorted(ids[:2])
    assert plain.named([], None) == spark.named([], None) == {}


def answer_of(people, wanted):
    try:
        return str(meant(people, wanted, "no file", forgotten_too=True))
    except BadInput as fault:
        return str(fault)


def test_a_run_that_is_named_is_noted(told, call, monkeypatch, caplog):
    with without_spark(monkeypatch):  # so the way by Spark was taken, which is a fault here
        code = call("profile", "--user", user_id(8), "--run-id", "mine", "--out", "page.html")[0]
    assert code == 1 and "AssertionError" in caplog.text and "Spark was started" in caplog.text


def test_a_lake_that_moved_is_read_anew(told):
    plain = PlainLake(told.lake.root)
    before = plain.of("gold.recommendations", ["rank"], {"user_id": [user_id(1)]})
    assert before and plain.moved() == []
    told.lake.delete("gold.recommendations", f"user_id = '{user_id(1)}' AND rank = 1")
    assert len(plain.of("gold.recommendations", ["rank"], {"user_id": [user_id(1)]})) == len(before)
    assert plain.moved() == ["gold.recommendations"]
    assert len(plain.of("gold.recommendations", ["rank"], {"user_id": [user_id(1)]})) == len(before) - 1
