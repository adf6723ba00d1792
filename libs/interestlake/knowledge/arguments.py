"""The options of the knowledge commands. Each sets a parameter of the section `knowledge`; nothing slow is imported."""

import argparse
from collections.abc import Callable

RANK = "knowledge-rank"
COMMANDS = (RANK,)
PREFIX = "knowledge."


def add_parsers(commands: argparse._SubParsersAction, common: Callable[[argparse.ArgumentParser], None]) -> None:
    """The commands over an existing lake; `common` adds the options that every command on Spark has."""
    rank = commands.add_parser(RANK, help="rank items by what a history tells about their features (KL divergence)")
    common(rank)
    _set(rank, "--top", "top_k", int, "N", "items of a person's ranking (default 10)")


def _set(parser: argparse.ArgumentParser, option: str, name: str, kind, metavar: str, meaning: str) -> None:
    parser.add_argument(option, dest=f"{PREFIX}{name}", type=kind, metavar=metavar, help=meaning)


def overrides_of(arguments: argparse.Namespace) -> dict[str, object]:
    """{"knowledge.top_k": 10, ...} of the options that were given."""
    given = {name: value for name, value in vars(arguments).items() if name.startswith(PREFIX)}
    return {name: value for name, value in given.items() if value is not None}
