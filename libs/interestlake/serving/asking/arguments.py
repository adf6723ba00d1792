"""The options of `interestlake ask`. Nothing slow is imported here."""

import argparse

COMMAND = "ask"
PROFILES = ("local", "standalone", "gpu", "databricks")


def add_parser(commands: argparse._SubParsersAction) -> None:
    """`interestlake ask`; it reads the lake and writes nothing to it."""
    ask = commands.add_parser(COMMAND, help="answer a request in plain words with a list and its reasons")
    ask.add_argument("request", help="what is wanted, in words; - reads it from standard input")
    ask.add_argument("--lake", required=True, help="root folder or prefix of the Delta tables")
    ask.add_argument("--user", help="who asks, id as in the source (default: nobody's profile)")
    ask.add_argument("--top", type=int, default=10, metavar="N", help="items of the list (default 10)")
    ask.add_argument("--include-seen", action="store_true", help="also items that the person has chosen before")
    ask.add_argument("--intents", metavar="MODEL", help="--out of train-intents, or models:/interestlake.intents@ALIAS")
    ask.add_argument("--tagger", metavar="MODEL", help="--out of train-tagger, or models:/interestlake.tagger@ALIAS")
    ask.add_argument("--json", action="store_true", help="print JSON")
    ask.add_argument("--max-gigabytes", type=float, default=4.0, metavar="G",
                     help="memory that the items may take in this process (default 4)")
    ask.add_argument("--tracking-uri", help="MLflow store: where models:/ names are looked up, and, where it is named "
                     "here, what takes a run with what was understood and how long it took; never the words")
    ask.add_argument("--conf", default=None, help="configuration folder (default: conf where it is there)")
    ask.add_argument("--profile", choices=PROFILES, default="local", help="conf/spark/<profile>.properties")
    ask.add_argument("--set", action="append", default=[], metavar="SECTION.NAME=VALUE", help="one parameter")
