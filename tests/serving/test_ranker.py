"""The registered ranker: the same lists as gold, also by alias in a fresh process; the gate that moves it."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace

import pandas as pd
import pytest

from interestlake.core.errors import BadInput, GateRefused
from interestlake.core.tracking import CHALLENGER, CHAMPION
from interestlake.privacy.keys import KEY_VARIABLE, key_mark, pseudonym
from interestlake.privacy.names import Origin
from interestlake.serving.requests import lengths_of
from interestlake.serving.who_asks import Askers
from interestlake.stages.promote import PROMOTE

from ..recommending.planted import PEOPLE, item_id, user_id

KEY = os.environ[KEY_VARIABLE].encode()
FRESH = """
import json, sys
import mlflow, pandas as pd
mlflow.set_tracking_uri(sys.argv[1])
ranker = mlflow.pyfunc.load_model("models:/interestlake.ranker@challenger")
asked = pd.DataFrame(json.loads(sys.argv[2]))
print("RESULT" + ranker.predict(asked).to_json(orient="records"))
spark = sys.modules.get("pyspark")  # MLflow itself imports it; what counts is that no JVM runs
print("SPARK" + str(spark is not None and spark.SparkContext._active_spark_context is not None))
"""


@pytest.fixture(scope="module")
def ranker(planted):
    import mlflow

    mlflow.set_tracking_uri(planted.uri)
    return mlflow.pyfunc.load_model("models:/interestlake.ranker@challenger")


def test_known_people_get_the_lists_of_gold(planted, ranker):
    gold = planted.lake.read("gold.recommendations").orderBy("user_id", "rank").toPandas()
    people = sorted(gold["user_id"].unique())
    served = ranker.predict(pd.DataFrame({"user_id": people, "k": [5] * len(people)}))
    assert served.columns.tolist() == ["user_id", "rank", "item_id", "title", "score", "reason", "person"]
    for column in ("user_id", "rank", "item_id", "score", "reason"):
        assert served[column].tolist() == gold[column].tolist(), column
    titles = {row["item_id"]: row["title"] for row in planted.lake.read("silver.items").collect()}
    assert served["title"].tolist() == [titles[item] for item in served["item_id"]]
    assert set(served["person"]) == {"known"}


def test_in_a_fresh_process_by_alias_without_spark(planted, ranker):
    asked = {"user_id": [user_id(3), "stranger"]}
    command = [sys.executable, "-c", FRESH, planted.uri, json.dumps(asked)]
    output = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300).stdout
    rows = json.loads(next(line for line in output.splitlines() if line.startswith("RESULT")).removeprefix("RESULT"))
    here = ranker.predict(pd.DataFrame(asked))
    assert [(r["user_id"], r["rank"], r["item_id"]) for r in rows] == list(
        here[["user_id", "rank", "item_id"]].itertuples(index=False, name=None)
    )
    assert len(rows) == 20 and "SPARKFalse" in output


def test_a_stranger_gets_what_is_popular(planted, ranker):
    served = ranker.predict(pd.DataFrame({"user_id": ["stranger"], "k": [4]}))
    counts = planted.pairs.groupby("item").size()  # the released models know every pair
    expected = sorted(counts.index, key=lambda item: (-counts[item], item_id(item)))[:4]
    assert served["item_id"].tolist() == [item_id(item) for item in expected]
    assert served["reason"].str.startswith("Nobody is known here by this id: ").all()
    assert set(served["person"]) == {"unknown"} and not served["reason"].str.contains("no history").any()


def test_somebody_known_without_a_history_is_no_stranger(planted, ranker):
    served = ranker.predict(pd.DataFrame({"user_id": [user_id(planted.lonely)], "k": [2]}))
    assert set(served["person"]) == {"known"}
    assert served["reason"].str.startswith("You have no history here yet: ").all()


def test_a_history_in_the_request_counts(ranker):
    history = [item_id(item) for item in (0, 3, 6, 9)]
    histories = [[*history, "not an item"], None]
    served = ranker.predict(pd.DataFrame({"user_id": ["stranger", user_id(1)], "history": histories, "k": [3, 2]}))
    assert served.groupby("user_id", sort=False).size().to_dict() == {"stranger": 3, user_id(1): 2}
    mine = served[served["user_id"] == "stranger"]
    assert not set(mine["item_id"]) & set(history)
    group = {item_id(item) for item in range(0, PEOPLE, 3)}
    assert mine["item_id"].iloc[0] in group and "“Title " in mine["reason"].iloc[0]


@pytest.mark.parametrize("k", [0, -1, 1001, 2.5, float("inf"), "5", True])
def test_a_k_out_of_range_is_one_line(ranker, k):
    requests = pd.DataFrame({"user_id": ["a", "b"], "k": pd.Series([5, k], dtype=object)})
    said = re.escape(repr(k))
    with pytest.raises(BadInput, match=rf"^k: found {said}; expected a whole number, 1\.\.1000; .*$") as fault:
        ranker.unwrap_python_model().model.predict(requests)
    assert "\n" not in str(fault.value)


def test_a_k_of_zero_is_refused_through_mlflow(ranker):
    with pytest.raises(BadInput, match="^k: found 0; expected a whole number"):
        ranker.predict(pd.DataFrame({"user_id": ["a"], "k": [0]}))


def test_a_k_that_is_missing_is_ten():
    lengths = lengths_of(pd.DataFrame({"k": [float("nan"), None, 3.0, pd.NA, 7]}))
    assert lengths.tolist() == [10, 10, 3, 10, 7] == [*lengths_of(pd.DataFrame({"k": [None] * 2})), 3, 10, 7]


@pytest.mark.parametrize("given", [{"k": [3]}, {"user_id": [None]}, {"user_id": [""]}, {"user_id": [2.5]}])
def test_a_request_without_user_id_is_said(ranker, given):
    with pytest.raises(BadInput, match="expected a user_id, a string"):
        ranker.unwrap_python_model().model.predict(pd.DataFrame(given))


class TestSourceIds:
    """The planted people under pseudonyms of source ids 0, 1, ..., a few of which are others' pseudonyms."""

    @pytest.fixture(scope="class")
    def model(self, ranker, tmp_path_factory):
        """A served model of shop-a alone, saved and loaded again."""
        plain = ranker.unwrap_python_model().model
        ids = [str(place) for place in range(len(plain.people))]
        ids[7] = pseudonym("shop-a", "3", KEY)
        people = plain.people.assign(user_id=[pseudonym("shop-a", one, KEY) for one in ids])
        askers = Askers((Origin("shop-a", "shop-a", "shop-a", "", key_mark(KEY)),), "no file")
        folder = replace(plain, people=people, askers=askers).save(tmp_path_factory.mktemp("model"))
        assert all(KEY not in file.read_bytes() for file in folder.iterdir())
        return type(plain).load(folder)

    def lists(self, model, *ids, **more):
        frame = model.predict(pd.DataFrame({"user_id": ids, "k": [3] * len(ids), **more}))
        return {one: frame[frame["user_id"] == one].drop(columns="user_id").to_dict("records") for one in ids}

    def test_an_id_and_its_pseudonym_are_one_person(self, model, ranker):
        three = pseudonym("shop-a", "5", KEY)
        found = self.lists(model, "5", "shop-a:5", three)
        assert found["5"] == found["shop-a:5"] == found[three] and found["5"][0]["person"] == "known"
        known = ranker.predict(pd.DataFrame({"user_id": [user_id(5)], "k": [3]}))
        assert [row["item_id"] for row in found["5"]] == known["item_id"].tolist()

    def test_an_id_that_is_a_pseudonym_too_is_the_id(self, model):
        taken = pseudonym("shop-a", "3", KEY)
        assert self.lists(model, taken)[taken] == self.lists(model, f"shop-a:{taken}")[f"shop-a:{taken}"]
        assert model.askers.known_as([taken], model.place, model.askers.keys())[taken] == model.people["user_id"][7]

    def test_beginnings_and_strangers_are_nobody(self, model):
        known = pseudonym("shop-a", "5", KEY)
        ids = (known[:8], known[:31], "999", "5 ", "%", "Zoë", "\ud800", "x" * 10_000, "shop-b:5", known.upper())
        for one, rows in self.lists(model, *ids).items():
            assert {row["person"] for row in rows} == {"unknown"}, one
            assert all(row["reason"].startswith("Nobody is known here by this id: ") for row in rows), one

    def test_without_the_key_ids_are_unknown_in_one_clear_line(self, model, monkeypatch, caplog):
        monkeypatch.delenv(KEY_VARIABLE)
        found = self.lists(model, "5", pseudonym("shop-a", "5", KEY))
        assert {row["person"] for row in found["5"]} == {"unknown"}
        assert found["5"][0]["reason"].startswith("No pseudonym key here to read a source's id with: ")
        assert found[pseudonym("shop-a", "5", KEY)][0]["person"] == "known"
        assert caplog.text.count("no pseudonym key to read ids of shop-a with: no variable") == 1
        monkeypatch.setenv(KEY_VARIABLE, "another key of a new pod")
        assert self.lists(model, "5")["5"][0]["person"] == "unknown" and "another key" in caplog.text

    def test_an_id_of_two_sources_is_refused_and_needs_its_source(self, model):
        shops = [Origin(shop, shop, shop, "", key_mark(KEY)) for shop in ("shop-a", "shop-b")]
        people = model.people.copy()
        people.loc[8, "user_id"] = pseudonym("shop-b", "5", KEY)
        both = replace(model, people=people, askers=Askers(tuple(shops), "no file"))
        with pytest.raises(BadInput, match="^user '5': found 2 people: shop-a:5 .*, shop-b:5 .*; expected one of them"):
            self.lists(both, "5")
        assert self.lists(both, "shop-a:5")["shop-a:5"] == self.lists(model, "5")["5"]
        part = replace(both, askers=replace(both.askers, whole=False))  # another 6 may not be carried
        found = self.lists(part, "6", "shop-a:6")
        assert [found[one][0]["person"] for one in ("6", "shop-a:6")] == ["unknown", "known"]

    def test_a_model_older_than_the_file_reads_pseudonyms(self, model, tmp_path):
        assert Askers.load(tmp_path) == Askers()
        old = replace(model, askers=Askers())
        found = self.lists(old, "5", pseudonym("shop-a", "5", KEY))
        assert [rows[0]["person"] for rows in found.values()] == ["unknown", "known"]


