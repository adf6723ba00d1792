"""The options of `interestlake profile`, `feedback` and `forget`. Nothing slow is imported here."""

import argparse

COMMANDS = ("profile", "feedback", "forget")


def add_parsers(commands: argparse._SubParsersAction, common) -> None:
    """The three commands; `common` adds the options that every Spark command has."""
    profile = commands.add_parser("profile", help="one person's page: interests, trends, lists with reasons, controls")
    _person(profile, common)
    profile.add_argument("--out", metavar="HTML", help="file (default: reports/profile-<id>.html in the lake)")
    profile.add_argument("--open", action="store_true", help="show the page in the browser")
    profile.add_argument("--serve", action="store_true", help="serve it on this machine, so that its buttons work")
    profile.add_argument("--port", type=int, default=0, help="port of --serve (default: a free one)")
    feedback = commands.add_parser("feedback", help="what a person does not want to see, heeded from the next list on")
    _person(feedback, common)
    feedback.add_argument("--not-interested", action="append", default=[], metavar="ITEM", help="item id; repeatable")
    feedback.add_argument("--not-interested-in", action="append", default=[], metavar="INTEREST",
                          help="interest id such as tag:funny; repeatable")
    feedback.add_argument("--withdraw", action="store_true", help="take the named objections back instead")
    forget = commands.add_parser("forget", help="delete what the lake holds of a person, also from history")
    _person(forget, common)
    what = forget.add_mutually_exclusive_group(required=True)
    what.add_argument("--item", metavar="ITEM", help="this item of the person's history")
    what.add_argument("--interest", metavar="INTEREST", help="this interest of the person, such as tag:funny")
    what.add_argument("--everything", action="store_true", help="the person")
    forget.add_argument("--keep-history-hours", type=float, default=0.0, metavar="H",
                        help="older versions of the tables younger than this stay readable (default 0: none)")


def _person(parser: argparse.ArgumentParser, common) -> None:
    common(parser)
    parser.add_argument("--user", required=True, help="the source's user id, a pseudonym, or its beginning")
