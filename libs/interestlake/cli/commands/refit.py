"""`interestlake refit`: the fusion weights moved by feedback."""

import argparse

from ...core.config import FEEDBACK, parse_override
from .group import Group

COMMAND = "refit"


def _add_parsers(commands: argparse._SubParsersAction, common) -> None:
    refit = commands.add_parser(COMMAND, help="move the fusion weights by feedback on what was shown")
    common(refit)
    refit.add_argument("--feedback", required=True, metavar="CSV", help="user_id,item_id[,weight][,timestamp], ids as "
                       "in the source; weight 0: shown and not liked")
    refit.add_argument("--rate", metavar="R", help="what a person of the feedback counts beside one that the weights "
                       "rest on (refit.rate, default 1)")
    refit.add_argument("--recommend", action="store_true", help="also write everyone's lists by the moved weights")


def _overrides_of(arguments: argparse.Namespace) -> dict[str, object]:
    return {} if arguments.rate is None else dict([parse_override(f"refit.rate={arguments.rate}")])


def _inputs_of(arguments: argparse.Namespace) -> tuple[str, list[tuple[str, str]]]:
    return FEEDBACK, [("--feedback", arguments.feedback)]


def _run(arguments, spark, params, options, log) -> None:
    from ...core.lake import Lake
    from ...core.pipeline import run_stages
    from ...core.stage import expect_lake
    from ...recommending.people_behind import WEIGHTS
    from ...reporting.refit_table import refit_table
    from ...stages.refit import REFIT, REFRESH

    # before a run is noted where no lake is
    expect_lake(Lake(spark, options.lake), (WEIGHTS,), "interestlake run --until recommend")
    figures = run_stages(spark, (REFIT, REFRESH) if arguments.recommend else (REFIT,), params, options)
    print(refit_table(figures[REFIT.name]))


REFIT = Group((COMMAND,), _add_parsers, _run, _overrides_of, _inputs_of)
