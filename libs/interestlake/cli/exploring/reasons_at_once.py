"""`interestlake explain` of one person, one item, or both, from the lake's files."""

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from ...core.config import RunOptions
from ...core.errors import BadInput, Unreadable
from ...core.params.all import Params
from ...core.present import present
from ...privacy.names import shown

if TYPE_CHECKING:
    from ...core.plain_lake import PlainLake
    from ...core.rows import Rows
    from ...privacy.person import Person
    from ...serving.directory import Directory

MOST_ROWS = 20_000_000  # of a table that is looked through for one item; above, Spark does
LOOKED_THROUGH = ("silver.interactions", "graph.item_edges", "graph.item_transitions", "gold.recommendations",
                  "silver.item_interests", "silver.facts", "bronze.items")  # fmt: skip


def at_once(arguments: argparse.Namespace, params: Params, options: RunOptions) -> bool:
    """Print what is asked of --user, --item or both; False where a score is to be taken apart, or reasons written.

    Raises Unreadable where the lake's files cannot be read from here, or are too many.
    """
    if arguments.apart:
        expect_apart(arguments)
        return False
    if arguments.user is None and arguments.item is None:
        return False
    from ...core.plain_lake import PlainLake

    print(reasons_here(PlainLake(options.lake), arguments.user, arguments.item, params))
    return True


def expect_apart(arguments: argparse.Namespace) -> None:
    """BadInput where a score is to be taken apart, and a person or an item is missing."""
    if not (arguments.user and arguments.item):
        missing = " and ".join(flag for flag in ("--user", "--item") if not getattr(arguments, flag[2:]))
        raise BadInput.of("explain", found=f"--apart without {missing}", expected="a person and an item",
                          where="--user and --item")  # fmt: skip


def reasons_here(lake: "PlainLake", user: str | None, item_id: str | None, params: Params) -> str:
    """`explained` of a PlainLake. Raises BadInput as it does, and Unreadable as `at_once`."""
    from ...privacy.meant import meant
    from ...privacy.plain_person import PlainPeople, expect_plain
    from ...serving.one_list import NEEDED, NEEDED_FROM
    from ...serving.plain_who import PlainDirectory

    person = meant(PlainPeople(lake), user, params.ingest.pseudonym_key_file) if user is not None else None
    expect_plain(lake, NEEDED, NEEDED_FROM)
    for name in LOOKED_THROUGH if item_id is not None else ():
        if lake.there(name) and (count := lake.count(name)) > MOST_ROWS:
            raise Unreadable(f"{count:,} rows of {name}, more than {MOST_ROWS:,}")
    return explained(lake, person, user, item_id, params.recommend.top_k, lambda: PlainDirectory(lake))


def explained(
    rows: "Rows",
    person: "Person | None",
    user: str | None,
    item_id: str | None,
    top_k: int,
    directory: Callable[[], "Directory"],
) -> str:
    """What `explain` prints of a person, who was named `user`, an item, or both. Raises BadInput as `find_item` and
    `reasons_text` do."""
    from ...serving.about_item import about_text
    from ...serving.named_item import find_item
    from ...serving.reasons import reasons_text
    from ...serving.why_item import why_text

    if item_id is None:
        return reasons_text(rows, present(person), shown(present(user)), top_k)
    item = find_item(rows, directory, item_id)
    return about_text(rows, item) if person is None else why_text(rows, person, item, top_k)
