"""Whether there is a run to be undone, read from the lake's files before Spark starts."""

import argparse

from ..core.claim import undone_run
from ..core.config import RunOptions
from ..core.plain_lake import PlainLake
from ..core.storage import has_scheme
from ..core.undo import expect_known


def at_once(arguments: argparse.Namespace, options: RunOptions) -> bool:
    """False: the undo itself needs Spark. Raises BadInput for a run that is none, Unreadable where ops.runs is not to
    be read from here."""
    if has_scheme(options.lake) or not arguments.run_id:
        return False
    runs = PlainLake(options.lake).frame("ops.runs", ["run_id", "source"])
    sources = {str(run): str(source) for run, source in zip(runs["run_id"], runs["source"], strict=True)}
    begun = any(undone_run(one) == arguments.run_id != one for one in sources)  # its undo was killed near its end
    if arguments.dry_run or not begun or arguments.run_id in sources:
        expect_known(arguments.run_id, sources)
    return False
