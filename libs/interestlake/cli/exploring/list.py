"""`interestlake list`: one person's list with its reasons, to read or as CSV."""

import argparse
import csv
import sys
from logging import Logger

from ...core.config import RunOptions
from ...core.errors import BadInput
from ...core.lake import Lake
from ...core.params.all import Params
from ...core.storage import located
from ...privacy.names import shown
from ...privacy.person import find_person
from ...privacy.plain_person import plain_person
from ...recommending.write_reason import plain
from ...serving.one_list import COLUMNS, one_list, plain_list


def one_persons_list(arguments: argparse.Namespace, spark, params: Params, options: RunOptions, log: Logger) -> None:
    """Print the list of --user, best first: titles as plain text, or with --csv COLUMNS as they stand in the lake.

    About five small Spark jobs; writes nothing. Raises BadInput as `find_person` and `one_list` do, and for a --top
    below 1.
    """
    lake = Lake(spark, options.lake)
    person = find_person(lake, arguments.user, params.ingest.pseudonym_key_file)
    _show(arguments, one_list(lake, person, shown(arguments.user), _length(arguments, params)))


def at_once(arguments: argparse.Namespace, params: Params, options: RunOptions) -> bool:
    """`one_persons_list` from the lake's files, before Spark starts; False, and nothing said, where that finds none."""
    length, root = _length(arguments, params), located(options.lake)
    user_id = plain_person(root, arguments.user, params.ingest.pseudonym_key_file)
    rows = None if user_id is None else plain_list(root, user_id, length)
    if rows is not None:
        _show(arguments, rows)
    return rows is not None


def _length(arguments: argparse.Namespace, params: Params) -> int:
    if arguments.top is not None and arguments.top < 1:
        raise BadInput.of("length of the list", found=arguments.top, expected=">= 1", where="--top")
    return arguments.top or params.recommend.top_k


def _show(arguments: argparse.Namespace, rows: list[tuple]) -> None:
    if arguments.csv:
        csv.writer(sys.stdout, lineterminator="\n").writerows([COLUMNS, *rows])
        return
    titles = [plain(title) for _, _, title, _, _ in rows]
    width = max(map(len, titles))
    for (rank, item_id, _, score, reason), title in zip(rows, titles, strict=True):
        print(f"{rank:>4}  {title:<{width}}  {score:.4f}  {item_id}\n      {reason}")
