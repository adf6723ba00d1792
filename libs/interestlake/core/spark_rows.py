"""`Rows` by Spark: each call is one small job."""

from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from .lake import Lake
from .rows import AnyOf
from .schemas.all import ALL
from .text_literals import in_list

EPOCH = datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=None)


class SparkRows:
    """The tables that `exists` says are there, as `read` reads them."""

    def __init__(self, exists: Callable[[str], bool], read: Callable[[str], DataFrame], root: str = ""):
        self.root, self._exists, self._read = root, exists, read

    @classmethod
    def of_lake(cls, lake: Lake, read: Callable[[str], DataFrame] | None = None) -> "SparkRows":
        """The tables of a lake as they stand now, or as `read` reads them; a table of no contract is not there."""
        return cls(lambda name: name in ALL and lake.exists(name), read or lake.read, lake.root)

    def there(self, name: str) -> bool:
        return self._exists(name)

    def of(self, name: str, columns: Collection[str], any_of: AnyOf | None = None) -> list[dict]:
        frame = self._read(name)
        for column, values in (any_of or {}).items():
            frame = frame.where(in_list(column, values))
        return records(frame, columns)


def records(frame: DataFrame, columns: Collection[str]) -> list[dict]:
    """Rows as `Rows` gives them. Runs one Spark job."""
    types = dict(frame.dtypes)
    there = [column for column in columns if column in types]
    times = [column for column in there if types[column].startswith("timestamp")]
    # Python would take a time for one of this machine's zone
    frame = frame.select(*(F.unix_micros(name).alias(name) if name in times else F.col(name) for name in there))
    rows = [row.asDict(recursive=True) for row in frame.collect()]
    lacking = [column for column in columns if column not in types]
    for row in rows:
        row.update(dict.fromkeys(lacking))
        for column in times:
            row[column] = None if row[column] is None else EPOCH + timedelta(microseconds=row[column])
    return rows
