"""`interestlake plan`: what a run of a given size will take, per stage, before it is started. Spark does not start."""

import argparse
import json
import os
from logging import Logger

from ..core.config import conf_folder, load_params
from ..core.errors import BadInput, Unreadable
from ..core.storage import has_scheme, located
from ..evaluation.search import PATIENCE
from ..reporting.planning.bounds import binding
from ..reporting.planning.foretell import Cluster, beyond, foretell
from ..reporting.planning.measured import Constants, shipped_rows
from ..reporting.planning.told import Plan, as_json, lines
from ..reporting.planning.workload import Workload


def plan(arguments: argparse.Namespace, log: Logger) -> None:
    """Print the plan of --people, --items, --events and --texts on --nodes of --cores and --memory."""
    params = load_params(conf_folder(arguments.conf), {})
    reviews = round(arguments.events / 100) if arguments.texts is None else arguments.texts
    workload = Workload(arguments.people, arguments.items, arguments.events, reviews)
    _expect_sense(workload)
    cluster = Cluster(arguments.nodes, arguments.cores or os.cpu_count() or 1, arguments.memory)
    constants = Constants.of_rows(shipped_rows())
    factors = _factors(arguments.lake, constants) if arguments.lake else {}
    told = Plan(
        workload,
        cluster,
        foretell(constants, workload, cluster, factors),
        binding(workload, params, cluster.nodes),
        beyond(constants, workload),
        60 * PATIENCE * params.tune.minutes,
        factors,
    )
    print(json.dumps(as_json(told), indent=1) if arguments.json else "\n".join(lines(told)))


def _expect_sense(workload: Workload) -> None:
    if workload.events < workload.people:
        raise BadInput.of("plan", found=f"{workload.events:,} events of {workload.people:,} people",
                          expected="an event a person at least", where="--events, --people")  # fmt: skip


def _factors(root: str, constants: Constants):
    if not has_scheme(root) and not os.path.isdir(root):
        raise BadInput.of(f"lake {root}", found="none there", expected="a lake after `interestlake run`",
                          where="--lake")  # fmt: skip
    from ..core.plain_lake import PlainLake
    from ..reporting.planning.of_lake import factors_of_lake

    try:
        return factors_of_lake(PlainLake(located(root)), constants)
    except Unreadable as why:
        raise BadInput.of(f"lake {root}", found=str(why), expected="a lake after `interestlake run`",
                          where="--lake") from why  # fmt: skip
