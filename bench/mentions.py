"""Polarity of the clause that names something, beside that of the whole text: labelled mentions, both tiers.

python -m bench.mentions --data mentions.csv --model DIR of train-sentiment [--train A.csv for the cheap tier]

mentions.csv: header text,term,label; two classes, the lower one negative, as the model's. A mention whose words no
clause holds is judged by the whole text, and counted. Mixed texts are those with terms of both classes.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from interestlake.text.mentions import mentions_of
from interestlake.text.tuning.read import read_columns, read_labelled
from interestlake.text.tuning.sentiment import SentimentModel
from interestlake.text.words import phrase_of

from .sentiment import POLAR, CheapTier, polar, poles

COLUMNS = ("text", "term", "label")


def read_mentions(path: str | Path) -> pd.DataFrame:
    """CSV -> text, term, label (negative or positive), clause (None where no clause holds the term), mixed (bool)."""
    frame = pd.DataFrame(dict(zip(COLUMNS, read_columns(str(path), COLUMNS, "--data"), strict=True)))
    frame["label"] = frame["label"].map(poles(set(frame["label"]), "--data"))
    frame["clause"] = [clause_with(text, term) for text, term in zip(frame["text"], frame["term"], strict=True)]
    frame["mixed"] = frame.groupby("text")["label"].transform("nunique") > 1
    return frame


def clause_with(text: str, term: str) -> str | None:
    """The first clause that names `term`, as the lake finds mentions; None where none does."""
    phrase = phrase_of(term)
    found = mentions_of(text, {phrase: term}) if phrase else []
    return found[0][2] if found else None


def shares(frame: pd.DataFrame, read: Callable[[Sequence[str]], list[str]]) -> dict[str, tuple[float, float]]:
    """clause, whole text -> share of mentions judged right: of all, and of those in mixed texts."""
    found = {}
    for name, texts in (("clause", frame["clause"].fillna(frame["text"])), ("whole text", frame["text"])):
        right = np.array(read(texts.tolist())) == frame["label"]
        found[name] = (float(right.mean()), float(right[frame["mixed"]].mean()))
    return found


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.mentions", description=__doc__)
    for name, needed in (("data", True), ("model", True), ("train", False)):
        parser.add_argument(f"--{name}", required=needed)
    options = parser.parse_args(argv)
    frame = read_mentions(options.data)
    model = SentimentModel.load(options.model)
    named = poles(model.classes, "--model")
    tiers = {"tuned encoder": lambda texts: model.predict(texts)["label"].map(named).tolist()}
    if options.train:
        train = polar({"train": read_labelled(options.train, "label", "--train")})["train"]
        tiers["Spark NLP"] = CheapTier().fit(train)
    print(f"{len(frame):,} mentions, {frame['mixed'].sum():,} of them in mixed texts, {frame['clause'].isna().sum():,} "
          f"in no clause, {(frame['label'] == POLAR[1]).mean():.1%} positive")  # fmt: skip
    print(f"{'':<16}{'judged by':<12}{'all':>8}{'mixed texts':>13}")
    for tier, read in tiers.items():
        for name, (whole, mixed) in shares(frame, read).items():
            print(f"{tier:<16}{name:<12}{whole:>8.4f}{mixed:>13.4f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
