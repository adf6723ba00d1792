"""What crosses the border from Spark to torch: the data files of one Delta version and how many rows they hold."""

import shutil
import tempfile
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ..core.errors import BadInput
from ..core.lake import Lake
from ..core.places import expect_writable
from ..core.session import local_folder
from ..core.storage import fetch_file, local_path, size_of

ROW_GROUP = 65_536


class Copies:
    """A folder of this machine for files that lie elsewhere; gone with the last snapshot that has it."""

    def __init__(self, parent: str):
        Path(parent).mkdir(parents=True, exist_ok=True)
        self.folder = Path(tempfile.mkdtemp(prefix="interestlake-feed-", dir=parent))
        weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)


@dataclass(frozen=True)
class Snapshot:
    """One version of a table as plain files of this machine, in the order in which they are to be read.

    The file list comes from the Delta log, never from the folder, which also holds files of other versions. copies:
    what holds them where the table lies on another file system.
    """

    table: str
    version: int
    files: tuple[str, ...]
    rows: int
    copies: Copies | None = field(default=None, repr=False, compare=False)


def take_snapshot(lake: Lake, name: str, version: int | None = None) -> Snapshot:
    """A table's version (default newest) as a Snapshot. Runs two small Spark jobs.

    The files of a table on another file system are copied to Spark's local folder by the session's own access to it.
    Raises BadInput for no rows, and where they are larger than what is free there.
    """
    version = lake.version(name) if version is None else version
    rows = lake.read(name, version).count()
    if rows == 0:
        raise BadInput.of(f"table {name}", found="no rows", expected="rows to train on", where="the earlier stages")
    files = lake.input_files(name, version)
    if all(local_path(lake.spark, unquote(file)) is not None for file in files):
        return Snapshot(name, version, tuple(files), rows)
    copies, here = _fetched(lake, files)
    return Snapshot(name, version, here, rows, copies)


def _fetched(lake: Lake, files: Sequence[str]) -> tuple[Copies, tuple[str, ...]]:
    """Copies of a table's files, in the same order."""
    folder = local_folder(lake.spark)
    addresses = [unquote(file) for file in files]  # Spark names them as addresses
    expect_writable(folder, "spark.local.dir", sum(size_of(lake.spark, one) for one in addresses), "Spark's folder")
    copies, here = Copies(folder), []
    for number, address in enumerate(addresses):
        here.append(copies.folder / f"{number:06d}.parquet")
        fetch_file(lake.spark, address, here[-1])
    return copies, tuple(path.as_uri() for path in here)


def store(columns: Mapping[str, np.ndarray], name: str, folder: Path) -> Snapshot:
    """Arrays of equal length, (rows,) or (rows, width), as one Parquet file under `folder` -> its Snapshot.

    For pairs that come from plain files and never were a table. Raises BadInput for no rows.
    """
    rows = len(next(iter(columns.values())))
    if rows == 0:
        raise BadInput.of(name, found="no rows", expected="rows to train on", where="the train file")
    folder.mkdir(parents=True, exist_ok=True)
    arrays = {key: pa.array(list(values)) if values.ndim > 1 else pa.array(values) for key, values in columns.items()}
    path = folder / f"{name}.parquet"
    pq.write_table(pa.table(arrays), path, row_group_size=ROW_GROUP)
    return Snapshot(name, 0, (path.resolve().as_uri(),), rows)
