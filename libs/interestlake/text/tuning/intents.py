"""Intents: which of the known ones a text has, or none of them."""

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
from .classifier import Classifier, encode, fit_classifier, predicted_classes
from .encoder import CosineHead, Encoder, class_means, class_weights
from .fit import History, best_device, computes_in_half
from .outlier_scores import Threshold, choose_threshold, is_rejected
from .plan import Plan, with_epochs
from .read import Labelled, classes_of
from .saved import load_model, save_model

TASK, OUTSIDE, MAX_TOKENS = "intents", "oos", 64
DEFAULTS = Plan(learning_rate=2e-4, layer_decay=0.85, word_dropout=0.1, label_smoothing=0.05)
# rows shown in all, and the fewest and most epochs: small sets need more passes, large ones fewer
SHOWN_ROWS, LEAST_EPOCHS, MOST_EPOCHS = 95_000, 4, 40
SCALE = 20.0
# out-of-scope rows are rare: each is repeated until they make this share, at most so often
OUTSIDE_SHARE, MOST_REPEATS = 0.025, 4
MIX_LOSS, MIX_FROM, MIX_TO = 0.25, 0.3, 0.7


class IntentModel:
    """A tuned encoder, its intents and its threshold; `IntentModel.load(out).predict(texts)`."""

    def __init__(self, classifier: Classifier, intents: Sequence[str], threshold: Threshold | None = None):
        self.classifier, self.intents, self.threshold = classifier, list(intents), threshold

    @classmethod
    def load(cls, folder: str | Path) -> "IntentModel":
        """What `interestlake train-intents --out folder` left; BadInput where that is not there."""
        encoder, weights, pieces, description = load_model(folder, TASK)
        head = CosineHead(weights["weight"], description["scale"])
        head.load_state_dict(weights)
        threshold = Threshold(description["score"], description["threshold"], {})
        return cls(Classifier(encoder, head, pieces), description["classes"], threshold)

    def save(self, out: Path, source: str) -> Path:
        """Write `out`/model; `source` is the folder whose tokenizer the encoder reads."""
        description = {"task": TASK, "classes": self.intents, "max_tokens": MAX_TOKENS,
                       "scale": self.classifier.head.scale, "score": present(self.threshold).score,
                       "threshold": present(self.threshold).value}  # fmt: skip
        return save_model(out, source, self.classifier.encoder, self.classifier.head, description)

    def predict(self, texts: Sequence[str] | pd.DataFrame) -> pd.DataFrame:
        """texts, or a frame with column text -> intent, confidence in [0,1], out_of_scope (bool), in the same order.

        `intent` is the nearest known one also where out_of_scope is True; `confidence` is its softmax probability with
        out of scope as one more class.
        """
        texts = texts["text"].tolist() if isinstance(texts, pd.DataFrame) else list(texts)
        if not texts:
            return pd.DataFrame({"intent": [], "confidence": [], "out_of_scope": np.zeros(0, bool)})
        return self.answers(self.classifier.logits(texts))

    def answers(self, logits: np.ndarray) -> pd.DataFrame:
        """logits (n, intents + 1) -> the frame of `predict`."""
        intents, _ = predicted_classes(logits[:, :-1], self.intents)
        probability = torch.softmax(torch.from_numpy(logits), dim=1)[:, :-1].max(dim=1).values.numpy()
        rejected = is_rejected(logits, present(self.threshold))
        return pd.DataFrame({"intent": intents, "confidence": probability, "out_of_scope": rejected})


