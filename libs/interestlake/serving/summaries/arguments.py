"""The options of `interestlake summarise`. Nothing slow is imported here."""

import argparse

COMMANDS = ("summarise",)


def add_parsers(commands: argparse._SubParsersAction, common) -> None:
    """One command; `common` adds the options that every Spark command has."""
    summarise = commands.add_parser("summarise", help="titles, descriptions and summaries made of an item's own texts")
    common(summarise)
    what = summarise.add_mutually_exclusive_group()
    what.add_argument("--item", help="print one item's texts and where each stands (default: all, to the lake)")
    what.add_argument("--user", help="print an introduction to a person's list and a reading of their profile")
    summarise.add_argument("--sentences", type=int, default=4, metavar="N", help="sentences of a summary (default 4)")
    summarise.add_argument("--blocked", metavar="FILE", help="further words that reach no text, one a line")
    summarise.add_argument("--classifier", metavar="MODULE:FUNCTION", help="texts -> probabilities of being harmful")
    summarise.add_argument("--generator", metavar="DIR", help="a transformers folder that rewrites --item's summary")
    summarise.add_argument("--endpoint", metavar="URL", help="an OpenAI-compatible server that does, http://host/v1")
    summarise.add_argument("--model", help="model name at the endpoint")
