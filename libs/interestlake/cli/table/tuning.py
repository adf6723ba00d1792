"""An encoder tuned on given files, and made smaller. Options left out take the task's default (docs/tuning.md)."""

from .command import Command, OnFiles, Option, as_count, as_share
from .shared import ENCODER, OUT, PRECISION, SEED, TRACKING_OR_NONE

METHODS = ("full", "lora", "adalora")
SETTINGS = {
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


def files(kind: str, columns: str, dev_needed: bool) -> tuple[Option, ...]:
    """Options of every task; dev_needed: it cannot be cut from train."""
    cut = "" if dev_needed else " (default: a tenth of train, by class)"
    return (
        Option("--train", columns, metavar=kind, required=True, place=True),
        Option("--dev", f"the same columns{cut}", metavar=kind, required=dev_needed, place=True),
        Option("--test", "the same columns; read for the scores alone", metavar=kind, required=True, place=True),
        OUT,
        Option("--method", "what is trained (default full)", choices=METHODS, default="full"),
        ENCODER,
        SEED,
        TRACKING_OR_NONE,
        Option(
            "--register", "name of the model in that store, which is then needed (default: interestlake. and intents, "
            "sentiment or tagger)", metavar="NAME",
        ),
        PRECISION,
        Option("--class-weights", "rare classes count as much as frequent ones", bool),
        Option("--train-words", "train the vectors of word pieces too, under --method full", bool),
        *(Option(f"--{name}", meaning, kind_of, metavar="N" if kind_of is int else "X")
          for name, (kind_of, meaning) in SETTINGS.items()),
    )  # fmt: skip


KEEP = Option(
    "--keep", "share of right in-scope dev answers that the threshold keeps (default 0.98)", float, 0.98,
    metavar="SHARE",
)  # fmt: skip
REFIT = Option(
    "--refit", "train again on train and dev together, with what dev chose; doubles the time", bool
)  # fmt: skip
COMPRESS = (
    Option("--model", "--out of train-intents or train-sentiment", metavar="DIR", required=True),
    Option(
        "--texts",
        "column text: what is distilled and weighed on; labels are not read",
        metavar="CSV",
        required=True,
        place=True,
    ),
    Option("--data", "text,intent or text,label: for figures alone", metavar="CSV", required=True, place=True),
    OUT,
    Option("--heads", "heads left out (default 0.25)", as_share, 0.25, metavar="SHARE"),
    Option("--weights", "weights of the encoder's matrices set to 0 (default 0.4)", as_share, 0.4, metavar="SHARE"),
    Option("--layers", "layers of the distilled encoder (default: half)", as_count, metavar="N"),
    Option("--epochs", "passes of the distillation (default: about 60,000 rows)", as_count, metavar="N"),
    SEED,
)
COMMANDS = (
    Command(
        "train-intents", "texts", "fine-tune the encoder to tell intents, and what is none of them",
        "interestlake train-intents --train train.csv --test test.csv --out out/intents",
        OnFiles("text.tuning.command:train_intents"),
        (*files("CSV", "text,intent; the intent oos is out of scope", dev_needed=False), KEEP, REFIT),
    ),
    Command(
        "train-sentiment", "texts", "fine-tune the encoder to tell the classes of texts",
        "interestlake train-sentiment --train train.csv --test test.csv --out out/sentiment",
        OnFiles("text.tuning.command:train_sentiment"), (*files("CSV", "text,label", dev_needed=False), REFIT),
    ),
    Command(
        "train-tagger", "texts", "fine-tune the encoder to find entities",
        "interestlake train-tagger --train train.conll --dev dev.conll --test test.conll --out out/tagger",
        OnFiles("text.tuning.command:train_tagger"),
        files("CONLL", "token ... tag, tab or space, a blank line between sentences", dev_needed=True),
    ),
    Command(
        "compress", "texts", "int8, pruned and distilled forms of a tuned model, in one table",
        "interestlake compress --model out/intents --texts texts.csv --data test.csv --out out/small",
        OnFiles("text.compressing.command:compress"), COMPRESS,
    ),
)  # fmt: skip
