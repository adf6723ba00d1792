"""The options of `interestlake explain` and `check-reasons`. Nothing slow is imported here."""

import argparse

COMMANDS = ("explain", "check-reasons")


def add_parsers(commands: argparse._SubParsersAction, common) -> None:
    """Both commands; `common` adds the options that every Spark command has."""
    explain = commands.add_parser("explain", help="structured reasons of every list, or one recommendation taken apart")
    common(explain)
    explain.add_argument("--user", help="one person: source id, pseudonym or its beginning")
    explain.add_argument("--item", help="one item: why it stands, or would stand, in the person's list")
    check = commands.add_parser("check-reasons", help="replay every reason against the tables; score without it")
    common(check)
    check.add_argument("--people", type=int, default=100, metavar="N",
                       help="people whose lists are scored again without their reasons (default 100)")
