"""The options of `interestlake train-distribution`. Nothing slow is imported here."""

import argparse

COMMAND = "train-distribution"
ADAPTERS = ("full", "lora", "adalora", "frozen")
COMPARED = "popularity,als,sasrec"


def add_parser(commands: argparse._SubParsersAction) -> None:
    """The command; it starts no Spark."""
    parser = commands.add_parser(COMMAND, help="fine-tune the encoder to foretell items from a history in words")
    parser.add_argument("--train", required=True, metavar="CSV", help="user_id,item_id[,weight][,timestamp]")
    parser.add_argument("--test", required=True, metavar="CSV", help="the same columns; read for the scores alone")
    parser.add_argument("--validation", metavar="CSV", help="the same columns (default: cut from train)")
    parser.add_argument("--items", required=True, metavar="CSV", help="item_id,title,text")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder of the results")
    parser.add_argument("--adapter", choices=ADAPTERS, default="lora",
                        help="what of the encoder is trained (default lora)")
    parser.add_argument("--encoder", default="", metavar="PATH", help="another BERT folder than the shipped MiniLM")
    parser.add_argument("--epochs", type=int, metavar="N", help="at most N passes (default 12)")
    parser.add_argument("--compare", default=COMPARED, metavar="A,B", help="models of `interestlake benchmark` beside "
                        f"it on the same files (default {COMPARED}; '' for none)")
    parser.add_argument("--budget", type=int, metavar="N", help="at most N fits per compared model (default: by model)")
    parser.add_argument("--no-refit", action="store_true", help="keep what was trained without the validation pairs")
    parser.add_argument("--top", type=int, default=10, metavar="K", help="length of the lists (default 10)")
    parser.add_argument("--protocol", choices=("ranking", "leave-one-out"), default="ranking",
                        help="how validation is cut from train: at random (default) or each person's last pair")
    parser.add_argument("--precision", choices=("auto", "float32", "bfloat16"), default="auto",
                        help="of training; auto (default) is bfloat16 where the machine computes in it")
    parser.add_argument("--seed", type=int, default=42, help="seed of every random step (default 42)")
    parser.add_argument("--tracking-uri", help="MLflow store (default: MLFLOW_TRACKING_URI, else none is kept)")
    parser.add_argument("--register", metavar="NAME", help="name of the model in that store (default: "
                        "interestlake.distribution)")
