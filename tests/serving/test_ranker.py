"""The registered ranker: the same lists as gold, also by alias in a fresh process; the gate that moves it."""

import json
import subprocess
import sys

import pandas as pd
import pytest

from interestlake.core.errors import BadInput, GateRefused
from interestlake.core.tracking import CHALLENGER, CHAMPION
from interestlake.stages.promote import PROMOTE

from ..recommending.planted import PEOPLE, item_id, user_id

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
    assert served.columns.tolist() == ["user_id", "rank", "item_id", "score", "reason"]
    for column in ("user_id", "rank", "item_id", "score", "reason"):
        assert served[column].tolist() == gold[column].tolist(), column


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
    assert all("no history" in reason for reason in served["reason"])


def test_a_history_in_the_request_counts(ranker):
    history = [item_id(item) for item in (0, 3, 6, 9)]
    histories = [[*history, "not an item"], None]
    served = ranker.predict(pd.DataFrame({"user_id": ["stranger", user_id(1)], "history": histories, "k": [3, 2]}))
    assert served.groupby("user_id", sort=False).size().to_dict() == {"stranger": 3, user_id(1): 2}
    mine = served[served["user_id"] == "stranger"]
    assert not set(mine["item_id"]) & set(history)
    group = {item_id(item) for item in range(0, PEOPLE, 3)}
    assert mine["item_id"].iloc[0] in group and "Because you chose" in mine["reason"].iloc[0]


@pytest.mark.parametrize("requests", [{"user_id": ["a"], "k": [0]}, {"user_id": ["a"], "k": [1001]}])
def test_a_k_out_of_range_is_said(ranker, requests):
    with pytest.raises(BadInput, match=r"expected 1\.\.1000"):
        ranker.unwrap_python_model().model.predict(pd.DataFrame(requests))


def test_a_request_without_user_id_is_said(ranker):
    with pytest.raises(BadInput, match="user_id"):
        ranker.unwrap_python_model().model.predict(pd.DataFrame({"k": [3]}))


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
