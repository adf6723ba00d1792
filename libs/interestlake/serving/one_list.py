"""One person's list as it stands in the lake, with titles."""

import pyarrow.dataset as ds

from ..core.errors import BadInput
from ..core.lake import Lake
from ..core.plain_tables import PlainTable, Unreadable
from ..core.stage import expect_lake
from ..privacy.person import Person
from ..reporting.person import collect_suggestions, collect_titles

TABLE = "gold.recommendations"
COLUMNS = ("rank", "item_id", "title", "score", "reason")


def one_list(lake: Lake, person: Person, named: str, length: int) -> list[tuple]:
    """The first `length` rows of a person's list as COLUMNS, best first; named: what the message calls the person.

    Two small Spark jobs. Raises BadInput where the lake has no lists, and where the person has none.
    """
    expect_lake(lake, (TABLE, "silver.items"), "interestlake run --until recommend")
    rows = collect_suggestions(lake.read(TABLE), person.user_id, length)
    if not rows:
        raise BadInput.of(f"list of {named}", found=f"none: the person is in silver.users, and not in {TABLE}",
                          expected="a list that `interestlake recommend` made after the person came",
                          where="--user, or run recommend again")  # fmt: skip
    titles = collect_titles(lake.read("silver.items"), {row["item_id"] for row in rows})
    return [(row["rank"], row["item_id"], titles.get(row["item_id"], (row["item_id"],))[0], row["score"],
             row["reason"]) for row in rows]  # fmt: skip


def plain_list(root: str, user_id: str, length: int) -> list[tuple] | None:
    """The rows of `one_list` from files alone; None where there are none, or the lake cannot be read so."""
    try:
        columns = ["rank", "item_id", "score", "reason"]
        mine = (ds.field("user_id") == user_id) & (ds.field("rank") <= length)
        rows = PlainTable(f"{root}/gold/recommendations").rows(columns, mine).sort_values("rank")
        listed = ds.field("item_id").isin(rows["item_id"].tolist())
        items = PlainTable(f"{root}/silver/items").rows(["item_id", "title"], listed)
    except Unreadable:
        return None
    titles = dict(zip(items["item_id"], items["title"], strict=True))
    return [(int(row.rank), row.item_id, titles.get(row.item_id, row.item_id), row.score, row.reason)
            for row in rows.itertuples()] or None  # fmt: skip
