"""What the registry holds: fetched as files or as a model, and taken back with the run that made it."""

import logging
from pathlib import Path
from typing import Any

import mlflow
from mlflow.entities import ViewType
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient

from .errors import BadInput
from .store_names import experiment_name, registered_name
from .tracking import CHALLENGER, CHAMPION, NONE, RUN_TAG, UNDONE, use_store

LOG = logging.getLogger("interestlake")


def served_folder(model_uri: str, tracking_uri: str | None) -> Path:
    """The folder that `Tracker.log_served` was given, fetched from the store by models:/, runs:/ or artifact address.

    Raises BadInput where the store has no such model.
    """
    use_store(tracking_uri or mlflow.get_tracking_uri())
    try:
        local = Path(mlflow.artifacts.download_artifacts(artifact_uri=model_uri))
    except (MlflowException, OSError) as error:
        found = " ".join(str(error).split())
        raise BadInput.of(f"model {model_uri}", found=found, expected="a registered model",
                          where="the model's address, --tracking-uri or MLFLOW_TRACKING_URI") from error  # fmt: skip
    artifacts = mlflow.models.Model.load(str(local)).flavors["python_function"].get("artifacts", {})
    return local / artifacts["model"]["path"] if "model" in artifacts else local


def version_of(model_uri: str, tracking_uri: str | None) -> str | None:
    """The version that models:/NAME@ALIAS stands for now; None for another address, which names one model for good.

    Raises BadInput where the store has no such alias, or does not answer.
    """
    name, at, alias = model_uri.removeprefix("models:/").rpartition("@")
    if not model_uri.startswith("models:/") or not at:
        return None
    use_store(tracking_uri or mlflow.get_tracking_uri())
    try:
        return str(MlflowClient().get_model_version_by_alias(name, alias).version)
    except MlflowException as error:
        found = " ".join(str(error).split())
        raise BadInput.of(f"model {model_uri}", found=found, expected="a registered model",
                          where="the model's address, --tracking-uri or MLFLOW_TRACKING_URI") from error  # fmt: skip


def registered_torch_model(uri: str, name: str) -> Any:
    """The newest version of a registered torch model, on the CPU; None where the store has none it can read."""
    use_store(uri)
    name = registered_name(name, mlflow.get_registry_uri())
    versions = MlflowClient().search_model_versions(f"name = '{name}'")
    if not versions:
        return None
    newest = max(int(version.version) for version in versions)
    try:
        return mlflow.pytorch.load_model(f"models:/{name}/{newest}", map_location="cpu")
    except (MlflowException, OSError) as fault:
        LOG.warning("%s version %s cannot be read: %s", name, newest, fault)
        return None


def downloaded_model(uri: str, tracking_uri: str | None = None) -> Path:
    """The files of a logged or registered model (models:/NAME@ALIAS, models:/NAME/VERSION, runs:/ID/PATH), local.

    `tracking_uri` names the store; where it is None, MLFLOW_TRACKING_URI does. Raises BadInput where there is none.
    """
    use_store(tracking_uri or mlflow.get_tracking_uri())
    try:
        return Path(mlflow.artifacts.download_artifacts(artifact_uri=uri))
    except MlflowException as error:
        found = f"{uri} in {mlflow.get_tracking_uri()}: {error.message}"
        raise BadInput.of("model", found=found, expected="a registered model", where="the MLflow URI") from error


def registered_by(uri: str, name: str, run_id: str, released: bool = False) -> tuple[str, str] | None:
    """The registered name and newest version of a model that a run made and that was not taken back; None for none.

    released: nor one that the gate refused.
    """
    use_store(uri)
    name = registered_name(name, mlflow.get_registry_uri())
    versions = MlflowClient().search_model_versions(f"name = '{name}'")
    mine = [int(v.version) for v in versions if v.tags.get(RUN_TAG) == run_id and UNDONE not in v.tags
            and not (released and v.tags.get("gate") == "refused")]  # fmt: skip
    return (name, str(max(mine))) if mine else None


def take_back(uri: str, run_id: str, undo_id: str) -> list[str]:
    """Hand on what the aliases of a run's model versions stood for, and hide its MLflow runs -> a line per change.

    The champion that the run promoted goes back to the version before it, the challenger to the newest version left.
    Its versions stay, with the tag UNDONE; its runs go to MLflow's bin. Doing it again finishes what was begun.
    """
    use_store(uri)
    client, said = MlflowClient(), []
    for model in client.search_registered_models():
        versions = {str(v.version): v for v in client.search_model_versions(f"name = '{model.name}'")}
        mine = {n for n, v in versions.items() if v.tags.get(RUN_TAG) == run_id and UNDONE not in v.tags}
        left = {n: v for n, v in versions.items() if n not in mine and UNDONE not in v.tags}
        aliases = {one: str(number) for one, number in client.get_registered_model(model.name).aliases.items()}
        champion, challenger = aliases.get(CHAMPION), aliases.get(CHALLENGER)
        if champion in versions and (champion in mine or versions[champion].tags.get(f"{CHAMPION}.by") == run_id):
            said.append(_hand_on(client, model.name, CHAMPION, champion, _before(champion, versions, left)))
        if challenger in mine:
            newest = max(left, key=int, default=None)
            said.append(_hand_on(client, model.name, CHALLENGER, challenger, newest))
        for number in sorted(mine, key=int):
            client.set_model_version_tag(model.name, number, UNDONE, undo_id)
            said.append(f"{model.name} version {number} taken back")
    experiment = client.get_experiment_by_name(experiment_name(uri))
    found = f"tags.`{RUN_TAG}` = '{run_id}'"
    for run in client.search_runs([experiment.experiment_id], found, ViewType.ACTIVE_ONLY) if experiment else ():
        client.delete_run(run.info.run_id)
    return said


def _before(champion: str, versions: dict[str, ModelVersion], left: dict[str, ModelVersion]) -> str | None:
    """The version that was champion before; where no promotion noted it, the newest earlier one that passed."""
    before, seen = versions[champion].tags.get(f"{CHAMPION}.before"), set()
    while before in versions and before not in left and before not in seen:  # taken back itself
        seen.add(before)
        before = versions[before].tags.get(f"{CHAMPION}.before")
    if before in left or before == NONE:
        return before if before in left else None
    passed = [n for n, v in left.items() if int(n) < int(champion) and v.tags.get("gate") == "passed"]
    return max(passed, key=int, default=None)


def _hand_on(client: MlflowClient, name: str, alias: str, old: str, new: str | None) -> str:
    if new is None:
        client.delete_registered_model_alias(name, alias)
        return f"{name}: {alias} was version {old} and is none"
    client.set_registered_model_alias(name, alias, new)
    return f"{name}: {alias} is version {new} again, not {old}"
