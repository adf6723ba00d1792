"""`interestlake interests` and the commands that build on it: stages over a finished lake, then what they found."""

import argparse
from dataclasses import replace
from logging import Logger

from pyspark.sql import SparkSession

from ...core.config import RunOptions
from ...core.lake import Lake
from ...core.params.all import Params
from ...core.pipeline import run_stages
from ...core.stage import expect_lake
from ...stages.cross_domain import CROSS_DOMAIN
from ...stages.cross_domain import READS as CROSS_READS
from ...stages.evaluate_expansion import EVALUATE_EXPANSION
from ...stages.expand import EXPAND, READS
from ...stages.interests import INTERESTS, NEEDED, NEEDED_FROM
from ...stages.next_interest import NEXT_INTEREST
from ...stages.people import PEOPLE_STAGE
from ...stages.people import READS as PEOPLE_READS
from . import tell


def interests(spark: SparkSession, params: Params, options: RunOptions, arguments: argparse.Namespace) -> None:
    """Write the profiles; print trends, influence, hubs and bridges."""
    lake = Lake(spark, options.lake)
    expect_lake(lake, NEEDED, NEEDED_FROM)  # before a run is noted where no lake is
    run_stages(spark, (INTERESTS,), params, options)
    tell.interests(lake)
    if arguments.user:
        tell.profile(lake, arguments.user)


def expand(spark: SparkSession, params: Params, options: RunOptions, arguments: argparse.Namespace) -> None:
    """Write everyone's expansions; print how many came from where, and one person's where asked for."""
    lake = Lake(spark, options.lake)
    expect_lake(lake, READS, NEEDED_FROM)
    run_stages(spark, (EXPAND,), params, options)
    tell.expansions(lake, arguments.user)


def evaluate_expansion(spark: SparkSession, params: Params, options: RunOptions, _: argparse.Namespace) -> None:
    """Write and print what was found of hidden interests, and what expansions add to short histories."""
    lake = Lake(spark, options.lake)
    expect_lake(lake, READS, NEEDED_FROM)
    figures = run_stages(spark, (EVALUATE_EXPANSION,), params, options)[EVALUATE_EXPANSION.name]
    tell.figures(lake, options.run_id, "expansion", "late interests found again (test people)")
    tell.figures(lake, options.run_id, "little_history", "items found from a history of three (test people)")
    chosen = " ".join(f"--set expand.{name[7:]}={value:g}" for name, value in figures.items() if name[:7] == "chosen.")
    print(f"\nchosen on validation people: {chosen}")


def people(spark: SparkSession, params: Params, options: RunOptions, arguments: argparse.Namespace) -> None:
    """Write people to know, experts and groups; print the figures, the groups, and one person's lists."""
    lake = Lake(spark, options.lake)
    expect_lake(lake, PEOPLE_READS, "interestlake interests")
    run_stages(spark, (PEOPLE_STAGE,), params, options)
    tell.figures(lake, options.run_id, "people", "hidden friendships found again (test people)")
    tell.people(lake, arguments.user)


def next_interest(spark: SparkSession, params: Params, options: RunOptions, arguments: argparse.Namespace) -> None:
    """Write what people turn to next and where interests go; print the figures beside Markov, popularity and naive."""
    lake = Lake(spark, options.lake)
    expect_lake(lake, NEEDED, NEEDED_FROM)
    run_stages(spark, (NEXT_INTEREST,), params, options)
    tell.figures(lake, options.run_id, "next_interest", "the next interest (test steps)")
    tell.figures(lake, options.run_id, "forecast", "shares of interests over the last three months (backtest)")
    tell.figures(lake, options.run_id, "forecast_all", "all choices over the last three months (backtest)")
    tell.upcoming(lake, arguments.user)


def cross_domain(spark: SparkSession, params: Params, options: RunOptions, arguments: argparse.Namespace) -> None:
    """Write and print how well people who are new in this catalogue are served by what another one knows of them."""
    lake = Lake(spark, options.lake)
    expect_lake(lake, CROSS_READS, NEEDED_FROM)
    if arguments.from_lake:
        expect_lake(Lake(spark, arguments.from_lake), CROSS_READS, NEEDED_FROM)
        options = replace(options, inputs=(arguments.from_lake,))
    run_stages(spark, (CROSS_DOMAIN,), params, options)
    tell.figures(lake, options.run_id, "cross_domain", "items of this catalogue found (test people)")


def run(arguments: argparse.Namespace, spark: SparkSession, params: Params, options: RunOptions, log: Logger) -> None:
    """The command of `arguments` on a running Spark session."""
    known = (interests, expand, evaluate_expansion, people, next_interest, cross_domain)
    called = {function.__name__.replace("_", "-"): function for function in known}
    if getattr(arguments, "user", None):  # whether there is such a person is told before minutes of work
        lake = Lake(spark, options.lake)
        expect_lake(lake, ("silver.users",), NEEDED_FROM)
        arguments.user = tell.person(lake, arguments.user)
    called[arguments.command](spark, params, options, arguments)
