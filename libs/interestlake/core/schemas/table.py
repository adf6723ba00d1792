"""The shape of a table contract: columns with meaning and unit, key, constraints, way of writing."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Column:
    """One column. `type` is Spark SQL's spelling; `meaning` names the unit where there is one."""

    name: str
    type: str
    meaning: str
    nullable: bool = False


@dataclass(frozen=True)
class Table:
    """One Delta table of the lake, found at `<lake>/<layer>/<name>`.

    `mode` "merge": rows are merged by `key`, unchanged rows are not rewritten, rows of earlier runs stay.
    `mode` "recompute": as merge, and rows that the new ones lack are deleted; each run computes the table whole, and
    the change feed still tells what changed and nothing else.
    `mode` "append": rows are added, each key by the one write that owns it.
    `mode` "replace": a derived table that each run computes whole; earlier states stay readable as versions.
    `checks` maps a constraint's name to a SQL condition that every row must meet.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    mode: Literal["merge", "recompute", "append", "replace"]
    checks: tuple[tuple[str, str], ...] = ()

    @property
    def layer(self) -> str:
        return self.name.split(".")[0]

    @property
    def change_feed(self) -> bool:
        """Silver tables tell which rows each version changed."""
        return self.layer == "silver"

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


def col(name: str, type: str, meaning: str) -> Column:
    """A NOT NULL column."""
    return Column(name, type, meaning)


def optional(name: str, type: str, meaning: str) -> Column:
    """A column that may be null; `meaning` says when."""
    return Column(name, type, meaning, nullable=True)
