"""SASRec over interests: the same Transformer and Petastorm-fed training as over items, with steps that may repeat."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from ...interactions.pairs import RECENT, Pairs
from ...interactions.side_information import SideInformation
from ...models.sasrec import SCHEDULE, SasRec, sasrec
from ...models.trainer import Trainer
from .steps import TRAIN, VALIDATION, Steps, ranks

PARAMS = {"dimension": 64, "dropout": 0.2, "targets": "next", "start": 0.0}
CHUNK = 512
EPOCHS = 20  # where no step validates


@dataclass(frozen=True)
class NextInterest:
    """A trained model and the epochs it took."""

    model: SasRec
    epochs: int

    def scores(self, steps: Steps, at: np.ndarray) -> np.ndarray:
        """(T, N) probabilities of the steps at places `at` from the steps before them, at most RECENT."""
        return _at_targets(self.model, steps, at)

    def after(self, steps: Steps) -> tuple[np.ndarray, np.ndarray]:
        """(P,) people, (P, N) probabilities of the step after each one's last."""
        people, last = np.unique(steps.owner[::-1], return_index=True)
        ends = len(steps.owner) - last
        first = np.maximum(np.searchsorted(steps.owner, people), ends - RECENT)
        place = first[:, None] + np.arange(RECENT)[None, :]
        inside = place < ends[:, None]
        rows = np.where(inside, steps.node[np.minimum(place, len(steps.node) - 1)], steps.size)
        return people, _softmax(self.model, rows, inside.sum(axis=1) - 1)


def train_next(steps: Steps, seed: int) -> NextInterest:
    """Trained on the train steps; it stops where the mrr over validation steps stops rising (weights of the best)."""
    train = steps.split == TRAIN
    ids = np.arange(steps.owner.max() + 1).astype(object)
    count = int(train.sum())
    data = Pairs(ids, steps.nodes, steps.owner[train].astype(np.int32), steps.node[train].astype(np.int32),
                    np.ones(count, np.float32), np.arange(count, dtype=float), True)  # fmt: skip
    validation = steps.targets(VALIDATION)

    def judge(fitted: Any) -> float:
        probabilities = _at_targets(fitted.scorer.model, steps, validation)
        return float((1 / ranks(probabilities, steps.node[validation])).mean())

    judged: Callable | None = judge if len(validation) else None
    params = PARAMS if judged else PARAMS | {"epochs": EPOCHS}
    nothing, mark = SideInformation(), steps.node.tobytes()
    trained = Trainer(sasrec, {}, SCHEDULE).fit(data, nothing, params, seed, judged, judged_by=mark)
    scorer: Any = trained.fitted.scorer
    return NextInterest(scorer.model, trained.history.best_epoch)


def _at_targets(model: SasRec, steps: Steps, at: np.ndarray) -> np.ndarray:
    """(T, N): each target from the window that ends right before it."""
    first = np.maximum(np.searchsorted(steps.owner, steps.owner[at]), at - RECENT)
    place = first[:, None] + np.arange(RECENT)[None, :]
    inside = place < at[:, None]
    rows = np.where(inside, steps.node[np.minimum(place, len(steps.node) - 1)], steps.size)
    return _softmax(model, rows, inside.sum(axis=1) - 1)


def _softmax(model: SasRec, rows: np.ndarray, last: np.ndarray) -> np.ndarray:
    """rows (T, L) with pads at the end, last (T,) -> probabilities (T, N) of what follows."""
    model.eval()
    device, parts = model.identity.weight.device, []
    with torch.no_grad():
        vectors = model.item_vectors()
        for start in range(0, len(rows), CHUNK):
            part, end = rows[start : start + CHUNK], torch.as_tensor(last[start : start + CHUNK], device=device)
            states = model(torch.as_tensor(part, device=device))  # (B, L) -> (B, L, D)
            chosen = states[torch.arange(len(part), device=device), end]  # (B, D)
            parts.append(torch.softmax(chosen @ vectors.T, dim=1).cpu().numpy())
    return np.concatenate([*parts, np.empty((0, model.items), np.float32)])
