"""Which rows of which tables hold a person, a thing of theirs or a trace of it: conditions made from the contracts."""

from dataclasses import dataclass, field

from ..core.schemas.all import ALL, Table
from ..core.text_literals import literal
from .objections import TABLE as OBJECTIONS

PEOPLE = ("user_id", "friend_id", "other_id")
WORDS = ("reason", "statement", "sentence")  # a text that may name the thing: its row goes as a whole


@dataclass(frozen=True)
class Erasure:
    """Rows of `table` that meet the SQL `condition` are deleted or, where `values` are given, rewritten by them."""

    table: str
    condition: str
    values: dict[str, str] = field(default_factory=dict)


def erase_everything(user_id: str, user_index: int | None) -> list[Erasure]:
    """Every table with a column for a person: user_id, friend_id, other_id or user_index; a group gets another name."""
    found = []
    for table in _tables():
        terms = [f"{name} = {literal(user_id)}" for name in PEOPLE if name in table.column_names]
        if not terms and "user_index" in table.column_names and user_index is not None:
            terms = [f"user_index = {user_index}"]
        if terms:
            found.append(Erasure(table.name, " OR ".join(terms)))
        if "group" in table.column_names:  # named by one of its people
            found.append(Erasure(table.name, f"`group` = {literal(user_id)}", {"`group`": "sha2(`group`, 256)"}))
    return found


def erase_item(user_id: str, user_index: int | None, item_id: str, item_index: int | None) -> list[Erasure]:
    """Rows of person and item; rows whose words or path rest on the item; evidence lists lose it."""
    found = []
    for table in _tables():
        if (who := _who(table, user_id, user_index)) is None:
            continue
        thing = None
        if "item_id" in table.column_names:
            thing = f"item_id = {literal(item_id)}"
        elif "item_index" in table.column_names and item_index is not None:
            thing = f"item_index = {item_index}"
        if thing:
            found.append(Erasure(table.name, f"{who} AND {thing}"))
        found += _traces(table, who, item_id)
    return found


def erase_interest(user_id: str, user_index: int | None, interest_id: str) -> list[Erasure]:
    """Rows of person and interest, paths through it and, of a tag, the person's tags of that name."""
    found, (kind, _, name) = [], interest_id.partition(":")
    for table in _tables():
        if (who := _who(table, user_id, user_index)) is None:
            continue
        column = next((c for c in ("interest_id", "interest") if c in table.column_names), None)
        if column:
            found.append(Erasure(table.name, f"{who} AND {column} = {literal(interest_id)}"))
        found += _traces(table, who, interest_id)
        if kind == "tag" and table.name == "bronze.events":
            found.append(Erasure(table.name, f"{who} AND event_type = 'tag' AND lower(trim(text)) = {literal(name)}"))
        if kind == "tag" and table.name == "silver.documents":
            found.append(Erasure(table.name, f"{who} AND kind = 'tag' AND lower(trim(text)) = {literal(name)}"))
    return found


def text_tables() -> list[str]:
    """Tables about distinct texts, whose rows outlive the document they were made from."""
    return [table.name for table in _tables() if "text_hash" in table.column_names and table.name != "silver.documents"]


def _tables() -> list[Table]:
    return [table for table in ALL.values() if table.name != OBJECTIONS]


def _who(table: Table, user_id: str, user_index: int | None) -> str | None:
    if "user_id" in table.column_names:
        return f"user_id = {literal(user_id)}"
    if "user_index" in table.column_names and user_index is not None:
        return f"user_index = {user_index}"
    return None


def _traces(table: Table, who: str, thing: str) -> list[Erasure]:
    lists = [column.name for column in table.columns if column.type == "array<string>"]
    if not lists:
        return []
    holds = " OR ".join(f"array_contains({name}, {literal(thing)})" for name in lists)
    spoken = any(name in table.column_names for name in WORDS) or "path" in lists
    values = {} if spoken else {name: f"array_remove({name}, {literal(thing)})" for name in lists}
    return [Erasure(table.name, f"{who} AND ({holds})", values)]
