"""Texts -> logits, and its fine-tuning: what intents and sentiment share."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from .batches import Pieces, by_length, padded, shuffled, swapped, thinned
from .encoder import Encoder
from .fit import History
from .plan import Plan
from .soup import fit_seeds

PREDICTED_ROWS, PREDICTED_TOKENS = 256, 8192


class Classifier:
    """An encoder, a head over its mean-pooled vectors, and the pieces they read."""

    def __init__(self, encoder: Encoder, head: nn.Module, pieces: Pieces):
        self.encoder, self.head, self.pieces = encoder, head, pieces

    def logits(self, texts: Sequence[str]) -> np.ndarray:
        """texts (n) -> (n, outputs) float32, in the order of `texts`, dropout off."""
        return self.logits_of(self.pieces.of_texts(texts))

    @torch.inference_mode()
    def logits_of(self, pieces: list[list[int]]) -> np.ndarray:
        """n lists of ids -> (n, outputs) float32."""
        self.head.eval()
        vectors = encode(self.encoder, pieces)
        return self.head(vectors.to(self.encoder.device)).cpu().numpy()


def encode(encoder: Encoder, pieces: list[list[int]]) -> Tensor:
    """n lists of ids -> mean-pooled vectors (n, width) float32 on the CPU."""
    lengths = [len(piece) for piece in pieces]
    return encoder.vectors(pieces, by_length(lengths, PREDICTED_ROWS, PREDICTED_TOKENS))


def fit_classifier(
    model: Classifier,
    pieces: list[list[int]],
    labels: Tensor,
    rows: Sequence[int],
    loss_of: Callable[[Tensor, Tensor], Tensor],
    dev_figure: Callable[[], float],
    plan: Plan,
) -> History:
    """Fine-tune `model` on `rows` of (pieces, labels); a row that is named twice is seen twice an epoch.

    loss_of(vectors (batch, width), labels (batch,)) -> scalar.
    """
    lengths = [len(piece) for piece in pieces]
    device = model.encoder.device

    def epoch(generator: np.random.Generator) -> list[list[int]]:
        return shuffled(rows, lengths, plan.batch_size, plan.batch_tokens, generator)

    def prepare(batch: list[int], generator: np.random.Generator):
        chosen = [pieces[row] for row in batch]
        if plan.word_dropout:
            chosen = [thinned(piece, plan.word_dropout, generator) for piece in chosen]
        if plan.word_swap:
            chosen = [swapped(piece, plan.word_swap, generator) for piece in chosen]
        return (*padded(chosen, device), labels[batch].to(device))

    def loss(ids: Tensor, mask: Tensor, label_ids: Tensor) -> Tensor:
        return loss_of(model.encoder.pooled(ids, mask), label_ids)

    steps = len(epoch(np.random.default_rng(plan.seed)))
    return fit_seeds(model.encoder, model.head, epoch, prepare, loss, dev_figure, plan, steps)


def predicted_classes(logits: np.ndarray, classes: Sequence[str]) -> tuple[list[str], np.ndarray]:
    """logits (n, classes) -> the most probable class (the first in a tie) and its softmax probability (n,)."""
    probability = torch.softmax(torch.from_numpy(logits), dim=1).numpy()
    best = logits.argmax(axis=1)
    return [classes[place] for place in best], probability[np.arange(len(best)), best]
