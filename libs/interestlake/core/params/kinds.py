"""The kinds of a parameter: each a dataclass field with its default, meaning and allowed range."""

from dataclasses import asdict, field, fields
from typing import Any


def number(
    default: float, meaning: str, *, low: float | None = None, high: float | None = None, rows: bool = True
) -> Any:
    """A number in [low, high]; rows: whether a stage's rows depend on it."""
    return field(default=default, metadata={"meaning": meaning, "low": low, "high": high, "rows": rows})


def choice(default: str, meaning: str, *options: str) -> Any:
    """One of `options`."""
    return field(default=default, metadata={"meaning": meaning, "options": options})


def text(default: str, meaning: str) -> Any:
    """Free text."""
    return field(default=default, metadata={"meaning": meaning})


def flag(default: bool, meaning: str) -> Any:
    """true or false."""
    return field(default=default, metadata={"meaning": meaning})


def names(default: tuple[str, ...], meaning: str, *options: str) -> Any:
    """A list of names, each one of `options` where given."""
    return field(default=default, metadata={"meaning": meaning, "options": options})


def words(meaning: str, *default: str) -> Any:
    """A list of free texts that may be empty."""
    return field(default=default, metadata={"meaning": meaning, "free": True})


def table(meaning: str, *keys: str, low: float | None = None, high: float | None = None) -> Any:
    """`name: number` lines, which may be none; each name one of `keys`, each number in [low, high]."""
    return field(default_factory=dict, metadata={"meaning": meaning, "keys": keys, "low": low, "high": high})


def of_rows(section: Any) -> dict[str, Any]:
    """A section's parameters without those that its stage's rows do not depend on."""
    beside = {one.name for one in fields(section) if not one.metadata.get("rows", True)}
    return {name: value for name, value in asdict(section).items() if name not in beside}
