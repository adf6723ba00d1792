"""`interestlake explain --user` from the lake's files: the reasons of one person's list."""

import argparse
from typing import TYPE_CHECKING

from ...core.config import RunOptions
from ...core.params.all import Params
from ...privacy.names import shown

if TYPE_CHECKING:
    from ...core.plain_lake import PlainLake


def at_once(arguments: argparse.Namespace, params: Params, options: RunOptions) -> bool:
    """Print the reasons of the list of --user; False where an item is to be taken apart, or all reasons written.

    Raises Unreadable where the lake's files cannot be read from here.
    """
    if not arguments.user or arguments.item:
        return False
    from ...core.plain_lake import PlainLake

    print(reasons_here(PlainLake(options.lake), arguments.user, params))
    return True


def reasons_here(lake: "PlainLake", user: str, params: Params, item_id: str | None = None) -> str:
    """`reasons_text` of a person of a PlainLake. Raises BadInput as `meant` and `reasons_text` do."""
    from ...privacy.meant import meant
    from ...privacy.plain_person import PlainPeople, expect_plain
    from ...serving.one_list import NEEDED, NEEDED_FROM
    from ...serving.reasons import reasons_text

    person = meant(PlainPeople(lake), user, params.ingest.pseudonym_key_file)
    expect_plain(lake, NEEDED, NEEDED_FROM)
    return reasons_text(lake, person, shown(user), params.recommend.top_k, item_id)
