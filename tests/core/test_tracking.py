"""What a run leaves in MLflow, in a real sqlite store: parameters, figures, datasets, pictures, models with words."""

import mlflow
import pytest
from mlflow.pyfunc import PythonModel
from mlflow.tracking import MlflowClient

from interestlake.core.errors import BadInput
from interestlake.core.store_names import experiment_name, registered_name
from interestlake.core.tracking import CHALLENGER, CHAMPION, Tracker
from interestlake.reporting.models_figure import models_figure

RANKER = "interestlake.ranker"


class Doubling(PythonModel):
    def predict(self, context, model_input: list[float], params=None) -> list[float]:
        return [2 * value for value in model_input]


@pytest.fixture
def tracker(tmp_path, monkeypatch):
    """Of a store of its own; MLflow's global store is put back."""
    monkeypatch.delenv("MLFLOW_EXPERIMENT_NAME", raising=False)
    before = mlflow.get_tracking_uri()
    yield Tracker(f"sqlite:///{tmp_path}/mlflow.db", "r1")
    mlflow.set_tracking_uri(before)


def log_doubling(tracker: Tracker) -> str:
    made = {
        "python_model": Doubling(),
        "input_example": [1.0],
        "signature": mlflow.models.infer_signature([1.0], [2.0]),
    }
    with tracker.stage("recommend", {}):
        return tracker.log_model("pyfunc", "ranker", RANKER, {}, **made)


def test_the_whole_run_has_every_parameter_figure_dataset_and_picture(tracker, tmp_path):
    params = {f"section.name_{n}": n for n in range(230)}
    parent = tracker.start(params)
    with tracker.stage("evaluate", {}):
        tracker.log_table("silver.items", str(tmp_path / "silver" / "items"), 3, "read")
        tracker.log_table("gold.metrics", str(tmp_path / "gold" / "metrics"), 7, "written")
        tracker.log_parent_metrics({"fused.ndcg_5": 0.2, "fused.ndcg_10": 0.25})
        tracker.log_parent_figure(models_figure({"fused.ndcg_10": 0.25, "als.ndcg_10": 0.1}, "ndcg@10"), "models.png")
    tracker.finish()
    run = MlflowClient().get_run(parent)
    assert run.data.params == {name: str(value) for name, value in params.items()}
    assert run.data.metrics == {"fused.ndcg_5": 0.2, "fused.ndcg_10": 0.25}
    assert [one.dataset.name for one in run.inputs.dataset_inputs] == ["gold.metrics@v7"]
    assert [one.path for one in MlflowClient().list_artifacts(parent)] == ["models.png"]


def test_a_registered_model_says_what_it_is_and_how_good(tracker):
    tracker.start({})
    version = log_doubling(tracker)
    client = MlflowClient()
    with tracker.stage("promote", {}):
        tracker.judge_version(RANKER, version, {"fused.ndcg_10": 0.25})
    assert "people's lists with titles and reasons" in client.get_registered_model(RANKER).description
    made = client.get_model_version(RANKER, version)
    assert "Made by run r1." in made.description
    assert {one.key: one.value for one in client.get_logged_model(made.tags["interestlake.model_id"]).metrics} == {
        "fused.ndcg_10": 0.25
    }


def test_a_name_of_three_parts_where_the_registry_is_unity_catalog(tracker, monkeypatch):
    monkeypatch.setenv("INTERESTLAKE_REGISTRY", "main.interests")
    tracker.start({})
    with monkeypatch.context() as patch:  # the store is sqlite all the same: only the names are looked at
        patch.setattr(mlflow, "get_registry_uri", lambda: "databricks-uc")
        patch.setattr(tracker, "_named", lambda name: registered_name(name, "databricks-uc"))
        monkeypatch.setattr(mlflow, "register_model", _plainly)
        version = log_doubling(tracker)
        tracker.move_alias(RANKER, CHAMPION, version, {"gate": "passed"})
        assert tracker.version_of_this_run(RANKER) == version and tracker.run_of(RANKER, CHAMPION) == "r1"
    aliases = MlflowClient().get_registered_model("main.interests.interestlake_ranker").aliases
    assert set(aliases) == {CHALLENGER, CHAMPION}


def _plainly(uri: str, name: str, tags: dict, **_):
    client = MlflowClient()
    client.create_registered_model(name)
    return client.create_model_version(name, uri, tags=tags)


@pytest.mark.parametrize(
    ("uri", "given", "expected"),
    [
        ("sqlite:///x.db", None, "interestlake"),
        ("http://host", "mine", "mine"),
        ("databricks", None, "/Shared/interestlake"),
        ("databricks://team", "/Users/a@b.c/lake", "/Users/a@b.c/lake"),
    ],
)
def test_the_experiment_has_an_absolute_path_on_databricks(monkeypatch, uri, given, expected):
    monkeypatch.delenv("MLFLOW_EXPERIMENT_NAME", raising=False)
    if given:
        monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", given)
    assert experiment_name(uri) == expected


def test_names_that_databricks_would_not_take_are_refused(monkeypatch):
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "interestlake")
    with pytest.raises(BadInput, match="absolute path"):
        experiment_name("databricks")
    for place in ("", "main", "main.a.b", "a b.c"):
        monkeypatch.setenv("INTERESTLAKE_REGISTRY", place)
        with pytest.raises(BadInput, match="catalog.schema of Unity Catalog"):
            registered_name(RANKER, "databricks-uc")
    assert registered_name(RANKER, "sqlite:///x.db") == RANKER
    assert registered_name("main.a.mine", "databricks-uc") == "main.a.mine"
