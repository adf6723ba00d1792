"""The options of `interestlake trend`. Nothing slow is imported here."""

import argparse

COMMAND = "trend"


def add_parser(commands: argparse._SubParsersAction, common) -> None:
    """The command; `common` adds the options that every command on a lake has."""
    parser = commands.add_parser(COMMAND, help="topics and sentiment over time, and where they leave their course")
    common(parser)
    parser.add_argument("--by", choices=("topic", "category", "item"), help="what is followed (trend.by)")


def overrides_of(arguments: argparse.Namespace) -> dict[str, object]:
    """--by as a parameter."""
    return {} if arguments.by is None else {"trend.by": arguments.by}
