"""Which item an id names, and which ones were perhaps meant by an id that none has."""

from collections.abc import Callable

from ..core.counted import counted
from ..core.errors import BadInput
from ..core.present import present
from ..core.rows import Rows, first
from ..privacy.names import is_text, shown
from ..recommending.write_reason import plain, quoted
from .directory import Directory
from .titles import folded, without_year

ITEM = ("item_id", "title", "categories", "user_count")
SHOWN_NEAR = 3
MOST_TITLED = 50  # of one title that are looked at


def find_item(rows: Rows, directory: Callable[[], Directory], wanted: str, where: str = "--item") -> dict:
    """ITEM of the item whose id is `wanted`, or whose title, where one item alone has it.

    directory() is opened only for an id that none has. Raises BadInput with the SHOWN_NEAR nearest: titles that hold
    `wanted`, else ids near it, else titles near it.
    """
    if not wanted or not is_text(wanted):
        raise BadInput.of("item", found="no id" if not wanted else shown(wanted), expected="an item_id of silver.items",
                          where=f"{where} (interestlake who --like TITLE lists items)")  # fmt: skip
    item = first(rows.of("silver.items", ITEM, {"item_id": [wanted]}))
    if item is not None:
        return item
    opened = directory()
    titled = _titled(opened, wanted)
    if len(titled) == 1:
        return present(first(rows.of("silver.items", ITEM, {"item_id": [titled[0]["item_id"]]})))
    near = titled[:SHOWN_NEAR] or _near(opened, wanted)
    named = ", ".join(f"{one['item_id']} {quoted(one['title'])}" for one in near)
    expected = f"an item_id of silver.items{f'; near it are {named}' if near else ''}"
    found = "several of that title" if titled else "none of that id or title"
    raise BadInput.of(f"item {shown(wanted)}", found=found, expected=expected,
                      where=f"{where} (interestlake who --like TITLE lists items)")  # fmt: skip


def _titled(directory: Directory, wanted: str) -> list[dict]:
    """Items of that title; those that have it whole go first, then those that have it without their year alone."""
    there, text = directory.titled(wanted, MOST_TITLED), folded(wanted)
    for whole in (folded, without_year):
        if same := [one for one in there if whole(one["title"]) == text]:
            return same
    return there


def _near(directory: Directory, wanted: str) -> list[dict]:
    text = wanted.strip()
    holding = directory.by_title(text, SHOWN_NEAR) if len(text) > 2 else []
    return (holding or directory.near_ids(text, SHOWN_NEAR) or directory.near_titles(text))[:SHOWN_NEAR]


def heading(item: dict) -> str:
    """An item's title, id, categories and people in one line."""
    people = counted(item["user_count"], "person", "people")
    parts = [item["item_id"], ", ".join(map(plain, item["categories"])), f"{people} chose it"]
    return f"{plain(item['title'])}  {'; '.join(part for part in parts if part)}"
