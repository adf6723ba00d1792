"""What the command line asks of a group of commands."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass


def no_overrides(arguments: argparse.Namespace) -> dict[str, object]:
    """No option of the command is a parameter."""
    return {}


def no_inputs(arguments: argparse.Namespace) -> tuple[str | None, list[tuple[str, str]]]:
    """The command reads nothing but the lake."""
    return None, []


@dataclass(frozen=True)
class Group:
    """Commands that are parsed alike and run alike, on Spark and a lake.

    add_parsers(subparsers, common): one parser a command; common adds the options that every command on a lake has.
    overrides_of: parameters ("als.rank" -> 16) that a command's own options set. inputs_of: what a run says it read:
    its source, and (option, path) of each file. run(arguments, spark, params, options, log): do it and print.
    """

    commands: tuple[str, ...]
    add_parsers: Callable
    run: Callable
    overrides_of: Callable[[argparse.Namespace], dict[str, object]] = no_overrides
    inputs_of: Callable[[argparse.Namespace], tuple[str | None, list[tuple[str, str]]]] = no_inputs
