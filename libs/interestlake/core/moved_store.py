"""MLflow keeps absolute addresses of artefacts: in a lake that was copied or moved they are made those of its place."""

import logging
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote

from .errors import BadInput
from .storage import has_scheme
from .store_names import experiment_name

LOG = logging.getLogger("interestlake")
SQLITE = "sqlite:///"
ARTIFACTS = "mlartifacts"  # folder beside the store
# every column of MLflow's that holds the address of an artefact; a store of another version may lack one
ADDRESSES = (
    ("experiments", "artifact_location"),
    ("runs", "artifact_uri"),
    ("logged_models", "artifact_location"),
    ("model_versions", "source"),
    ("model_versions", "storage_location"),
)


def default_tracking_uri(lake: str) -> str:
    """MLFLOW_TRACKING_URI where set, else a sqlite store beside the lake's layers."""
    local = lake.removeprefix("file://")
    return os.environ.get("MLFLOW_TRACKING_URI") or f"{SQLITE}{Path(local).resolve() / 'mlflow.db'}"


def expect_store(tracking_uri: str | None, lake: str) -> str:
    """The store of a run that writes: the one named, else `default_tracking_uri`.

    Raises BadInput where none is named and the lake lies elsewhere: sqlite has no file there.
    """
    elsewhere = has_scheme(lake) and not lake.startswith("file:")
    if elsewhere and not (tracking_uri or os.environ.get("MLFLOW_TRACKING_URI")):
        raise BadInput.of("MLflow store", found=f"none for a lake at {lake}", where="--tracking-uri or "
                          "MLFLOW_TRACKING_URI", expected="the address of a server, or a sqlite file")  # fmt: skip
    return tracking_uri or default_tracking_uri(lake)


def settle_store(tracking_uri: str) -> None:
    """`settle` with a line where anything was changed; needs no MLflow."""
    if settle(tracking_uri, experiment_name(tracking_uri)):
        LOG.info("MLflow's addresses are now those of %s", artifacts_beside(tracking_uri))


def artifacts_beside(tracking_uri: str) -> str | None:
    """The address of the artefacts' folder beside a sqlite store; None for any other store."""
    path = _path(tracking_uri)
    return (path.parent / ARTIFACTS).as_uri() if path else None


def settle(tracking_uri: str, experiment: str) -> bool:
    """Write the addresses anew where the sqlite store's artefacts came along with it; True where any was changed.

    They came along where the folder beside the store is there, or where the noted one is not. The experiment's noted
    folder says where the store was; artefacts that were sent elsewhere stay where they are. A store that cannot be read
    or written is left, without a fault.
    """
    path = _path(tracking_uri)
    if path is None or not path.is_file():
        return False
    try:
        with closing(sqlite3.connect(path)) as store:
            noted = _noted(store, experiment)
            new = artifacts_beside(tracking_uri)
            if noted is None or noted == new or noted.rsplit("/", 1)[-1] != ARTIFACTS:
                return False
            if not (path.parent / ARTIFACTS).is_dir() and _folder(noted).is_dir():
                return False
            with store:
                for table, column in ADDRESSES:
                    if column in {row[1] for row in store.execute(f"PRAGMA table_info({table})")}:
                        store.execute(
                            f"UPDATE {table} SET {column} = ? || substr({column}, ?) "
                            f"WHERE {column} = ? OR substr({column}, 1, ?) = ?",
                            (new, len(noted) + 1, noted, len(noted) + 1, f"{noted}/"),
                        )
    except sqlite3.Error as fault:  # who reads the lake alone needs no store; who needs it is told by MLflow
        LOG.debug("MLflow's addresses stay as they are: %s", fault)
        return False
    return True


def _noted(store: sqlite3.Connection, experiment: str) -> str | None:
    if not list(store.execute("PRAGMA table_info(experiments)")):
        return None
    row = store.execute("SELECT artifact_location FROM experiments WHERE name = ?", (experiment,)).fetchone()
    return row[0] if row and (row[0] or "").startswith("file://") else None


def _path(tracking_uri: str) -> Path | None:
    return Path(tracking_uri.removeprefix(SQLITE)).absolute() if tracking_uri.startswith(SQLITE) else None


def _folder(address: str) -> Path:
    return Path(unquote(address.removeprefix("file://")))
