"""The options of `interestlake benchmark` and `interestlake split`."""

import argparse
import os

SPLITS = ("stratified-item", "stratified-user", "leave-one-out", "global-time", "cold-items")
RANKINGS = ("ranking", "leave-one-out", "leave-one-out-sampled", "cold-items")


def add_parsers(commands: argparse._SubParsersAction) -> None:
    """Both commands; neither starts Spark."""
    benchmark = commands.add_parser("benchmark", help="every model and their fusion on given train and test files")
    benchmark.add_argument("--train", required=True, metavar="CSV", help="user_id,item_id[,weight][,timestamp]")
    benchmark.add_argument("--test", required=True, metavar="CSV", help="the same columns; read for the scores alone")
    benchmark.add_argument("--validation", metavar="CSV", help="the same columns (default: cut from train)")
    benchmark.add_argument("--items", metavar="CSV", help="item_id,title,text")
    benchmark.add_argument("--social", metavar="CSV", help="user_id,friend_id")
    benchmark.add_argument("--facts", metavar="CSV", help="subject,predicate,object with item ids as subjects")
    benchmark.add_argument(
        "--protocol",
        choices=RANKINGS,
        default="ranking",
        help="ranking (default): all unseen items; leave-one-out: the same, validated on "
        "last pairs; leave-one-out-sampled: the held-out item among 100 drawn ones; "
        "cold-items: all items, validated on items withheld from train",
    )
    benchmark.add_argument("--top", type=int, default=10, metavar="K", help="length of the lists (default 10)")
    benchmark.add_argument("--ablate", action="store_true", help="fuse without each granularity as well")
    benchmark.add_argument("--families", action="store_true", help="fuse collaborative and content models apart, too")
    benchmark.add_argument("--models", metavar="A,B", help="only these models and popularity (default: all that fit)")
    benchmark.add_argument("--minutes", type=float, metavar="M", help="plan the search for M minutes")
    benchmark.add_argument("--max-gigabytes", type=float, metavar="G", help="leave out models that would hold more")
    benchmark.add_argument("--chosen", metavar="JSON", help="no search: models, parameters and fusion of this file")
    benchmark.add_argument("--budget", type=int, metavar="N", help="at most N fits per model (default: by model)")
    benchmark.add_argument(
        "--variety",
        type=float,
        default=0.01,
        metavar="SHARE",
        help="share of validation nDCG that the fused list may give for less popular items",
    )
    benchmark.add_argument(
        "--diversity",
        type=float,
        default=0.0,
        metavar="D",
        help="0 (default) to 1: how much the fused list avoids items like those above them",
    )
    benchmark.add_argument("--tracking-uri", default=os.environ.get("MLFLOW_TRACKING_URI", ""),
                           help="MLflow store (default: MLFLOW_TRACKING_URI, else none is kept)")
    _common(benchmark)
    split = commands.add_parser("split", help="train, validation and test files by a published protocol")
    split.add_argument("--input", required=True, metavar="CSV", help="user_id,item_id[,weight][,timestamp]")
    split.add_argument("--protocol", required=True, choices=SPLITS)
    split.add_argument("--test-share", type=float, default=0.25, help="default 0.25")
    split.add_argument("--validation-share", type=float, default=0.0, help="default 0: no validation file")
    _common(split)


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", required=True, metavar="DIR", help="folder of the results")
    parser.add_argument("--seed", type=int, default=42, help="seed of every random step (default 42)")
