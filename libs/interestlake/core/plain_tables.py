"""Tables of a lake read without Spark, by Delta's own log in Rust: for processes that must answer at once."""

import os
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError, TableNotFoundError
from deltalake.fs import DeltaStorageHandler
from pyarrow import fs

from .commits import KEEPING
from .errors import Unreadable
from .present import present

LOCAL = fs.LocalFileSystem()
NAMED = ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL")  # any of them says where S3 is


class PlainTable:
    """One Delta table, by its address: a folder, or what the object store's scheme says: S3 where the environment
    names its region or endpoint.

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
                self._table = _opened(self.address)
            else:
                self._table.update_incremental()
            return self._table.version()
        except TableNotFoundError:
            self._table = None
            return None
        except (DeltaError, OSError) as fault:
            raise Unreadable(" ".join(str(fault).split())) from fault

    def rows(self, columns: Collection[str], where: ds.Expression | None = None) -> pd.DataFrame:
        """`columns` of the version that `version` saw last, of the rows that meet `where`; files are skipped by it.

        Raises Unreadable where files are gone, or the table is none.
        """
        return self.table(columns, where).to_pandas()

    def table(
        self,
        columns: Collection[str],
        where: ds.Expression | None = None,
        look: Callable[[pa.Schema], None] = lambda schema: None,
    ) -> pa.Table:
        """`rows` as Arrow has them; a column that none of the files has is null. look(the files' schema) may refuse."""
        with self._reading() as (schema, files):
            look(schema)
            there = [name for name in columns if name in schema.names]
            read = files.to_table(columns=there, filter=where)
            for name in (name for name in columns if name not in schema.names):
                read = read.append_column(name, pa.nulls(len(read)))
            return read.select(list(columns))

    def files(self) -> list[str]:
        """Paths of the files of the version that `version` saw last; equal paths hold equal rows. Raises Unreadable."""
        if self._table is None and self.version() is None:
            raise Unreadable(f"no table at {self.address}")
        return _files(present(self._table))[1]

    def schema(self) -> pa.Schema:
        """Of those files. Raises Unreadable."""
        with self._reading() as (schema, _):
            return schema

    def batches(self, path: str) -> Iterator[pa.RecordBatch]:
        """The rows of one of `files`, a row group or less at a time. Raises Unreadable where it is gone."""
        try:
            store, _ = _files(present(self._table))
            yield from ds.dataset([path], format=ds.ParquetFileFormat(), filesystem=store).to_batches()
        except (DeltaError, OSError, pa.ArrowException) as fault:
            raise Unreadable(" ".join(str(fault).split())) from fault

    def count(self) -> int:
        """Rows of the version that `version` saw last. Raises Unreadable as `rows` does."""
        with self._reading() as (_, files):
            return files.count_rows()

    @contextmanager
    def _reading(self) -> Iterator[tuple[pa.Schema, ds.Dataset]]:
        if self._table is None and self.version() is None:
            raise Unreadable(f"no table at {self.address}")
        try:
            store, paths = _files(present(self._table))
            formats = ds.ParquetFileFormat()
            # a column that was added later is in the newer files alone
            schemas = [formats.inspect(path, store) for path in paths]
            schema = pa.unify_schemas(schemas) if schemas else pa.schema(self._no_files())
            yield schema, ds.dataset(paths, schema, formats, store) if paths else ds.dataset(schema.empty_table())
        except (DeltaError, OSError, pa.ArrowException) as fault:
            raise Unreadable(" ".join(str(fault).split())) from fault

    def _no_files(self) -> list[pa.Field]:
        kinds = {"string": pa.string(), "integer": pa.int32(), "long": pa.int64(), "double": pa.float64(),
                 "float": pa.float32(), "boolean": pa.bool_(), "timestamp": pa.timestamp("us")}  # fmt: skip
        return [pa.field(one.name, kinds.get(getattr(one.type, "type", ""), pa.string()))
                for one in present(self._table).schema().fields]  # fmt: skip


def among(column: str, values: Collection) -> ds.Expression:
    """The condition that `column` is one of `values`; false for none."""
    return ds.field(column).isin(sorted(set(values))) if len(values) else ds.scalar(False)


def _files(table: DeltaTable) -> tuple[fs.FileSystem, list[str]]:
    """The file system of a table's files, and their paths on it."""
    addresses = table.file_uris()
    if "://" not in (addresses or [""])[0]:
        return LOCAL, addresses
    # as the log is read: Arrow's own S3 heeds no AWS_ENDPOINT_URL, and no s3a
    root = table.table_uri.rstrip("/") + "/"
    return fs.PyFileSystem(DeltaStorageHandler(root)), [address.removeprefix(root) for address in addresses]


def _opened(address: str) -> DeltaTable:
    # unnamed, the store would be looked for in the network, minutes long
    if address.startswith(("s3:", "s3a:")) and not any(name in os.environ for name in NAMED):
        raise Unreadable(f"{address}: none of {', '.join(NAMED)} says where it is")
    return DeltaTable(address)


def state_mark(address: str, version: int | None = None) -> str | None:
    """What names the last commit up to a version, newest where None, that changed rows: equal marks are equal rows.

    A merge that met only equal rows leaves the mark, though it writes their files anew, and so does upkeep. None where
    there is no such table or version, or the store is not one that can be read from here.
    """
    try:
        table = _opened(address)
        newest, commits = table.version(), table.history()  # newest first
    except (Unreadable, DeltaError, OSError, ValueError):
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
    merged_none = commit.get("operation") == "MERGE" and all(str(counts.get(name)) == "0" for name in changed)
    return merged_none or commit.get("operation") in KEEPING