def test_the_ranker_loads_where_there_is_no_spark():
    program = "import sys; sys.modules['pyspark'] = None; import interestlake.serving.ranker"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=300)


def test_signature_example_and_pins(planted, ranker):
    import mlflow

    info = mlflow.models.get_model_info("models:/interestlake.ranker@challenger")
    required = {column.name: column.required for column in info.signature.inputs}
    assert required == {"user_id": True, "history": False, "k": False}
    assert info.saved_input_example_info is not None
    folder = mlflow.artifacts.download_artifacts("models:/interestlake.ranker@challenger/requirements.txt")
    assert all("==" in line for line in open(folder, encoding="utf-8").read().split())


class TestPromote:
    @pytest.fixture(autouse=True)
    def others(self, planted):
        """Stand-in versions of the two trained models, so that promote finds what a run would have made."""
        client = planted.context.tracker.client
        for name in ("interestlake.als", "interestlake.two_tower"):
            if planted.context.tracker.alias_version(name, CHALLENGER) is None:
                client.create_registered_model(name)
                version = client.create_model_version(name, "file:///nowhere", tags={"interestlake.run_id": "planted"})
                client.set_registered_model_alias(name, CHALLENGER, version.version)

    def promote(self, planted, **overrides):
        from dataclasses import replace

        from interestlake.core.config import load_params

        params = load_params(None, {f"promote.{key}": value for key, value in overrides.items()})
        return PROMOTE.run(replace(planted.context, params=params))

    def test_a_gate_that_does_not_hold_leaves_the_champion(self, planted):
        tracker = planted.context.tracker
        with pytest.raises(GateRefused, match=r"ndcg@10 on test: fused 0\.\d+ against popularity .*min_gain=9"):
            self.promote(planted, better_than=["popularity"], min_gain=9)
        assert tracker.alias_version("interestlake.ranker", CHAMPION) is None
        version = tracker.alias_version("interestlake.ranker", CHALLENGER)
        assert tracker.client.get_model_version("interestlake.ranker", version).tags["gate"] == "refused"

    def test_a_gate_that_holds_moves_all_three_and_again_changes_nothing(self, planted):
        tracker = planted.context.tracker
        first = self.promote(planted, better_than=["popularity"])
        assert first["fused"] == planted.figures["evaluate"]["fused.ndcg_10"] and first["least_gain"] > 0
        versions = {}
        for name in ("interestlake.als", "interestlake.two_tower", "interestlake.ranker"):
            versions[name] = tracker.alias_version(name, CHAMPION)
            assert versions[name] == tracker.alias_version(name, CHALLENGER) is not None
            assert tracker.client.get_model_version(name, versions[name]).tags["gate"] == "passed"
        assert self.promote(planted, better_than=["popularity"]) == first
        assert {name: tracker.alias_version(name, CHAMPION) for name in versions} == versions

    def test_metrics_of_another_run_do_not_count(self, planted):
        from dataclasses import replace

        other = replace(planted.context, options=replace(planted.context.options, run_id="other"))
        with pytest.raises(BadInput, match="same run id"):
            PROMOTE.run(other)
