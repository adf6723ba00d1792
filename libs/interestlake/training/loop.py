"""The training loop: seeded epochs over counted batches, early stopping on validation nDCG, checkpoints that resume."""

import copy
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn

from . import checkpoint

Batch = dict[str, np.ndarray]
Epochs = Callable[[int], Iterator[Batch]]


class Schedule(Protocol):
    """How long and how fast: the most epochs, epochs without a better validation before it stops, Adam's step, L2."""

    epochs: int
    patience: int
    learning_rate: float
    weight_decay: float


@dataclass
class History:
    """One entry per finished epoch; `best_epoch` counts from 1."""

    loss: list[float] = field(default_factory=list)
    validation_ndcg: list[float] = field(default_factory=list)
    best_epoch: int = 0


def best_device() -> torch.device:
    """A GPU where torch sees one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


@contextmanager
def deterministic():
    """Inside, torch takes only algorithms whose sums run in one order; the former setting comes back after.

    Equal rows still ask for the same number of threads: another number cuts sums differently (about 1e-6 a step).
    """
    before = torch.are_deterministic_algorithms_enabled()
    # CUDA's matrix products are deterministic with a fixed workspace only
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before)


def train(
    model: nn.Module,
    epochs: Epochs,
    loss_of: Callable[[Batch], tuple[Tensor, float]],
    value_of: Callable[[], float | None],
    schedule: Schedule,
    seed: int,
    saved: Path,
    fingerprint: str,
    on_epoch: Callable[[int, float, float], None],
    goes_on: Callable[[History], bool] = lambda history: True,
    groups: Sequence[dict] | None = None,
    after_step: Callable[[], None] = lambda: None,
) -> History:
    """Train in place, on the device the model lies on; the best epoch's weights are in `model` at the end.

    epochs(number from 1) yields dicts of arrays; loss_of(batch) gives the loss and how much it weighs in the epoch's
    mean; value_of() gives the validation nDCG after an epoch, None where nobody is held out: then all epochs run and
    the last is kept. Randomness is re-seeded from `seed` and the epoch, so a training resumed from `saved` equals an
    undisturbed one. `on_epoch(epoch, loss, ndcg)` is called after each epoch; `goes_on` may end the training before.
    groups: Adam's parameter groups, each with its own rate, None = all of `model` at one; `after_step()` is called
    after each step, while the gradients are still there.
    """
    weights = list(groups) if groups is not None else model.parameters()
    optimizer = torch.optim.Adam(weights, lr=schedule.learning_rate, weight_decay=schedule.weight_decay)
    history, best = History(), copy.deepcopy(model.state_dict())
    state = checkpoint.load(saved, fingerprint)
    if state is not None:
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        history, best = History(**state["history"]), state["best"]
    with deterministic():
        for epoch in range(len(history.loss) + 1, schedule.epochs + 1):
            waited = len(history.loss) - history.best_epoch
            if history.loss and (waited >= schedule.patience or not goes_on(history)):
                break
            torch.manual_seed(seed * 1_000_003 + epoch)
            history.loss.append(_one_epoch(model, optimizer, epochs(epoch), loss_of, after_step))
            value = value_of()
            if value is None or value > max(history.validation_ndcg, default=-1.0):
                history.best_epoch, best = epoch, copy.deepcopy(model.state_dict())
            history.validation_ndcg.append(value or 0.0)
            on_epoch(epoch, history.loss[-1], history.validation_ndcg[-1])
            weights = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "best": best}
            checkpoint.save(saved, {"fingerprint": fingerprint, "history": asdict(history), **weights})
    model.load_state_dict(best)
    model.eval()
    return history


def _one_epoch(model: nn.Module, optimizer, batches: Iterator[Batch], loss_of, after_step) -> float:
    """One pass with a step per batch; the weighted mean of the loss."""
    model.train()
    losses, weights = [], []
    for batch in batches:
        loss, weight = loss_of(batch)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        after_step()
        losses.append(loss.item())
        weights.append(weight)
    return float(np.average(losses, weights=weights))
