"""What crosses the border from Spark to torch: the data files of one Delta version and how many rows they hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ..core.errors import BadInput
from ..core.lake import Lake

ROW_GROUP = 65_536


@dataclass(frozen=True)
class Snapshot:
    """One version of a table as plain files, in the order in which they are to be read.

    The file list comes from the Delta log, never from the folder, which also holds files of other versions.
    """

    table: str
    version: int
    files: tuple[str, ...]
    rows: int


def take_snapshot(lake: Lake, name: str, version: int | None = None) -> Snapshot:
    """A table's version (default newest) as a Snapshot. Runs two small Spark jobs. Raises BadInput for no rows."""
    version = lake.version(name) if version is None else version
    rows = lake.read(name, version).count()
    if rows == 0:
        raise BadInput.of(f"table {name}", found="no rows", expected="rows to train on", where="the earlier stages")
    return Snapshot(name, version, tuple(lake.input_files(name, version)), rows)


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
