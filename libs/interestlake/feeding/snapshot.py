"""What crosses the border from Spark to torch: the data files of one Delta version and how many rows they hold."""

from dataclasses import dataclass

from ..errors import BadInput
from ..tables import Lake


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

