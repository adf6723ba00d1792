"""`interestlake list`: one person's list with its reasons, to read or as CSV."""

import argparse
import csv
import sys
from logging import Logger

from ...core.config import RunOptions
from ...core.errors import BadInput
from ...core.lake import Lake
from ...core.params.all import Params
from ...privacy.names import shown
from ...privacy.person import find_person
from ...recommending.write_reason import plain
from ...serving.one_list import COLUMNS, one_list


def one_persons_list(arguments: argparse.Namespace, spark, params: Params, options: RunOptions, log: Logger) -> None:
    """Print the list of --user, best first: titles as plain text, or with --csv COLUMNS as they stand in the lake.

    About five small Spark jobs; writes nothing. Raises BadInput as `find_person` and `one_list` do, and for a --top
    below 1.
    """
    if arguments.top is not None and arguments.top < 1:
        raise BadInput.of("length of the list", found=arguments.top, expected=">= 1", where="--top")
    lake = Lake(spark, options.lake)
    person = find_person(lake, arguments.user, params.ingest.pseudonym_key_file)
    rows = one_list(lake, person, shown(arguments.user), arguments.top or params.recommend.top_k)
    if arguments.csv:
        csv.writer(sys.stdout, lineterminator="\n").writerows([COLUMNS, *rows])
        return
    titles = [plain(title) for _, _, title, _, _ in rows]
    width = max(map(len, titles))
    for (rank, item_id, _, score, reason), title in zip(rows, titles, strict=True):
        print(f"{rank:>4}  {title:<{width}}  {score:.4f}  {item_id}\n      {reason}")
