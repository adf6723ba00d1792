"""The only MLflow calls: runs, parameters, metrics, table versions, models, aliases."""

import contextlib
import hashlib
import importlib
import importlib.metadata
import io
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from mlflow.data.delta_dataset_source import DeltaDatasetSource
from mlflow.data.meta_dataset import MetaDataset
from mlflow.entities import DatasetInput, InputTag, RunStatus, ViewType
from mlflow.exceptions import MlflowException
from mlflow.models import ModelSignature, infer_signature
from mlflow.tracking import MlflowClient
from mlflow.types import ColSpec, DataType, Schema
from mlflow.types.schema import Array
from mlflow.utils.mlflow_tags import MLFLOW_DATASET_CONTEXT

from .config import new_run_id
from .errors import BadInput
from .moved_store import SQLITE, artifacts_beside, settle_store
from .present import present
from .spark_model_files import copied_by
from .store_names import ABOUT, experiment_name, registered_name

LOG = logging.getLogger("interestlake")
RUN_TAG, STAGE_TAG = "interestlake.run_id", "interestlake.stage"
CHALLENGER, CHAMPION = "challenger", "champion"
NONE = "0"  # where a tag says that no version was there
MODEL_TAG = "interestlake.model_id"  # the logged model behind a version, whose page has its figures
MOST_PARAMS = 100  # of one request to a store
UNDONE = "interestlake.undone"  # tag of a version: the undo that took its run back


def use_store(tracking_uri: str) -> None:
    """Let MLflow work on that store; one that was copied or moved with its artefacts finds them."""
    settle_store(tracking_uri)
    os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")  # two lines a stage, with a server
    mlflow.set_tracking_uri(tracking_uri)


def signature_of(inputs: Any, outputs: Any) -> ModelSignature:
    """The signature of a model that maps `inputs` to `outputs` (DataFrames or arrays of the real types)."""
    return infer_signature(inputs, outputs)


class Served(mlflow.pyfunc.PythonModel):
    """MLflow's side of a plain class `loader` ("package.module:Class") with load(folder) and predict(frame)."""

    def __init__(self, loader: str):
        self.loader = loader

    def load_context(self, context: Any) -> None:
        module, name = self.loader.split(":")
        self.model = getattr(importlib.import_module(module), name).load(context.artifacts["model"])

    def predict(self, context: Any, model_input: pd.DataFrame, params: dict | None = None) -> Any:
        return self.model.predict(model_input)


def _schema(columns: Any) -> Schema:
    """((name, MLflow type, "list" of strings or "numbers", required), ...) -> Schema."""
    types = {"list": Array(DataType.string), "numbers": Array(DataType.double)}
    return Schema([ColSpec(types.get(kind, kind), name, required=required) for name, kind, required in columns])


def ui_command(tracking_uri: str) -> str:
    """What to type to open the MLflow UI on a store."""
    return f"mlflow ui --backend-store-uri {tracking_uri}"


