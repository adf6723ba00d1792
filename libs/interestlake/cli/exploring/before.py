"""What is looked at before a command over a lake begins minutes of work."""

import argparse
from dataclasses import replace

from ...core.config import RunOptions
from ...core.lake import Lake
from ...core.params.all import Params
from ...core.stage import expect_lake
from ...privacy.person import find_person
from ...stages.cross_domain import READS
from ...stages.interests import NEEDED_FROM


def somebody(lake: Lake, options: RunOptions, arguments: argparse.Namespace, params: Params) -> RunOptions:
    """--user, where given, becomes the user_id of whom it names. Raises BadInput as `find_person` does.

    Schedulers cannot leave an option out: an empty one names nobody.
    """
    if arguments.user:
        arguments.user = find_person(lake, arguments.user, params.ingest.pseudonym_key_file).user_id
    return options


def other_lake(lake: Lake, options: RunOptions, arguments: argparse.Namespace, params: Params) -> RunOptions:
    """--from-lake, where given, is what the run says that it read. Raises BadInput where no such lake is."""
    if not arguments.from_lake:
        return options
    expect_lake(Lake(lake.spark, arguments.from_lake), READS, NEEDED_FROM)
    return replace(options, inputs=(arguments.from_lake,))
