"""What people say after a ranker was registered: seen without Spark, within seconds, in the lists of the next batch."""

import logging

import numpy as np
import pandas as pd
import pyarrow.dataset as ds
import pytest
from pyspark.sql import functions as F

from interestlake.core.plain_tables import PlainTable, Unreadable, state_mark
from interestlake.privacy.objections import mark
from interestlake.privacy.person import Person
from interestlake.recommending.relist import Relister
from interestlake.serving.person_page.object import object_to, withdraw
from interestlake.serving.said_since import SECONDS, VARIABLE, SaidSince

from ..recommending.conftest import SMALL, copied  # noqa: F401
from ..recommending.planted import TOPICS, user_id

SCHEMA = "user_id string, kind string, action string, target string, run_id string"


@pytest.fixture
def said(copied):  # noqa: F811
    """A context on a copy of the planted lake, and a way to write rows of objections as forgetting does."""
    context = copied("said", SMALL)
    context.lake.create("ops.runs")

    def forgot(user, kind, target=""):
        sealed = context.spark.range(1).select(mark(F.lit(user_id(user)), kind, F.lit(target)).alias("m")).first()["m"]
        rows = context.spark.createDataFrame([(user_id(user), kind, "forget", sealed, "r")], SCHEMA)
        context.lake.write("silver.objections", rows, f"{kind}{target}{user}")

    return context, forgot


@pytest.fixture
def served(planted, said, monkeypatch):
    """lists(user) -> the rows of the registered ranker, which looks at the copied lake at every call."""
    import mlflow

    mlflow.set_tracking_uri(planted.uri)
    monkeypatch.setenv(VARIABLE, said[0].lake.root)
    ranker = mlflow.pyfunc.load_model("models:/interestlake.ranker@challenger").unwrap_python_model().model
    ranker.said.clock = iter(np.arange(0.0, 1e6, 2 * SECONDS)).__next__
    return lambda user, k=5: ranker.predict(pd.DataFrame({"user_id": [user_id(user)], "k": [k]}))


def same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    for column in ("rank", "item_id", "score", "reason"):
        assert one[column].tolist() == pytest.approx(other[column].tolist()), column


def test_a_refusal_and_its_withdrawal_are_heeded_as_the_batch_heeds_them(said, served):
    context, _ = said
    person, before = Person(user_id(4), 4), served(4)
    things = [("item", before["item_id"][0]), ("interest", f"tag:{TOPICS[1]}")]
    object_to(context, person, things)
    after = served(4)
    assert before["item_id"][0] not in after["item_id"].tolist()
    same(after, Relister(context).list_of(person))
    withdraw(context, person, things)
    same(served(4), before)


def test_what_is_forgotten_is_in_no_list_and_in_no_reason(planted, said, served):
    context, forgot = said
    mine = planted.lake.read("silver.interactions").where(F.col("user_id") == user_id(7)).collect()
    everything = served(7, 30)
    for row in mine[:-1]:
        forgot(7, "item", row["item_id"])
    after = served(7, 30)
    assert not {row["item_id"] for row in mine} & set(after["item_id"])
    titles = {row["item_id"]: row["title"] for row in planted.lake.read("silver.items").collect()}
    gone = [titles[row["item_id"]].replace("<b>", "").replace("</b>", "") for row in mine[:-1]]
    named = [title for title in gone if after["reason"].str.contains(title + r"\b").any()]
    assert named == [] and everything["reason"].str.contains("|".join(f"{title}\\b" for title in gone)).any()


def test_who_had_everything_forgotten_is_nobody(said, served):
    _, forgot = said
    assert set(served(5)["person"]) == {"known"}
    forgot(5, "everything")
    assert set(served(5)["person"]) == {"unknown"} and set(served(6)["person"]) == {"known"}


class TestLooking:
    def make(self, lake, start=0.0):
        times = [start]
        since = SaidSince(lake.root, lambda: times[0])
        return since, times

    def write(self, lake, item, run):
        row = (user_id(1), "item", "not_interested", item, run)
        lake.write("silver.objections", lake.spark.createDataFrame([row], SCHEMA), run)

    def test_a_change_is_seen_once_the_last_look_is_old(self, lake):
        lake.create("ops.runs")
        since, times = self.make(lake)
        assert since.people() == {}
        self.write(lake, "a", "r1")
        assert since.people() == {}
        times[0] = SECONDS + 1
        assert since.people()[user_id(1)].items == {"a"}
        self.write(lake, "b", "r2")
        times[0] *= 2
        assert since.people()[user_id(1)].items == {"a", "b"}

    def test_no_lake_is_said_once(self, lake, caplog):
        caplog.set_level(logging.WARNING, "interestlake")
        since, times = self.make(lake)
        for second in (0, 10, 20):
            times[0] = second
            assert since.people() is None
        assert caplog.text.count(f"no lake at {lake.root}") == 1 and VARIABLE in caplog.text

    def test_a_model_that_knows_no_lake_heeds_what_it_carries(self, tmp_path):
        assert SaidSince.load(tmp_path).people() is None
        SaidSince("/a/lake").save(tmp_path)
        assert SaidSince.load(tmp_path).lake == "/a/lake"


def test_a_plain_table_reads_what_spark_wrote(lake):
    table = PlainTable(lake.path("silver.friends"))
    assert table.version() is None
    with pytest.raises(Unreadable, match="no table"):
        table.rows(["user_id"])
    for run, pairs in (("r1", [("a", "b"), ("c", "d")]), ("r2", [("a", "b"), ("e", "f")])):
        lake.write("silver.friends", lake.spark.createDataFrame(pairs, "user_id string, friend_id string"), run)
    assert table.version() == lake.version("silver.friends")
    rows = table.rows(["friend_id", "user_id"], ds.field("user_id") != "a")
    spark = lake.read("silver.friends").where("user_id <> 'a'").toPandas()
    assert rows.columns.tolist() == ["friend_id", "user_id"]
    assert sorted(rows["friend_id"]) == sorted(spark["friend_id"])
    lake.delete("silver.friends", "true")
    assert table.version() == lake.version("silver.friends") and table.rows(["user_id"]).empty


def test_a_mark_names_the_last_commit_that_changed_rows(lake):
    def write(pairs, run):
        lake.write("silver.friends", lake.spark.createDataFrame(pairs, "user_id string, friend_id string"), run)
        return state_mark(lake.path("silver.friends"))

    first = write([("a", "b")], "r1")
    assert write([("a", "b")], "r2") == first != write([("a", "b"), ("c", "d")], "r3")
    assert state_mark(lake.path("silver.friends"), 0) == state_mark(lake.path("silver.friends"), 1) == first
    assert state_mark(lake.path("silver.friends"), 9) is state_mark(lake.path("silver.users")) is None
    lake.delete("silver.friends", "user_id = 'c'")
    assert len({first, state_mark(lake.path("silver.friends"), 2), state_mark(lake.path("silver.friends"))}) == 3
