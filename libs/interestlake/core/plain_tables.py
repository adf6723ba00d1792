"""Tables of a lake read without Spark, by Delta's own log in Rust: for processes that must answer at once."""

from collections.abc import Sequence

import pandas as pd
import pyarrow.dataset as ds
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError, TableNotFoundError
from pyarrow import fs


class Unreadable(Exception):
    """The table cannot be read from here, and why."""


class PlainTable:
    """One Delta table, by its address: a folder, or what the object store's scheme says.

    Deletion vectors and renamed columns, which the lake's tables have not, are refused by the reader.
    """

    def __init__(self, address: str):
        self.address = address
        self._table: DeltaTable | None = None

    def version(self) -> int | None:
        """The newest version, None where there is no such table. Reads what the log has gained since the last call.

        Raises Unreadable where the store does not answer.
        """
        try:
            if self._table is None:
                self._table = DeltaTable(self.address)
            else:
                self._table.update_incremental()
            return self._table.version()
        except TableNotFoundError:
            self._table = None
            return None
        except (DeltaError, OSError) as fault:
            raise Unreadable(" ".join(str(fault).split())) from fault

    def rows(self, columns: Sequence[str], where: ds.Expression | None = None) -> pd.DataFrame:
        """`columns` of the version that `version` saw last, of the rows that meet `where`; files are skipped by it.

        Raises Unreadable where files are gone, or the table is none.
        """
        if self._table is None and self.version() is None:
            raise Unreadable(f"no table at {self.address}")
        try:
            files = self._table.file_uris()
            if not files:
                return pd.DataFrame(columns=list(columns))
            store, _ = fs.FileSystem.from_uri(files[0]) if "://" in files[0] else (fs.LocalFileSystem(), "")
            paths = [file.split("://", 1)[-1] for file in files]
            return ds.dataset(paths, filesystem=store).to_table(columns=list(columns), filter=where).to_pandas()
        except (DeltaError, OSError) as fault:
            raise Unreadable(" ".join(str(fault).split())) from fault


def state_mark(address: str, version: int | None = None) -> str | None:
    """What names the last commit up to a version, newest where None, that changed rows: equal marks are equal rows.

    A merge that met only equal rows leaves the mark, though it writes their files anew. None where there is no such
    table or version, or the store is not one that can be read from here.
    """
    try:
        table = DeltaTable(address)
        newest, commits = table.version(), table.history()  # newest first
    except (DeltaError, TableNotFoundError, OSError, ValueError):
        return None
    version = newest if version is None else version
    upto = commits[newest - version :] if version <= newest else []
    if not upto:
        return None
    back = next((n for n, commit in enumerate(upto) if not _idle(commit)), len(upto) - 1)
    return f"{table.metadata().id}@{version - back}"


def _idle(commit: dict) -> bool:
    counts = commit.get("operationMetrics", {})
    changed = ("numTargetRowsInserted", "numTargetRowsUpdated", "numTargetRowsDeleted")
    return commit.get("operation") == "MERGE" and all(str(counts.get(name)) == "0" for name in changed)