def train_intents(
    train: Labelled, dev: Labelled, files: EncoderFiles, plan: Plan, keep: float
) -> tuple[IntentModel, History, Plan]:
    """Fine-tune on `train`; epoch, score and threshold by `dev`. Labels `oos`, and dev labels that train lacks, are out
    of scope. Returns the model, its history and the plan with the epochs that were asked for.

    loss = cross-entropy over the intents and one outlier class + 0.25 * cross-entropy of made outliers: mixtures
    l v + (1 - l) v' of unit vectors of two intents, l uniform in [0.3, 0.7] (Zhan et al., 2021). Rows of `oos` are
    outliers too (outlier exposure, Hendrycks et al., 2019), repeated up to 4 times.
    """
    intents = classes_of([label for label in train.labels if label != OUTSIDE], "intents")
    count = len(intents)
    labels, dev_labels = (class_numbers(rows.labels, intents) for rows in (train, dev))
    if not (dev_labels < count).any():
        raise BadInput.of("dev rows", found="none of a known intent", expected="one or more", where="--dev")
    outside = np.flatnonzero(labels == count)
    repeats = round(OUTSIDE_SHARE * len(labels) / len(outside)) if len(outside) else 1
    rows = [*range(len(labels)), *np.repeat(outside, min(MOST_REPEATS, max(1, repeats)) - 1).tolist()]
    plan = with_epochs(plan, len(rows), SHOWN_ROWS, LEAST_EPOCHS, MOST_EPOCHS)
    torch.manual_seed(plan.seed)
    device = best_device()
    pieces_of = Pieces(files.path, files.max_tokens)
    pieces, dev_pieces = pieces_of.of_texts(train.texts), pieces_of.of_texts(dev.texts)
    steps = present(plan.epochs) * max(1, len(rows) // plan.batch_size)
    half = computes_in_half(plan.precision, device)
    encoder = Encoder(files.path, plan.method, half, steps, plan.train_words).to(device)
    asked_labels = torch.from_numpy(labels)
    vectors = encode(encoder, pieces)
    means = class_means(vectors, asked_labels, count + 1)
    if not len(outside):
        means[count] = means[:count].mean(dim=0)
    head = CosineHead(means, SCALE, plan.dropout).to(device)
    weights = class_weights(asked_labels, count + 1).to(device) if plan.class_weights else None

    def loss_of(states: Tensor, asked: Tensor) -> Tensor:
        plain = F.cross_entropy(head(states), asked, weight=weights, label_smoothing=plan.label_smoothing)
        mixed = mix_pairs(states, asked, count)
        if not len(mixed):
            return plain
        return plain + MIX_LOSS * F.cross_entropy(head(mixed), torch.full((len(mixed),), count, device=device))

    classifier = Classifier(encoder, head, pieces_of)

    def dev_accuracy() -> float:
        return in_scope_accuracy(classifier.logits_of(dev_pieces), dev_labels)

    history = fit_classifier(classifier, pieces, asked_labels, rows, loss_of, dev_accuracy, plan)
    encoder.merged()
    threshold = choose_threshold(classifier.logits_of(dev_pieces), dev_labels, keep)
    return IntentModel(classifier, intents, threshold), history, plan


def class_numbers(labels: Sequence[str], intents: Sequence[str]) -> np.ndarray:
    """Place of each label among `intents` (n,) int64; len(intents) for any other, which is out of scope."""
    place = {intent: number for number, intent in enumerate(intents)}
    return np.array([place.get(label, len(intents)) for label in labels], np.int64)


def in_scope_accuracy(logits: np.ndarray, labels: np.ndarray) -> float:
    """Share of in-scope rows whose best intent is right, nothing rejected."""
    inside = labels < logits.shape[1] - 1
    return float((logits[inside, :-1].argmax(axis=1) == labels[inside]).mean())


def mix_pairs(vectors: Tensor, labels: Tensor, outside: int) -> Tensor:
    """vectors (batch, width) -> mixtures of rows of two different intents (at most batch / 2, width)."""
    unit = F.normalize(vectors, dim=1)
    partner = torch.randperm(len(labels), device=labels.device)
    share = torch.empty(len(labels), 1, device=unit.device).uniform_(MIX_FROM, MIX_TO)
    fits = (labels != labels[partner]) & (labels < outside) & (labels[partner] < outside)
    return (share * unit + (1 - share) * unit[partner])[fits][: len(labels) // 2]