class Tracker:
    """One parent run per pipeline run id, one child run per stage; found again by tag when a run is resumed."""

    def __init__(self, tracking_uri: str, run_id: str):
        logging.getLogger("alembic").setLevel(logging.ERROR)
        logging.getLogger("mlflow").setLevel(logging.ERROR)
        if tracking_uri.startswith(SQLITE):
            Path(tracking_uri.removeprefix(SQLITE)).parent.mkdir(parents=True, exist_ok=True)
        use_store(tracking_uri)
        self.uri, self.run_id, self.client = tracking_uri, run_id, MlflowClient()
        self.experiment_id = self._experiment()
        self.parent_id: str | None = None

    def _experiment(self) -> str:
        name = experiment_name(self.uri)
        experiment = self.client.get_experiment_by_name(name)
        if experiment:
            return experiment.experiment_id
        return self.client.create_experiment(name, artifact_location=artifacts_beside(self.uri))

    def _find(self, filter_string: str) -> list:
        return self.client.search_runs([self.experiment_id], filter_string, ViewType.ACTIVE_ONLY, max_results=100)

    def start(self, params: Mapping[str, object]) -> str:
        """Open (or find again) the parent run and log `params`; returns the MLflow run id."""
        parents = self._find(f"tags.`{RUN_TAG}` = '{self.run_id}' AND tags.`{STAGE_TAG}` = 'pipeline'")
        if parents:
            self.parent_id = parents[0].info.run_id
            self.client.update_run(self.parent_id, status="RUNNING")
            return self.parent_id
        tags = {RUN_TAG: self.run_id, STAGE_TAG: "pipeline"}
        run = self.client.create_run(self.experiment_id, run_name=self.run_id, tags=tags)
        self.parent_id = run.info.run_id
        rows = list(params.items())
        for start in range(0, len(rows), MOST_PARAMS):
            mlflow.log_params(dict(rows[start : start + MOST_PARAMS]), run_id=self.parent_id)
        return self.parent_id

    def _named(self, name: str) -> str:
        return registered_name(name, mlflow.get_registry_uri())

    def finish(self, status: str = "FINISHED") -> None:
        """Close the parent run with FINISHED, FAILED or KILLED."""
        if self.parent_id:
            self.client.set_terminated(self.parent_id, status)

    @contextmanager
    def stage(self, name: str, params: dict[str, object]) -> Iterator["Tracker"]:
        """A child run for one stage; marked FAILED when the body raises. Earlier unfinished tries become KILLED."""
        tries = self._find(f"tags.`{RUN_TAG}` = '{self.run_id}' AND tags.`{STAGE_TAG}` = '{name}'")
        for earlier in tries:
            if earlier.info.status == RunStatus.to_string(RunStatus.RUNNING):
                self.client.set_terminated(earlier.info.run_id, "KILLED")
        tags = {RUN_TAG: self.run_id, STAGE_TAG: name, "mlflow.parentRunId": self.parent_id}
        with mlflow.start_run(experiment_id=self.experiment_id, run_name=name, tags=tags):
            if params:
                mlflow.log_params(params)
            yield self

    def stage_run_id(self) -> str:
        """The MLflow run of the running stage."""
        return present(mlflow.active_run()).info.run_id

    def fail(self, stage_run: str) -> None:
        """Say of a stage that was held to be finished that it is not."""
        self.client.set_terminated(stage_run, RunStatus.to_string(RunStatus.FAILED))

    def log_metrics(self, metrics: dict[str, float], step: int | None = None) -> None:
        """Figures of the running stage."""
        if metrics:
            mlflow.log_metrics({k: float(v) for k, v in metrics.items()}, step=step)

    def tag_stage(self, tags: dict[str, str]) -> None:
        """Tags of the running stage."""
        mlflow.set_tags(tags)

    def log_parent_metrics(self, metrics: dict[str, float]) -> None:
        """Figures of the whole run."""
        mlflow.log_metrics({name: float(value) for name, value in metrics.items()}, run_id=self.parent_id)

    def log_table(self, name: str, path: str, version: int, context: str) -> None:
        """A table's Delta version as a dataset of the running stage; context "read" or "written"."""
        source = DeltaDatasetSource(path=path, delta_table_version=version)
        dataset = MetaDataset(source, name=f"{name}@v{version}")
        mlflow.log_input(dataset, context=context)
        if self.parent_id and context == "written":
            tags = [InputTag(MLFLOW_DATASET_CONTEXT, context)]
            self.client.log_inputs(self.parent_id, [DatasetInput(dataset._to_mlflow_entity(), tags)])

    def log_artifact(self, path: str, folder: str | None = None, whole: bool = False) -> None:
        """A local file into the artifacts of the running stage or, `whole`, of the whole run."""
        mlflow.log_artifact(path, folder, run_id=self.parent_id if whole else None)

    def log_parent_figure(self, figure: Any, name: str) -> None:
        """A matplotlib figure into the artifacts of the whole run."""
        self.client.log_figure(present(self.parent_id), figure, name)

    def log_figure(self, figure: Any, name: str) -> None:
        """A matplotlib figure into the running stage's artifacts."""
        mlflow.log_figure(figure, name)

    def log_model(self, flavour: str, name: str, registered: str, tags: dict[str, str], **options) -> str:
        """Log with `mlflow.<flavour>.log_model`, register, tag and set the challenger alias; returns the version.

        A stage that is run again under the same run id gets the version it made before, and logs nothing.
        `options` go to the flavour; `signature` and `input_example` must be among them, and may be `system`, the Hadoop
        FileSystem of a Spark model's dfs_tmpdir.
        """
        missing = [key for key in ("signature", "input_example") if options.get(key) is None]
        if missing:
            raise BadInput.of(f"model {name}", found=f"no {missing}", expected="both", where="the training stage")
        made = self.version_of_this_run(registered)
        if made is not None:
            return made
        known_as = self._named(registered)
        module = getattr(mlflow, flavour)
        name_key = "artifact_path" if flavour == "spark" else "name"
        with copied_by(options.pop("system", None)):
            info = module.log_model(**{name_key: name}, **options)
        tags = {**tags, RUN_TAG: self.run_id, MODEL_TAG: info.model_uri.removeprefix("models:/")}
        said = io.StringIO()
        # MLflow prints two lines per registration, which would stand between the lines of the stage
        with contextlib.redirect_stderr(said):
            version = mlflow.register_model(info.model_uri, known_as, await_registration_for=60, tags=tags)
        LOG.debug(said.getvalue().strip())
        if registered in ABOUT:
            self.client.update_registered_model(known_as, ABOUT[registered])
        told = f"Made by run {self.run_id}. Signature and input example: this version's files."
        self.client.update_model_version(known_as, version.version, told)
        self.client.set_registered_model_alias(known_as, CHALLENGER, version.version)
        return str(version.version)

    def log_served(
        self,
        name: str,
        registered: str,
        tags: dict[str, str],
        *,
        loader: str,
        folder: Path,
        inputs: Any,
        outputs: Any,
        input_example: Any,
        requirements: Sequence[str],
    ) -> str:
        """Log a plain class and the `folder` it loads from as a pyfunc, with this package's code; see `log_model`.

        inputs, outputs: (name, type, required) per column, type "list" for strings, "numbers" for doubles;
        requirements: package names, pinned to what is installed.
        """
        return self.log_model(
            "pyfunc",
            name,
            registered,
            tags,
            python_model=Served(loader),
            artifacts={"model": str(folder)},
            code_paths=[str(Path(__file__).parents[1])],
            pip_requirements=[f"{package}=={importlib.metadata.version(package)}" for package in requirements],
            signature=ModelSignature(_schema(inputs), _schema(outputs)),
            input_example=input_example,
        )

    def version_of_this_run(self, registered: str) -> str | None:
        """The newest version that was logged under this run id and not taken back, or None."""
        versions = self.client.search_model_versions(f"name = '{self._named(registered)}'")
        made = [int(v.version) for v in versions if v.tags.get(RUN_TAG) == self.run_id and UNDONE not in v.tags]
        return str(max(made)) if made else None

    def alias_version(self, registered: str, alias: str) -> str | None:
        """The version an alias points at, or None."""
        try:
            return str(self.client.get_model_version_by_alias(self._named(registered), alias).version)
        except MlflowException as error:
            if error.error_code not in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
                raise
            return None

    def run_of(self, registered: str, alias: str) -> str | None:
        """The run id that made the version an alias points at, or None."""
        version = self.alias_version(registered, alias)
        if version is None:
            return None
        return self.client.get_model_version(self._named(registered), version).tags.get(RUN_TAG)

    def move_alias(self, registered: str, alias: str, version: str, tags: dict[str, str]) -> None:
        """Point `alias` at `version` and put `tags` on it, and which run did so in place of which version."""
        before = self.alias_version(registered, alias)
        if before != version:  # else a run that was killed here goes on
            tags = {**tags, f"{alias}.by": self.run_id, f"{alias}.before": before or NONE}
        self.tag_version(registered, version, tags)
        self.client.set_registered_model_alias(self._named(registered), alias, version)

    def tag_version(self, registered: str, version: str, tags: dict[str, str]) -> None:
        """Put `tags` on a model version."""
        for key, value in tags.items():
            self.client.set_model_version_tag(self._named(registered), version, key, value)

    def judge_version(self, registered: str, version: str, metrics: dict[str, float]) -> None:
        """Figures of a model version, where the store keeps models of their own (its page shows them)."""
        made = self.client.get_model_version(self._named(registered), version)
        if MODEL_TAG in made.tags and made.run_id:
            for name, value in metrics.items():
                self.client.log_metric(made.run_id, name, float(value), model_id=made.tags[MODEL_TAG])


@contextmanager
def one_run(uri: str, kind: str, given: Mapping[str, object], params: Mapping[str, object]) -> Iterator["Tracker"]:
    """A run of its own, beside the pipeline's: a Tracker named `<kind>-<time>-<hash of given>`, started with `params`.

    Closed with FINISHED, or FAILED when the body raises.
    """
    tracker = Tracker(uri, f"{kind}-{new_run_id()}-{hashlib.sha256(repr(given).encode()).hexdigest()[:6]}")
    tracker.start(params)
    status = "FAILED"
    try:
        yield tracker
        status = "FINISHED"
    finally:
        tracker.finish(status)
