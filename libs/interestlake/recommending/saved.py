"""The released recommender as a file of the lake: saved by the run, opened by everything that lists or explains."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from pyspark.sql import SparkSession

from ..core.errors import BadInput
from ..core.lake import Lake, one_row
from ..core.only_row import only_row
from ..core.params.kinds import of_rows
from ..core.registered import served_folder
from ..core.sealed import expect_sealed
from ..core.stage import StageContext
from ..core.storage import fetch_file, file_there, put_file, remove_file, sha256_of
from ..core.unchanged import digest_of
from ..models.stored import read_values, write_values
from .chosen_tables import FUSION, fusion_of
from .left import Left
from .recommender import Recommender
from .recommender_file import RECOMMENDER_FILE, read_recommender

TABLE = "models.recommender"
FOLDER = "models/recommender_files"
NO_FIT = ("grown", "same_lists", "max_test_people", "ranker_people", "cold_history")  # of params.recommend, no fit's


@dataclass(frozen=True)
class Growth:
    """What a release began from, as models.recommender says it: see there."""

    begun: str
    grown: float = 0.0
    went_on: str | None = None


def save_recommender(
    context: StageContext, recommender: Recommender, file: Path, left: Left | None = None, growth: Growth | None = None
) -> int:
    """Put `file`, which holds it, and what its fits left beside it, then the row of models.recommender; the last but
    one release is removed. growth: of one that went on. -> bytes of `file`."""
    lake, run_id = context.lake, context.options.run_id
    before = lake.read(TABLE).first() if lake.exists(TABLE) else None
    sha256, size = sha256_of(file), file.stat().st_size
    name = f"{run_id}-{sha256[:12]}{file.suffix}"
    put_file(context.spark, file, f"{lake.root}/{FOLDER}/{name}")
    mark = None if left is None else _put_left(context, left, left_beside(name))
    previous = None if before is None else before["previous"] if before["run_id"] == run_id else before["file"]
    growth = growth or Growth(run_id)
    row = {"run_id": run_id, "file": name, "sha256": sha256, "bytes": size, "models": list(recommender.names),
           "previous": previous, "left": mark, "settings": settings_mark(context), **asdict(growth)}  # fmt: skip
    context.write(TABLE, one_row(context.spark, TABLE, row))
    if before is not None and before["run_id"] != run_id and before["previous"]:
        remove_release(context.spark, lake.root, before["previous"])
    return size


def left_beside(file: str) -> str:
    """Name of the file with what the fits left, beside that of the recommender."""
    return f"{file.removesuffix(Path(RECOMMENDER_FILE).suffix)}.left{Path(RECOMMENDER_FILE).suffix}"


def remove_release(spark: SparkSession, root: str, file: str) -> None:
    """Delete a release's two files."""
    for name in (file, left_beside(file)):
        remove_file(spark, f"{root}/{FOLDER}/{name}")


def remove_left(lake: Lake) -> None:
    """Delete what the fits of the kept releases left: rows of everybody, which nothing goes on from after a forgetting.
    One small Spark job."""
    row = lake.read(TABLE).first() if lake.exists(TABLE) else None
    for file in () if row is None else (row["file"], row["previous"]):
        if file:
            remove_file(lake.spark, f"{lake.root}/{FOLDER}/{left_beside(file)}")


def open_left(lake: Lake, row: Mapping) -> Left | None:
    """What the fits of a release left; None where it is gone. row: of models.recommender. Raises BadInput for another
    file than was put there."""
    address = f"{lake.root}/{FOLDER}/{left_beside(row['file'])}"
    if not row["left"] or not file_there(lake.spark, address):
        return None
    with _fetched(lake, address, row["left"]) as local:
        left = read_values(local)
    if not isinstance(left, Left):
        raise BadInput.of(f"file {address}", found=type(left).__name__, expected="what fits left", where=TABLE)
    return left


def _put_left(context: StageContext, left: Left, name: str) -> str:
    with tempfile.TemporaryDirectory(prefix="interestlake-") as folder:
        local = Path(folder) / RECOMMENDER_FILE
        write_values(local, left)
        put_file(context.spark, local, f"{context.lake.root}/{FOLDER}/{name}")
        return sha256_of(local)


def settings_mark(context: StageContext) -> str:
    """A digest of the seed and of the parameters that decide which models are fitted, on what, and what a list is."""
    rows = [of_rows(getattr(context.params, name)) for name in ("recommend", "prepare", "guard")]
    fits = [{name: value for name, value in section.items() if name not in NO_FIT} for section in rows]
    return digest_of([context.options.seed, *fits])


@contextmanager
def _fetched(lake: Lake, address: str, sha256: str) -> Iterator[Path]:
    """A file of a release, on this machine. Raises BadInput for one of other bytes than models.recommender says."""
    with tempfile.TemporaryDirectory(prefix="interestlake-") as folder:
        local = Path(folder) / RECOMMENDER_FILE
        fetch_file(lake.spark, address, local)
        digest = sha256_of(local)
        if digest != sha256:
            raise BadInput.of(f"file {address}", found=f"sha256 {digest[:12]}", expected=f"{sha256[:12]}",
                              where=f"{TABLE}: run the recommend stage again")  # fmt: skip
        yield local


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
    with _fetched(lake, address, row["sha256"]) as local:
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
