"""Rows of a lake's tables as plain records, whoever reads them: Spark, or this process from the files."""

from collections.abc import Collection, Mapping
from typing import Protocol

AnyOf = Mapping[str, Collection]  # column -> the values that it may have; every column has to meet its own


class Rows(Protocol):
    """The tables of one lake. Both ways of reading give equal records: what a command says of a person is written once.

    Times are naive UTC, arrays are lists, structs and maps are dicts; records come in no order. For the rows of one
    person, one list, the items of a history: they are held in this process.
    """

    root: str

    def there(self, name: str) -> bool:
        """Whether the lake has the table."""

    def of(self, name: str, columns: Collection[str], any_of: AnyOf | None = None) -> list[dict]:
        """`columns` of the rows that meet `any_of`; a column that the lake is too old to have is None."""


def first(rows: list[dict]) -> dict | None:
    """The only record, or None."""
    return rows[0] if rows else None


__all__ = ["AnyOf", "Rows", "first"]
