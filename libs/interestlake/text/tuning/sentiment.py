"""Sentiment, or any other classes of texts."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import Tensor
from torch.nn import functional as F

from ...core.errors import BadInput
from ...core.present import present
from ..encoder_files import EncoderFiles
from .batches import Pieces
from .classifier import Classifier, fit_classifier, predicted_classes
from .encoder import Encoder, LinearHead, class_weights
from .fit import History, best_device, computes_in_half
from .plan import Plan, with_epochs
from .read import Labelled, classes_of
from .saved import load_model, save_model

TASK, MAX_TOKENS = "sentiment", 128
DEFAULTS = Plan(learning_rate=2e-4, layer_decay=0.9, word_dropout=0.05, patience=2)
SHOWN_ROWS, LEAST_EPOCHS, MOST_EPOCHS = 200_000, 2, 20


class SentimentModel:
    """A tuned encoder and its classes; `SentimentModel.load(out).predict(texts)`."""

    def __init__(self, classifier: Classifier, classes: Sequence[str]):
        self.classifier, self.classes = classifier, list(classes)

    @classmethod
    def load(cls, folder: str | Path) -> "SentimentModel":
        """What `interestlake train-sentiment --out folder` left; BadInput where that is not there."""
        encoder, weights, pieces, description = load_model(folder, TASK)
        head = LinearHead(encoder.width, len(description["classes"]))
        head.load_state_dict(weights)
        return cls(Classifier(encoder, head, pieces), description["classes"])

    def save(self, out: Path, source: str) -> Path:
        """Write `out`/model; `source` is the folder whose tokenizer the encoder reads."""
        description = {"task": TASK, "classes": self.classes, "max_tokens": MAX_TOKENS}
        return save_model(out, source, self.classifier.encoder, self.classifier.head, description)

    def predict(self, texts: Sequence[str] | pd.DataFrame) -> pd.DataFrame:
        """texts, or a frame with column text -> label, confidence (softmax probability in [0,1]), in the same order."""
        texts = texts["text"].tolist() if isinstance(texts, pd.DataFrame) else list(texts)
        if not texts:
            return pd.DataFrame({"label": [], "confidence": []})
        labels, confidence = predicted_classes(self.classifier.logits(texts), self.classes)
        return pd.DataFrame({"label": labels, "confidence": confidence})


def train_sentiment(
    train: Labelled, dev: Labelled, files: EncoderFiles, plan: Plan
) -> tuple[SentimentModel, History, Plan]:
    """Fine-tune on `train` by cross-entropy; the epoch by accuracy on `dev`, whose unknown labels count as wrong.

    Returns the model, its history and the plan with the epochs that were asked for.
    """
    classes = classes_of(train.labels, "labels")
    place = {label: number for number, label in enumerate(classes)}
    if not set(dev.labels) & set(classes):
        raise BadInput.of("dev labels", found=sorted(set(dev.labels)), expected=f"some of {classes}", where="--dev")
    label_ids = torch.tensor([place[label] for label in train.labels])
    dev_wanted = np.array([place.get(label, -1) for label in dev.labels])
    plan = with_epochs(plan, len(train), SHOWN_ROWS, LEAST_EPOCHS, MOST_EPOCHS)
    torch.manual_seed(plan.seed)
    device = best_device()
    pieces_of = Pieces(files.path, files.max_tokens)
    pieces, dev_pieces = pieces_of.of_texts(train.texts), pieces_of.of_texts(dev.texts)
    steps = present(plan.epochs) * max(1, len(train) // plan.batch_size)
    half = computes_in_half(plan.precision, device)
    encoder = Encoder(files.path, plan.method, half, steps, plan.train_words).to(device)
    head = LinearHead(encoder.width, len(classes), plan.dropout).to(device)
    weights = class_weights(label_ids, len(classes)).to(device) if plan.class_weights else None
    classifier = Classifier(encoder, head, pieces_of)

    def loss_of(vectors: Tensor, asked: Tensor) -> Tensor:
        return F.cross_entropy(head(vectors), asked, weight=weights, label_smoothing=plan.label_smoothing)

    def dev_accuracy() -> float:
        return float((classifier.logits_of(dev_pieces).argmax(axis=1) == dev_wanted).mean())

    history = fit_classifier(classifier, pieces, label_ids, range(len(pieces)), loss_of, dev_accuracy, plan)
    encoder.merged()
    return SentimentModel(classifier, classes), history, plan
