"""The options of the commands over a finished lake. Nothing slow is imported here."""

import argparse
from collections.abc import Callable

COMMANDS = ("interests",)


def add_parsers(commands: argparse._SubParsersAction, common: Callable[[argparse.ArgumentParser], None]) -> None:
    """One parser per command; `common` adds the options that every command over a lake has."""
    interests = commands.add_parser("interests", help="interest profiles, trends, influence, hubs and bridges")
    common(interests)
    interests.add_argument("--user", metavar="U", help="also print the profile of the person whose id begins so")


def chosen(arguments: argparse.Namespace) -> dict[str, object]:
    """Parameters that a command's own options set."""
    surprise = getattr(arguments, "surprise", None)
    return {} if surprise is None else {"expand.surprise": surprise}
