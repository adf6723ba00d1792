"""The options of `interestlake train-intents`, `train-sentiment` and `train-tagger`. Nothing slow is imported here."""

import argparse

METHODS = ("full", "lora", "adalora")
PRECISIONS = ("auto", "float32", "bfloat16")
COMMANDS = ("train-intents", "train-sentiment", "train-tagger")


def add_parsers(commands: argparse._SubParsersAction) -> None:
    """The three commands; none starts Spark. Options left out take the task's default (docs/tuning.md)."""
    intents = commands.add_parser(COMMANDS[0], help="fine-tune the encoder to tell intents, and what is none of them")
    _files(intents, "CSV", "text,intent; the intent oos is out of scope", dev_needed=False)
    intents.add_argument("--keep", type=float, default=0.98, metavar="SHARE",
                         help="share of right in-scope dev answers that the threshold keeps (default 0.98)")
    sentiment = commands.add_parser(COMMANDS[1], help="fine-tune the encoder to tell the classes of texts")
    _files(sentiment, "CSV", "text,label", dev_needed=False)
    for parser in (intents, sentiment):
        parser.add_argument("--refit", action="store_true", help="train again on train and dev together, with what dev "
                            "chose; doubles the time")
    tagger = commands.add_parser(COMMANDS[2], help="fine-tune the encoder to find entities")
    _files(tagger, "CONLL", "token ... tag, tab or space, a blank line between sentences", dev_needed=True)


def _files(parser: argparse.ArgumentParser, kind: str, columns: str, dev_needed: bool) -> None:
    parser.add_argument("--train", required=True, metavar=kind, help=columns)
    cut = "" if dev_needed else " (default: a tenth of train, by class)"
    parser.add_argument("--dev", required=dev_needed, metavar=kind, help=f"the same columns{cut}")
    parser.add_argument("--test", required=True, metavar=kind, help="the same columns; read for the scores alone")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder of the results")
    parser.add_argument("--method", choices=METHODS, default="full", help="what is trained (default full)")
    parser.add_argument("--encoder", default="", metavar="PATH", help="another BERT folder than the shipped MiniLM")
    parser.add_argument("--seed", type=int, default=42, help="seed of every random step (default 42)")
    parser.add_argument("--tracking-uri", help="MLflow store (default: MLFLOW_TRACKING_URI, else none is kept)")
    parser.add_argument("--register", metavar="NAME", help="name of the model in that store, which is then needed "
                        "(default: interestlake. and intents, sentiment or tagger)")
    parser.add_argument("--precision", choices=PRECISIONS, default="auto",
                        help="of training; auto (default) is bfloat16 where the machine computes in it")
    parser.add_argument("--class-weights", action="store_true", help="rare classes count as much as frequent ones")
    parser.add_argument("--train-words", action="store_true",
                        help="train the vectors of word pieces too, under --method full")
    settings = {
        "epochs": (int, "passes over train (default: fewer for more rows)"),
        "learning-rate": (float, "peak of the top layer"),
        "head-rate": (float, "peak rate of the new head"),
        "layer-decay": (float, "rate of a layer over that of the layer above it"),
        "batch-size": (int, "rows of a step"),
        "dropout": (float, "share of the head's inputs that is left out"),
        "weight-decay": (float, "L2 of the matrices"),
        "word-dropout": (float, "share of word pieces that is left out"),
        "word-swap": (float, "share of word pieces that change places with another of their text (not the tagger)"),
        "label-smoothing": (float, "share of a label that is spread over all classes"),
        "adversarial": (float, "length of the worst step added to the word vectors; doubles the time"),
        "average": (float, "decay per step of the running mean of weights, 0 for none"),
        "ensemble": (int, "epochs, the best on dev, whose weights are averaged, where dev is not worse for it"),
        "seeds": (int, "trainings, from --seed on; the mean of their weights where dev is not worse for it"),
        "patience": (int, "epochs below the best dev figure before it stops; 0: all run and the last is kept"),
    }
    for name, (kind_of, meaning) in settings.items():
        parser.add_argument(f"--{name}", type=kind_of, metavar="N" if kind_of is int else "X", help=meaning)
