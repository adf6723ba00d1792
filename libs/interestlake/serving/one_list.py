"""One person's list as it stands in the lake, with titles."""

from collections.abc import Collection

from ..core.errors import BadInput
from ..core.rows import Rows
from ..privacy.meant import Person
from ..privacy.said import said_of

TABLE = "gold.recommendations"
NEEDED, NEEDED_FROM = (TABLE, "silver.items"), "interestlake run --until recommend"
COLUMNS = ("rank", "item_id", "title", "score", "reason")


def list_rows(rows: Rows, user_id: str, length: int, *more: str) -> list[dict]:
    """The first `length` rows of a person's list with rank, item_id, score, reason and `more` columns, best first;
    what the person refused or had forgotten since the list was made is none of them."""
    listed = rows.of(TABLE, ["rank", "item_id", "score", "reason", *more], {"user_id": [user_id]})
    if listed:
        said = said_of(rows, user_id)
        listed = [row for row in listed if row["rank"] <= length and not said.bars(user_id, row["item_id"])]
    return sorted(listed, key=lambda row: row["rank"])


def expect_rows(listed: list[dict], named: str) -> list[dict]:
    """The rows of a list. Raises BadInput where there are none; named: what the message calls the person."""
    if not listed:
        raise BadInput.of(f"list of {named}", found=f"none: the person is in silver.users, and not in {TABLE}",
                          expected="a list that `interestlake recommend` made after the person came",
                          where="--user, or run recommend again")  # fmt: skip
    return listed


def one_list(rows: Rows, person: Person, named: str, length: int) -> list[tuple]:
    """The first `length` rows of a person's list as COLUMNS, best first; named: what the message calls the person.

    Raises BadInput where the person has none.
    """
    listed = expect_rows(list_rows(rows, person.user_id, length), named)
    titles = titles_of(rows, {row["item_id"] for row in listed})
    return [(row["rank"], row["item_id"], titles.get(row["item_id"], row["item_id"]), row["score"], row["reason"])
            for row in listed]  # fmt: skip


def titles_of(rows: Rows, item_ids: Collection[str]) -> dict[str, str]:
    """item_id -> title of the items asked for."""
    items = rows.of("silver.items", ["item_id", "title"], {"item_id": item_ids}) if item_ids else []
    return {row["item_id"]: row["title"] for row in items}
