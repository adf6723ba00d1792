"""What a fine-tuning leaves beside its model: metrics.json, predictions.csv, the picture of what was mistaken."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from sklearn.metrics import precision_recall_fscore_support

from ...core.json_file import write_metrics

SHOWN_CLASSES = 25


def write_results(out: Path, figures: Mapping, predictions: pd.DataFrame, picture: Figure) -> list[Path]:
    """metrics.json, predictions.csv and confusion.png in `out`; returns their paths."""
    out.mkdir(parents=True, exist_ok=True)
    paths = [out / "metrics.json", out / "predictions.csv", out / "confusion.png"]
    write_metrics(figures, paths[0])
    predictions.round({"confidence": 6}).to_csv(paths[1], index=False, lineterminator="\n")
    picture.savefig(paths[2], dpi=110)
    return paths


def class_report(true: Sequence[str], answered: Sequence[str]) -> dict[str, dict[str, float]]:
    """Class -> precision, recall, f1, support (rows of the class in `true`); a ratio over nothing is 0."""
    classes = sorted(set(true) | set(answered))
    columns: Any = precision_recall_fscore_support(true, answered, labels=classes, zero_division=0)
    names = ("precision", "recall", "f1", "support")
    return {name: dict(zip(names, map(float, row), strict=True))
            for name, row in zip(classes, zip(*columns, strict=True), strict=True)}  # fmt: skip


def confusion_figure(true: Sequence[str], answered: Sequence[str], ignored: str | None = None) -> Figure:
    """Shares of each true class' rows by the class that was answered; above 25 classes the ones most often mistaken.

    Pairs of `ignored` with itself are left out (the words outside entities).
    """
    pairs = Counter(pair for pair in zip(true, answered, strict=True) if pair != (ignored, ignored))
    mistaken = Counter()
    for (one, other), count in pairs.items():
        if one != other:
            mistaken[one] += count
            mistaken[other] += count
    classes = sorted({name for pair in pairs for name in pair})
    whole = len(classes)
    if whole > SHOWN_CLASSES:
        classes = sorted(sorted(classes, key=lambda name: (-mistaken[name], name))[:SHOWN_CLASSES])
    rows = Counter()
    for (one, _), count in pairs.items():
        rows[one] += count
    share = np.array([[pairs[one, other] / max(1, rows[one]) for other in classes] for one in classes])
    side = max(3.5, 0.32 * len(classes) + 2)
    figure = Figure(figsize=(side + 0.8, side), layout="constrained")
    axis = figure.subplots()
    image = axis.imshow(share.reshape(len(classes), len(classes)), vmin=0, vmax=1, cmap="Blues")
    axis.set_xticks(range(len(classes)), classes, rotation=90, fontsize=7)
    axis.set_yticks(range(len(classes)), classes, fontsize=7)
    title = "test rows by class" if whole == len(classes) else f"the {len(classes)} of {whole} classes most mistaken"
    axis.set(xlabel="answered", ylabel="true", title=title)
    figure.colorbar(image, shrink=0.7, label="share of the true class")
    return figure
