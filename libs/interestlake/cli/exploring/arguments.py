"""The options of the commands over a finished lake. Nothing slow is imported here."""

import argparse
from collections.abc import Callable

COMMANDS = ("interests", "expand", "evaluate-expansion", "people", "next-interest", "cross-domain")


def add_parsers(commands: argparse._SubParsersAction, common: Callable[[argparse.ArgumentParser], None]) -> None:
    """One parser per command; `common` adds the options that every command over a lake has."""
    interests = commands.add_parser("interests", help="interest profiles, trends, influence, hubs and bridges")
    common(interests)
    interests.add_argument("--user", metavar="U", help="also print the profile of the person whose id begins so")
    expand = commands.add_parser("expand", help="new interests of every person, with confidence, path and source")
    common(expand)
    expand.add_argument("--surprise", type=float, metavar="S", help="0: the surest first (default)")
    expand.add_argument("--user", metavar="U", help="also print the expansions of the person whose id begins so")
    evaluate = commands.add_parser("evaluate-expansion", help="hide people's late interests and find them again")
    common(evaluate)
    people = commands.add_parser("people", help="people to know, experts and groups")
    common(people)
    people.add_argument("--user", metavar="U", help="also print the people for the person whose id begins so")
    upcoming = commands.add_parser("next-interest", help="what people turn to next, and where each interest goes")
    common(upcoming)
    upcoming.add_argument("--user", metavar="U", help="also print it for the person whose id begins so")
    crossing = commands.add_parser("cross-domain", help="lists in this lake by what another one knows of the people")
    common(crossing)
    crossing.add_argument("--from-lake", metavar="LAKE", help="the lake that knows the people (default: a half of this "
                          "lake's items is one shop, the other half the other)")


def chosen(arguments: argparse.Namespace) -> dict[str, object]:
    """Parameters that a command's own options set."""
    surprise = getattr(arguments, "surprise", None)
    return {} if surprise is None else {"expand.surprise": surprise}
