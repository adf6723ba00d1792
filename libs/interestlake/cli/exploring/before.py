"""What is looked at before a command over a lake begins minutes of work."""

import argparse
from dataclasses import replace

from ...core.config import RunOptions
from ...core.lake import Lake
from ...core.stage import expect_lake
from ...stages.cross_domain import READS
from ...stages.interests import NEEDED_FROM
from . import tell


def somebody(lake: Lake, options: RunOptions, arguments: argparse.Namespace) -> RunOptions:
    """--user, where given, becomes the one user_id that begins so. Raises BadInput for none or several."""
    if arguments.user:
        expect_lake(lake, ("silver.users",), NEEDED_FROM)
        arguments.user = tell.person(lake, arguments.user)
    return options


def other_lake(lake: Lake, options: RunOptions, arguments: argparse.Namespace) -> RunOptions:
    """--from-lake, where given, is what the run says that it read. Raises BadInput where no such lake is."""
    if not arguments.from_lake:
        return options
    expect_lake(Lake(lake.spark, arguments.from_lake), READS, NEEDED_FROM)
    return replace(options, inputs=(arguments.from_lake,))
