"""The options of `interestlake compress`. Nothing slow is imported here."""

import argparse

COMMAND = "compress"


def add_parser(commands: argparse._SubParsersAction) -> None:
    """The command; it starts no Spark."""
    parser = commands.add_parser(COMMAND, help="int8, pruned and distilled forms of a tuned model, in one table")
    parser.add_argument("--model", required=True, metavar="DIR", help="--out of train-intents or train-sentiment")
    parser.add_argument("--texts", required=True, metavar="CSV", help="column text: what is distilled and weighed "
                        "on; labels are not read")
    parser.add_argument("--data", required=True, metavar="CSV", help="text,intent or text,label: for figures alone")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder of the results, a folder per form")
    parser.add_argument("--heads", type=float, default=0.25, metavar="SHARE", help="heads left out (default 0.25)")
    parser.add_argument("--weights", type=float, default=0.4, metavar="SHARE",
                        help="weights of the encoder's matrices set to 0 (default 0.4)")
    parser.add_argument("--layers", type=int, metavar="N", help="layers of the distilled encoder (default: half)")
    parser.add_argument("--epochs", type=int, metavar="N",
                        help="passes of the distillation (default: about 60,000 rows)")
    parser.add_argument("--seed", type=int, default=42, help="seed of every random step (default 42)")
