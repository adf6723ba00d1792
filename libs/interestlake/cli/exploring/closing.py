"""What the commands over a finished lake print at their end, of the tables that their stage wrote."""

import argparse
from collections.abc import Mapping

from ...core.config import RunOptions
from ...core.lake import Lake
from ...core.params.all import Params
from ...reporting.counts_table import counts_table
from . import tell


def interests(lake: Lake, arguments: argparse.Namespace) -> None:
    """One person's profile where asked for, else trends, influence, hubs and bridges."""
    if arguments.user:
        tell.profile(lake, arguments.user)
    else:
        tell.interests(lake)


def expand(lake: Lake, arguments: argparse.Namespace) -> None:
    """How many expansions came from where, and one person's where asked for."""
    tell.expansions(lake, arguments.user)


def evaluate_expansion(lake: Lake, options: RunOptions, figures: Mapping[str, float]) -> None:
    """What was found of hidden interests, what expansions add to short histories, and the setting chosen."""
    tell.figures(lake, options.run_id, "expansion", "late interests found again (test people)")
    tell.figures(lake, options.run_id, "little_history", "items found from a history of three (test people)")
    chosen = " ".join(f"--set expand.{name[7:]}={value:g}" for name, value in figures.items() if name[:7] == "chosen.")
    print(f"\nchosen on validation people: {chosen}")


def evaluate_interests(lake: Lake, options: RunOptions) -> None:
    """What the first interests of people are worth, on validation and on test."""
    tell.figures(lake, options.run_id, "interests_validation", "first interests (validation items, maps of train)")
    tell.figures(lake, options.run_id, "interests", "first interests (test items, maps of train and validation)")


def trend(lake: Lake, figures: Mapping[str, float], params: Params) -> None:
    """The counts, the alarms, and what was furthest from its usual share in the newest period."""
    print(counts_table(figures))
    tell.trends(lake, params.trend.min_people)


def people(lake: Lake, options: RunOptions, arguments: argparse.Namespace) -> None:
    """The figures, the groups, and one person's lists."""
    tell.figures(lake, options.run_id, "people", "hidden friendships found again (test people)")
    tell.people(lake, arguments.user)


def next_interest(lake: Lake, options: RunOptions, arguments: argparse.Namespace) -> None:
    """The figures beside Markov, popularity and naive, and one person's next."""
    tell.figures(lake, options.run_id, "next_interest", "the next interest (test steps)")
    tell.figures(lake, options.run_id, "forecast", "shares of interests over the last three months (backtest)")
    tell.figures(lake, options.run_id, "forecast_all", "all choices over the last three months (backtest)")
    tell.upcoming(lake, arguments.user)


def cross_domain(lake: Lake, options: RunOptions) -> None:
    """How well people who are new in this catalogue are served by what another one knows of them."""
    tell.figures(lake, options.run_id, "cross_domain", "items of this catalogue found (test people)")
