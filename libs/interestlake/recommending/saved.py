"""The released recommender as a file of the lake: saved by the run, opened by everything that lists or explains."""

import tempfile
from dataclasses import replace
from pathlib import Path

from ..core.errors import BadInput
from ..core.lake import Lake, one_row
from ..core.only_row import only_row
from ..core.registered import served_folder
from ..core.sealed import expect_sealed
from ..core.stage import StageContext
from ..core.storage import fetch_file, file_there, put_file, remove_file, sha256_of
from .chosen_tables import FUSION, fusion_of
from .recommender import Recommender
from .recommender_file import RECOMMENDER_FILE, read_recommender

TABLE = "models.recommender"
FOLDER = "models/recommender_files"


def save_recommender(context: StageContext, recommender: Recommender, file: Path) -> int:
    """Put `file`, which holds it, then the row of models.recommender; the last but one release is removed. -> bytes."""
    lake, run_id = context.lake, context.options.run_id
    before = lake.read(TABLE).first() if lake.exists(TABLE) else None
    sha256, size = sha256_of(file), file.stat().st_size
    name = f"{run_id}-{sha256[:12]}{file.suffix}"
    put_file(context.spark, file, f"{lake.root}/{FOLDER}/{name}")
    previous = None if before is None else before["previous"] if before["run_id"] == run_id else before["file"]
    row = {"run_id": run_id, "file": name, "sha256": sha256, "bytes": size, "models": list(recommender.names),
           "previous": previous}  # fmt: skip
    context.write(TABLE, one_row(context.spark, TABLE, row))
    if before is not None and before["run_id"] != run_id and before["previous"]:
        remove_file(context.spark, f"{lake.root}/{FOLDER}/{before['previous']}")
    return size


def kept_file(lake: Lake) -> bool:
    """Whether the file that models.recommender names is still there. One small Spark job."""
    return file_there(lake.spark, f"{lake.root}/{FOLDER}/{only_row(lake.read(TABLE))['file']}")


def open_recommender(lake: Lake, fusion_version: int | None = None) -> Recommender:
    """The released models, fused as models.fusion says (at `fusion_version`, or newest). Two small Spark jobs.

    Raises BadInput where there is none, or the file was changed.
    """
    if not lake.exists(TABLE):
        raise BadInput.of(f"lake {lake.root}", found=f"no {TABLE}", expected="a lake after `interestlake run`",
                          where="--lake")  # fmt: skip
    row = only_row(lake.read(TABLE))
    address = f"{lake.root}/{FOLDER}/{row['file']}"
    with tempfile.TemporaryDirectory(prefix="interestlake-") as folder:
        local = Path(folder) / RECOMMENDER_FILE
        fetch_file(lake.spark, address, local)
        digest = sha256_of(local)
        if digest != row["sha256"]:
            raise BadInput.of(f"file {address}", found=f"sha256 {digest[:12]}", expected=f"{row['sha256'][:12]}",
                              where=f"{TABLE}: run the recommend stage again")  # fmt: skip
        released = read_recommender(local, address, f"{TABLE}: run the recommend stage again")
    # a refit moves the weights and leaves the models
    fusion = fusion_of(lake, fusion_version).over(list(released.fitted)) if lake.exists(FUSION) else released.fusion
    return replace(released, fusion=fusion) if fusion.names else released


def registered_recommender(model_uri: str, tracking_uri: str) -> Recommender:
    """The recommender within a registered ranker. Raises BadInput where the store lacks it or its file."""
    file = served_folder(model_uri, tracking_uri) / RECOMMENDER_FILE
    if not file.is_file():
        raise BadInput.of(f"model {model_uri}", found=f"no {RECOMMENDER_FILE}", expected="a registered ranker",
                          where="the registry")  # fmt: skip
    expect_sealed(file.parent, (RECOMMENDER_FILE,), f"model {model_uri}", "the registry: run again and register")
    return read_recommender(file, f"{model_uri}/{RECOMMENDER_FILE}", "the registry: run again and register")
