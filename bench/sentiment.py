"""The tuned encoder beside the cheap tier, Spark NLP's naive Bayes: the same files.

python -m bench.sentiment --train A.csv --dev B.csv --test C.csv [--model DIR of train-sentiment]

Two classes, the lower one negative. Rows per second are wall time of a second reading of test, when all is loaded.
"""

import hashlib
import sys
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import numpy as np

from interestlake.core.errors import BadInput
from interestlake.text.tuning.read import Labelled, read_labelled
from interestlake.text.tuning.sentiment import SentimentModel

from .tuned import PARTS, options_of, tuned

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "out" / "bench" / "sentiment"
POLAR = ("negative", "positive")


def poles(classes: Collection[str], where: str) -> dict[str, str]:
    """Two classes -> `negative` for the lower, `positive` for the higher; BadInput for any other number of them."""
    if len(classes) != 2:
        raise BadInput.of("labels", found=sorted(classes), expected="two classes", where=where)
    return dict(zip(sorted(classes), POLAR, strict=True))


def polar(files: dict[str, Labelled]) -> dict[str, Labelled]:
    """Rows of two classes -> the same rows with `negative` and `positive` for the lower and the higher class."""
    named = poles(set(files["train"].labels), "--train")
    strange = {label for rows in files.values() for label in rows.labels} - set(named)
    if strange:
        raise BadInput.of("labels", found=sorted({*named, *strange}), expected="two classes", where="--train")
    return {name: Labelled(rows.texts, [named[label] for label in rows.labels]) for name, rows in files.items()}


class CheapTier:
    """Spark NLP's sentiment as the lake's annotation fits it; one Spark session."""

    def __init__(self):
        from interestlake.core.session import build_session

        settings = {"spark.master": "local[2]", "spark.driver.memory": "4g"}
        self.spark = build_session(str(ROOT / "conf"), "local", settings)

    def fit(self, train: Labelled | None) -> Callable[[Sequence[str]], list[str]]:
        """Rows, or None for the built-in sentences -> texts to labels, `na` where it has no answer."""
        from interestlake.text.annotate import fit_annotator
        from interestlake.text.sentiment import built_in_sentences

        rows = built_in_sentences(self.spark) if train is None else self._frame(train)
        annotator = fit_annotator(self.spark, rows, "bench", max_keywords=1)

        def read(texts: Sequence[str]) -> list[str]:
            numbered = self.spark.createDataFrame(list(enumerate(texts)), "row long, text string").repartition(2)
            found = annotator.sentiment.transform(annotator.words.transform(numbered))
            answers = found.selectExpr("row", "sentiment.result[0] AS label").toPandas().sort_values("row")
            return answers["label"].fillna("na").tolist()

        return read

    def _frame(self, rows: Labelled):
        # a text under both labels teaches neither
        labels: dict[str, set[str]] = {}
        for text, label in zip(rows.texts, rows.labels, strict=True):
            labels.setdefault(text, set()).add(label)
        made = [(hashlib.sha256(text.encode()).hexdigest(), text, *found)
                for text, found in labels.items() if len(found) == 1]  # fmt: skip
        return self.spark.createDataFrame(made, "text_hash string, text string, label string")


def measured(read: Callable[[Sequence[str]], list[str]], files: dict[str, Labelled]) -> dict[str, float]:
    """-> accuracy of dev and test in [0,1], and rows of test per second."""
    found = {}
    for name in ("dev", "test"):
        answers = read(files[name].texts)
        found[name] = float(np.mean([one == other for one, other in zip(answers, files[name].labels, strict=True)]))
    began = time.perf_counter()
    read(files["test"].texts)
    return found | {"rows_per_second": len(files["test"]) / (time.perf_counter() - began)}


def main(argv: list[str] | None = None) -> int:
    options = options_of("bench.sentiment", __doc__, argv)
    given = {name: read_labelled(getattr(options, name), "label", f"--{name}") for name in PARTS}
    files = polar(given)
    model = SentimentModel.load(tuned("train-sentiment", options, OUT / "ours"))
    rows = {"interestlake train-sentiment": measured(lambda texts: model.predict(texts)["label"].tolist(), given)}
    tier = CheapTier()
    rows["Spark NLP, trained on --train"] = measured(tier.fit(files["train"]), files)
    rows["Spark NLP, built-in sentences"] = measured(tier.fit(None), files)
    print(f"\n{'':<32}{'dev accuracy':>14}{'test accuracy':>15}{'rows/s':>10}")
    for name, row in rows.items():
        print(f"{name:<32}{row['dev']:>14.4f}{row['test']:>15.4f}{row['rows_per_second']:>10,.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
