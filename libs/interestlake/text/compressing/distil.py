"""A student of fewer layers that learns the teacher's vectors and answers on texts without labels."""

from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ...core.errors import BadInput
from ..tuning.batches import Pieces
from ..tuning.classifier import Classifier, encode, fit_classifier
from ..tuning.encoder import Encoder
from ..tuning.fit import History
from ..tuning.plan import Plan, with_epochs

SOFTNESS = 2.0
DEV_EVERY = 10
PLAN = Plan(learning_rate=3e-4, head_rate=3e-4, layer_decay=1.0, word_dropout=0.0, patience=3)
SHOWN_ROWS, LEAST_EPOCHS, MOST_EPOCHS = 60_000, 3, 30


def student_of(folder: Path, teacher: Classifier, layers: int, pieces: Pieces) -> Classifier:
    """The teacher with `layers` of its layers, spread evenly and the last among them (Sanh et al., 2019, took every
    second), in their order; its word vectors and its head."""
    whole = teacher.encoder.layers
    encoder = Encoder(str(folder))
    layers_of = [round((number + 1) * whole / layers) - 1 for number in range(layers)]
    encoder.bert.encoder.layer = nn.ModuleList([encoder.bert.encoder.layer[place] for place in layers_of])
    encoder.bert.config.num_hidden_layers = encoder.layers = layers
    return Classifier(encoder, teacher.head, pieces)


def distil(teacher: Classifier, student: Classifier, texts: list[str], seed: int, epochs: int | None) -> History:
    """Train the student: KL of soft answers (Hinton et al., 2015) and 1 - cosine of vectors (Sanh et al., 2019).

    Every DEV_EVERY-th text is held out; the epoch that agrees most often with the teacher there is kept.
    """
    pieces = student.pieces.of_texts(texts)
    vectors = encode(teacher.encoder, pieces)
    with torch.inference_mode():
        teacher.head.eval()
        logits = teacher.head(vectors)
    vectors, logits = vectors.clone(), logits.clone()
    held_out = list(range(0, len(texts), DEV_EVERY))
    rows = [row for row in range(len(texts)) if row % DEV_EVERY]
    if not rows:
        raise BadInput.of("texts", found=len(texts), expected="two or more", where="--texts")
    answers = logits.argmax(dim=1).numpy()
    plan = with_epochs(replace(PLAN, seed=seed, epochs=epochs), len(rows), SHOWN_ROWS, LEAST_EPOCHS, MOST_EPOCHS)
    torch.manual_seed(seed)

    def loss_of(student_vectors: Tensor, asked: Tensor) -> Tensor:
        student_logits, soft = student.head(student_vectors) / SOFTNESS, logits[asked] / SOFTNESS
        answered = F.kl_div(student_logits.log_softmax(1), soft.log_softmax(1), log_target=True, reduction="batchmean")
        return SOFTNESS**2 * answered + (1 - F.cosine_similarity(student_vectors, vectors[asked], dim=1)).mean()

    def agreement() -> float:
        return float((student.logits_of([pieces[row] for row in held_out]).argmax(axis=1) == answers[held_out]).mean())

    return fit_classifier(student, pieces, torch.arange(len(texts)), rows, loss_of, agreement, plan)
