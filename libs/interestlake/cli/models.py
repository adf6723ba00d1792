"""`interestlake models`: the registry as a table or as JSON, alone, on a lake, or on files."""

import argparse
import json
import os
from collections.abc import Callable
from logging import Logger

from ..core.config import load_params
from ..core.errors import BadInput
from ..core.storage import has_scheme


def models(arguments: argparse.Namespace, log: Logger, start: Callable) -> None:
    """List every model; Spark starts for a lake alone. Nothing is fitted and nothing written."""
    data, last, bounds = None, {}, None
    beside = [f"--{name}" for name in ("items", "social", "facts") if getattr(arguments, name)]
    if beside and not arguments.train:
        raise BadInput.of(" and ".join(beside), found="no pairs", expected="train pairs beside them", where="--train")
    if arguments.lake:
        bounds = load_params(arguments.conf_dir).recommend
        data, last = _of_lake(arguments.lake, log, start)

    from ..recommending.listing import as_json, as_table, data_of_files, listing

    if arguments.train:
        from ..interactions.csv_files import read_inputs

        files = arguments.items, arguments.social, arguments.facts
        data = data_of_files(read_inputs(arguments.train, None, None, *files))
    if data:
        people = data.size.people - bool(arguments.train)  # files have one more, nobody, for strangers' lists
        counts = (data.size.pairs, people, data.size.items)
        log.info("%s train pairs of %s people and %s items", *(f"{count:,}" for count in counts))
    rows = listing(data, last, bounds=bounds)
    print(json.dumps(as_json(rows), indent=1) if arguments.json else as_table(rows))


def _of_lake(root: str, log: Logger, start: Callable):
    """(Data, last run) of a lake; a folder that is not there is told before Spark starts."""
    if not has_scheme(root) and not os.path.isdir(root):
        raise BadInput.of(
            f"lake {root}", found="none there", expected="a lake after `interestlake run`", where="--lake"
        )
    log.info("starting Spark ...")
    with start() as (spark, loading):
        loading.result()
        from ..core.lake import Lake
        from ..recommending.listing import data_of_lake, last_run

        lake = Lake(spark, root)
        return data_of_lake(lake), last_run(lake)
