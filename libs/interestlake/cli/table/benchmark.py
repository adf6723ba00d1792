"""Given train and test files: every model on them, and the files themselves."""

from .command import Command, Number, OnFiles, Option, OverLake, as_share
from .shared import OUT, PAIRS, SEED, SPLIT_FILES, TOP

SPLITS = ("stratified-item", "stratified-user", "leave-one-out", "global-time", "cold-items")
RANKINGS = ("ranking", "leave-one-out", "leave-one-out-sampled", "cold-items")
SIDE_FILES = (
    Option("--items", "item_id,title,text", metavar="CSV", place=True),
    Option("--social", "user_id,friend_id", metavar="CSV", place=True),
    Option("--facts", "subject,predicate,object with item ids as subjects", metavar="CSV", place=True),
)
BENCHMARK = (
    *SPLIT_FILES,
    *SIDE_FILES,
    Option(
        "--protocol", "ranking (default): all unseen items; leave-one-out: the same, validated on last pairs; "
        "leave-one-out-sampled: the held-out item among 100 drawn ones; cold-items: all items, validated on items "
        "withheld from train", choices=RANKINGS, default="ranking",
    ),
    TOP,
    Option("--ablate", "fuse without each granularity as well", bool),
    Option("--families", "fuse collaborative and content models apart, too", bool),
    Option("--models", "only these models and popularity (default: all that fit)", metavar="A,B"),
    Option("--minutes", "plan the search for M minutes", Number(0, 1e6), metavar="M"),
    Option("--max-gigabytes", "leave out models that would hold more", Number(), metavar="G"),
    Option("--chosen", "no search: models, parameters and fusion of this file", metavar="JSON", place=True),
    Option("--budget", "at most N fits per model (default: by model)", Number(1, 10**6, whole=True), metavar="N"),
    Option(
        "--variety", "share of validation nDCG that the fused list may give for less popular items", as_share, 0.01,
        metavar="SHARE",
    ),
    Option(
        "--diversity", "0 (default) to 1: how much the fused list avoids items like those above them", as_share, 0.0,
        metavar="D",
    ),
    Option(
        "--tracking-uri", "MLflow store (default: MLFLOW_TRACKING_URI, else none is kept)", default="",
        environment="MLFLOW_TRACKING_URI",
    ),
    OUT,
    SEED,
)  # fmt: skip
SPLIT = (
    Option("--input", PAIRS, metavar="CSV", required=True, place=True),
    Option("--protocol", choices=SPLITS, required=True),
    Option("--test-share", "default 0.25", float, 0.25),
    Option("--validation-share", "default 0: no validation file", float, 0.0),
    OUT,
    SEED,
)
COMMANDS = (
    Command(
        "benchmark", "start", "every model and their fusion on given train and test files",
        "interestlake benchmark --train train.csv --test test.csv --out out/benchmark",
        OnFiles("cli.benchmark.command:benchmark"), BENCHMARK,
    ),
    Command(
        "split", "start", "train, validation and test files by a published protocol",
        "interestlake split --input ratings.csv --protocol stratified-item --out out/split",
        OnFiles("cli.benchmark.split:split"), SPLIT,
    ),
    Command(
        "export-split", "start", "what a run split, as the benchmark's files, with what it chose",
        "interestlake export-split --lake out/lake --out out/split", OverLake("cli.export:split_of_lake"), (OUT,),
    ),
)  # fmt: skip
