"""What `interestlake list` prints, and the same from the lake's files before Spark starts."""

import argparse
import csv
import io
from typing import TYPE_CHECKING

from ...core.config import RunOptions
from ...core.errors import BadInput
from ...core.params.all import Params
from ...privacy.names import shown
from ...recommending.write_reason import plain
from ...serving.one_list import COLUMNS, NEEDED, NEEDED_FROM, one_list

if TYPE_CHECKING:
    from ...core.plain_lake import PlainLake


def at_once(arguments: argparse.Namespace, params: Params, options: RunOptions) -> bool:
    """`one_persons_list` from the lake's files. Raises Unreadable where they cannot be read from here."""
    from ...core.plain_lake import PlainLake

    length = length_of(arguments.top, params)
    print(list_text(PlainLake(options.lake), arguments.user, length, params, arguments.csv))
    return True


def list_text(lake: "PlainLake", user: str, length: int, params: Params, as_csv: bool = False) -> str:
    """The list of a person of a PlainLake. Raises BadInput as `meant` and `one_list` do."""
    from ...privacy.meant import meant
    from ...privacy.plain_person import PlainPeople, expect_plain

    person = meant(PlainPeople(lake), user, params.ingest.pseudonym_key_file)
    expect_plain(lake, NEEDED, NEEDED_FROM)
    return as_text(one_list(lake, person, shown(user), length), as_csv)


def length_of(top: int | None, params: Params) -> int:
    """The length that is asked for, recommend.top_k where none is. Raises BadInput below 1."""
    if top is not None and top < 1:
        raise BadInput.of("length of the list", found=top, expected=">= 1", where="--top")
    return top or params.recommend.top_k


def as_text(rows: list[tuple], as_csv: bool) -> str:
    """Rows of `one_list` to read, or as CSV."""
    if as_csv:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([COLUMNS, *rows])
        return text.getvalue().removesuffix("\n")
    titles = [plain(title) for _, _, title, _, _ in rows]
    width = max(map(len, titles))
    return "\n".join(f"{rank:>4}  {title:<{width}}  {score:.4f}  {item_id}\n      {reason}"
                     for (rank, item_id, _, score, reason), title in zip(rows, titles, strict=True))  # fmt: skip
