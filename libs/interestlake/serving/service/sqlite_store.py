"""The online store in one SQLite file: the default, for a service on one machine."""

import json
import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from ...core.errors import BadInput, Unreadable
from ...core.rows import AnyOf
from .store import Change, OnlineStore

EPOCH = datetime(1970, 1, 1)
FILE = "__file"  # column: the number of the file that a row is of
WAIT_S = 30  # for another process that is writing
LAYOUT = 1  # of the file; another is made anew
HELD = """
CREATE TABLE IF NOT EXISTS __tables (name TEXT PRIMARY KEY, version INTEGER, kinds TEXT);
CREATE TABLE IF NOT EXISTS __files (number INTEGER PRIMARY KEY, name TEXT, path TEXT, UNIQUE (name, path));
CREATE TABLE IF NOT EXISTS __lake (root TEXT, layout INTEGER);
"""


class SqliteStore(OnlineStore):
    """`path` is made where it is not there; a file of another lake, or of another layout, is emptied first.

    Arrays, structs and maps are JSON in it, times whole microseconds since 1970. Raises BadInput for a path that
    cannot be written, or a file that is no such store.
    """

    def __init__(self, path: str | Path, root: str):
        self.path, self.root = Path(path), root
        self._own, self._writing = threading.local(), threading.Lock()
        self._open: list[sqlite3.Connection] = []
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(self._connect()) as connection:
                self._settle(connection)
        except (sqlite3.Error, OSError) as fault:
            raise BadInput.of(f"online store {path}", found=str(fault), expected="a SQLite file that can be written",
                              where="--store") from fault  # fmt: skip

    def there(self, name: str) -> bool:
        return self.version(name) is not None

    def version(self, name: str) -> int | None:
        row = self._here().execute("SELECT version FROM __tables WHERE name = ?", (name,)).fetchone()
        return None if row is None else row[0]

    def files(self, name: str) -> set[str]:
        return {path for (path,) in self._here().execute("SELECT path FROM __files WHERE name = ?", (name,))}

    def of(self, name: str, columns: Collection[str], any_of: AnyOf | None = None) -> list[dict]:
        here = self._here()
        row = here.execute("SELECT kinds FROM __tables WHERE name = ?", (name,)).fetchone()
        if row is None:
            raise Unreadable(f"no table {name} in {self.path}")
        kinds = json.loads(row[0])
        held = [column for column in columns if column in kinds]
        asked = {column: [_plain(value) for value in values] for column, values in (any_of or {}).items()}
        tests = " AND ".join(f"{_quoted(column)} IN (SELECT value FROM json_each(?))" for column in asked)
        chosen = ", ".join(map(_quoted, held)) or "1"
        query = f"SELECT {chosen} FROM {_quoted(name)}" + (f" WHERE {tests}" if tests else "")
        rows = here.execute(query, [json.dumps(values) for values in asked.values()]).fetchall()
        lacking = dict.fromkeys(column for column in columns if column not in kinds)
        read = [_READ[kinds[column]] for column in held]
        return [
            {column: value if value is None else turn(value)
             for column, value, turn in zip(held, row, read, strict=False)} | lacking
            for row in rows
        ]  # fmt: skip

    def apply(self, changes: Mapping[str, Change | None]) -> None:
        with self._writing, closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                for name, change in changes.items():
                    self._apply(connection, name, change)
                connection.execute("COMMIT")
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
            except BaseException:
                connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        for connection in self._open:
            connection.close()
        self._open.clear()

    def _apply(self, connection: sqlite3.Connection, name: str, change: Change | None) -> None:
        if change is None:
            self._drop(connection, name)
            return
        kinds = {field.name: _kind(field.type) for field in change.schema}
        held = connection.execute("SELECT version, kinds FROM __tables WHERE name = ?", (name,)).fetchone()
        if (held and held[0]) != change.before:
            return  # another has changed it meanwhile
        if held is None:
            self._create(connection, name, kinds, change.keys)
        else:
            kinds = json.loads(held[1]) | kinds
            for column in kinds.keys() - json.loads(held[1]).keys():
                connection.execute(f"ALTER TABLE {_quoted(name)} ADD COLUMN {_quoted(column)}")
        for path in change.gone:
            row = connection.execute("SELECT number FROM __files WHERE name = ? AND path = ?", (name, path)).fetchone()
            if row is not None:
                connection.execute(f"DELETE FROM {_quoted(name)} WHERE {FILE} = ?", row)
                connection.execute("DELETE FROM __files WHERE number = ?", row)
        for path, batches in change.come.items():
            number = connection.execute("INSERT INTO __files (name, path) VALUES (?, ?)", (name, path)).lastrowid
            for batch in batches:
                named = [*map(_quoted, batch.schema.names), FILE]
                places = ", ".join("?" * len(named))
                query = f"INSERT INTO {_quoted(name)} ({', '.join(named)}) VALUES ({places})"
                connection.executemany(query, ((*row, number) for row in _rows(batch)))
        connection.execute(
            "INSERT OR REPLACE INTO __tables VALUES (?, ?, ?)", (name, change.version, json.dumps(kinds))
        )

    def _create(self, connection: sqlite3.Connection, name: str, kinds: Mapping[str, str], keys: Iterable[str]) -> None:
        columns = ", ".join([*map(_quoted, kinds), f"{FILE} INTEGER"])
        connection.execute(f"CREATE TABLE {_quoted(name)} ({columns})")
        for key in (*keys, FILE):
            if key in kinds or key == FILE:
                index = _quoted(f"{name} by {key}")
                connection.execute(f"CREATE INDEX {index} ON {_quoted(name)} ({_quoted(key)})")

    def _drop(self, connection: sqlite3.Connection, name: str) -> None:
        connection.execute(f"DROP TABLE IF EXISTS {_quoted(name)}")
        connection.execute("DELETE FROM __tables WHERE name = ?", (name,))
        connection.execute("DELETE FROM __files WHERE name = ?", (name,))

    def _settle(self, connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA journal_mode = WAL")  # readers go on while it is written
        connection.executescript(HELD)
        row = connection.execute("SELECT root, layout FROM __lake").fetchone()
        if row == (self.root, LAYOUT):
            return
        connection.execute("BEGIN IMMEDIATE")
        for (name,) in connection.execute("SELECT name FROM __tables").fetchall():
            self._drop(connection, name)
        connection.execute("DELETE FROM __lake")
        connection.execute("INSERT INTO __lake VALUES (?, ?)", (self.root, LAYOUT))
        connection.execute("COMMIT")

    def _here(self) -> sqlite3.Connection:
        """This thread's own connection, which reads."""
        if not hasattr(self._own, "connection"):
            self._own.connection = self._connect()
            self._own.connection.execute("PRAGMA query_only = 1")
            self._open.append(self._own.connection)
        return self._own.connection

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=WAIT_S, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA secure_delete = ON")  # what was forgotten stays in no free page
        return connection


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _plain(value: object) -> object:
    return value.item() if hasattr(value, "item") else value  # pyrefly: ignore[not-callable]


def _kind(one: pa.DataType) -> str:
    if pa.types.is_nested(one):
        return "json"
    if pa.types.is_timestamp(one):
        return "time"
    return "truth" if pa.types.is_boolean(one) else "plain"


_READ = {
    "plain": lambda value: value,
    "truth": bool,
    "time": lambda micros: EPOCH + timedelta(microseconds=micros),
    "json": json.loads,
}


def _micros(moment: datetime) -> int:
    naive = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    return (naive - EPOCH) // timedelta(microseconds=1)


def _as_json(column: pa.ChunkedArray | pa.Array, of: pa.DataType) -> list:
    """A map is an object; None stays None."""
    values = column.to_pylist()
    if pa.types.is_map(of):
        values = [None if value is None else dict(value) for value in values]
    return [None if value is None else json.dumps(value) for value in values]


def _rows(batch: pa.RecordBatch) -> Iterator[tuple]:
    columns = []
    for field, column in zip(batch.schema, batch.columns, strict=True):
        kind = _kind(field.type)
        if kind == "json":
            columns.append(_as_json(column, field.type))
        elif kind == "time":
            columns.append([None if one is None else _micros(one) for one in column.to_pylist()])
        else:
            columns.append(column.to_pylist())
    return zip(*columns, strict=True)
