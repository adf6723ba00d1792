"""The online store: tables of a lake by their keys, so that an answer about one person is a look-up."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import pyarrow as pa

from ...core.rows import AnyOf


@dataclass(frozen=True)
class Change:
    """What a table gained and lost between two of its versions.

    before: the version that the store held when this was found, None for none; where it holds another by then, the
    change is passed over. schema: of the files now; keys: columns that rows are looked up by; gone: files that are no
    longer the table's; come: file -> its batches. A file is named by its path.
    """

    before: int | None
    version: int
    schema: pa.Schema
    keys: tuple[str, ...]
    gone: Collection[str]
    come: Mapping[str, Iterable[pa.RecordBatch]]


class OnlineStore(ABC):
    """Tables of one lake, as `core.rows.Rows` reads them; threads may share one.

    A change of several tables is seen whole or not at all. Whoever reads meanwhile reads what was there before.
    """

    root: str  # of the lake that it stands for

    @abstractmethod
    def there(self, name: str) -> bool:
        """Whether the store holds the table."""

    @abstractmethod
    def of(self, name: str, columns: Collection[str], any_of: AnyOf | None = None) -> list[dict]:
        """`columns` of the rows that meet `any_of`; a column that the table lacks is None. In no order."""

    @abstractmethod
    def files(self, name: str) -> set[str]:
        """The files of the lake's table whose rows it holds."""

    @abstractmethod
    def version(self, name: str) -> int | None:
        """Of the lake's table, as the store holds it; None where it does not."""

    @abstractmethod
    def apply(self, changes: Mapping[str, Change | None]) -> None:
        """All of the changes, in one step; None: the lake has no such table any more."""

    @abstractmethod
    def close(self) -> None:
        """Let go of what was opened."""
