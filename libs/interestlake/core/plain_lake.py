"""A lake read by this process from its files, without Spark; see `Rows`."""

from collections.abc import Collection
from datetime import UTC, datetime

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds

from .plain_contract import expect_contract
from .plain_tables import PlainTable, Unreadable, among
from .rows import AnyOf
from .storage import located


class PlainLake:
    """The tables under `root`. A table is looked up once, and what its log gained since is read by `moved` alone.

    Every method but `there` raises Unreadable where the files cannot be read from here, or there is no such table, and
    BadInput where a column that is asked for is not as the table's contract has it.
    """

    def __init__(self, root: str):
        self.root = located(root)
        self._tables: dict[str, PlainTable] = {}
        self._versions: dict[str, int | None] = {}

    def there(self, name: str) -> bool:
        return self.version(name) is not None

    def version(self, name: str) -> int | None:
        """The version that is read, the newest at the first look; None where there is no such table."""
        if name not in self._versions:
            self._tables[name] = PlainTable(f"{self.root}/{name.replace('.', '/')}")
            self._versions[name] = self._tables[name].version()
        return self._versions[name]

    def moved(self) -> list[str]:
        """The tables looked up so far that have another version by now, which is read from here on."""
        changed = []
        for name, before in list(self._versions.items()):
            self._versions[name] = self._tables[name].version()
            if self._versions[name] != before:
                changed.append(name)
        return sorted(changed)

    def plain_table(self, name: str) -> PlainTable:
        """The table itself, at the version that is read."""
        self._expect(name)
        return self._tables[name]

    def count(self, name: str) -> int:
        """Rows, by the files' own footers."""
        self._expect(name)
        return self._tables[name].count()

    def frame(self, name: str, columns: Collection[str], where: ds.Expression | None = None) -> pd.DataFrame:
        """`columns` of the rows that meet `where`; times are naive UTC."""
        return self._table(name, columns, where).to_pandas()

    def of(self, name: str, columns: Collection[str], any_of: AnyOf | None = None) -> list[dict]:
        where = None
        for column, values in (any_of or {}).items():
            where = among(column, values) if where is None else where & among(column, values)
        table = self._table(name, columns, where, any_of or ())
        maps = [column.name for column in table.schema if pa.types.is_map(column.type)]
        rows = table.to_pylist()
        times = [column.name for column in table.schema if pa.types.is_timestamp(column.type)]
        for row in rows:
            row.update({column: dict(row[column]) for column in maps if row[column] is not None})
            row.update({column: _naive(row[column]) for column in times if row[column] is not None})
        return rows

    def _table(
        self, name: str, columns: Collection[str], where: ds.Expression | None, asked_by: Collection[str] = ()
    ) -> pa.Table:
        self._expect(name)
        looked_at = {*columns, *asked_by}

        def look(schema: pa.Schema) -> None:
            expect_contract(name, schema, looked_at, f"--lake {self.root}, made anew by `interestlake run`")

        return self._tables[name].table(columns, where, look)

    def _expect(self, name: str) -> None:
        if self.version(name) is None:
            raise Unreadable(f"no table {name} in {self.root}")


def _naive(moment: datetime) -> datetime:
    moment = moment.to_pydatetime() if isinstance(moment, pd.Timestamp) else moment
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


__all__ = ["PlainLake", "Unreadable", "among"]
