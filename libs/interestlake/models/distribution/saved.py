"""The trained distribution on disk and as MLflow serves it: histories of item ids in, likely items out."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from ...core.errors import BadInput
from ...text.tuning.saved import load_model, save_model
from .calibrate import Temperatures
from .model import ItemSoftmax
from .scorer import Reader
from .verbalise import TEXT_PIECES, TEXTS, TITLES

TASK, LIKELIEST = "distribution", 10


class DistributionModel:
    """Encoder, softmax, item ids and temperatures; `DistributionModel.load(out).predict(histories)`."""

    def __init__(self, reader: Reader, item_ids: Sequence[str] | np.ndarray, temperatures: Temperatures):
        self.reader, self.item_ids, self.temperatures = reader, np.asarray(item_ids, object), temperatures
        self.place = {item: column for column, item in enumerate(self.item_ids)}

    @classmethod
    def load(cls, folder: str | Path) -> "DistributionModel":
        """What `interestlake train-distribution --out folder` left; BadInput where that is not there."""
        encoder, weights, pieces, description = load_model(folder, TASK)
        if "temperatures" not in description:
            raise BadInput.of(
                "model",
                found=f"{folder} without temperatures",
                expected="known and stranger",
                where="train it again: interestlake train-distribution ... --out",
            )
        reader = Reader(encoder, ItemSoftmax.empty(weights), pieces)
        return cls(reader, description["item_ids"], Temperatures(**description["temperatures"]))

    def save(self, out: Path, source: str) -> Path:
        """Write `out`/model; `source` is the folder whose tokenizer the encoder reads."""
        description = {"task": TASK, "item_ids": self.item_ids.tolist(), "temperatures": self.temperatures._asdict(),
                       "max_tokens": TEXT_PIECES}  # fmt: skip
        return save_model(out, source, self.reader.encoder, self.reader.head, description)

    def probabilities(self, histories: Sequence[Sequence[str]]) -> np.ndarray:
        """Item ids, oldest first, per person -> (n, I) float64 rows of sum 1: 0 for items of the history.

        Ids that training did not know are left out; an empty history gives the prior.
        """
        columns = [[self.place[item] for item in history if item in self.place] for history in histories]
        newest = [part[-TITLES * TEXTS :] for part in columns]
        lengths = np.array([len(part) for part in columns])
        logits = self.reader.logits(newest).astype(np.float64) / self.temperatures.of(lengths)
        for row, part in enumerate(columns):
            logits[row, part] = -np.inf
        weight = np.exp(logits - logits.max(axis=1, keepdims=True))
        return weight / weight.sum(axis=1, keepdims=True)

    def predict(self, histories: Sequence[Sequence[str]] | pd.DataFrame) -> pd.DataFrame:
        """Histories of item ids, or a frame with that as column history -> items (the likeliest unseen, best first,
        ties by id) and their probabilities, in the same order."""
        if isinstance(histories, pd.DataFrame):
            histories = histories["history"].tolist()
        if not len(histories):
            return pd.DataFrame({"items": [], "probabilities": []})
        probabilities = self.probabilities(histories)
        order = np.argsort(-probabilities, axis=1, kind="stable")[:, :LIKELIEST]
        chosen = [row[probabilities[place, row] > 0] for place, row in enumerate(order)]
        return pd.DataFrame({
            "items": [self.item_ids[row].tolist() for row in chosen],
            "probabilities": [probabilities[place, row].tolist() for place, row in enumerate(chosen)],
        })  # fmt: skip
