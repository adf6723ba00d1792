"""The training loop: seeded epochs over counted batches, early stopping by steps on validation nDCG, checkpoints that
resume."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn

from ..core.progress import PROGRESS, Count
from .checkpoint import State
from .parts import Batch, taking
from .ranks import ALONE, Ranks
from .rows import common
from .states import load_state, put_weights, save_state, weights_of

Epochs = Callable[[int], Iterator[Batch]]
FEWEST_LOOKS = 2  # where an epoch is longer than the patience, one worse look may be chance


class Schedule(Protocol):
    """How long and how fast. epochs: the most; validate_steps: steps between two looks at validation, which come after
    whole epochs only; patience_steps: without a better look before it stops, two looks at least; warmup_steps: over
    which Adam's step rises from 0 to learning_rate; weight_decay: L2."""

    @property
    def epochs(self) -> int: ...
    @property
    def validate_steps(self) -> int: ...
    @property
    def patience_steps(self) -> int: ...
    @property
    def warmup_steps(self) -> int: ...
    @property
    def learning_rate(self) -> float: ...
    @property
    def weight_decay(self) -> float: ...


@dataclass
class History:
    """One entry per look at validation: the mean loss since the look before, the nDCG, epochs and steps taken by then.

    best_epoch: epochs taken by the best look.
    """

    loss: list[float] = field(default_factory=list)
    validation_ndcg: list[float] = field(default_factory=list)
    epochs: list[int] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)
    best_epoch: int = 0

    @property
    def best_value(self) -> float:
        """The validation nDCG of the weights that are kept; 0.0 before the first look."""
        return self.validation_ndcg[self.epochs.index(self.best_epoch)] if self.best_epoch else 0.0

    def waited(self, schedule: Schedule) -> bool:
        """Whether patience is over: so many steps, and two looks, without a better one."""
        if not self.best_epoch:
            return False
        best = self.epochs.index(self.best_epoch)
        looks = len(self.epochs) - 1 - best
        return looks >= FEWEST_LOOKS and self.steps[-1] - self.steps[best] >= schedule.patience_steps


def best_device() -> torch.device:
    """A GPU where torch sees one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


@contextmanager
def deterministic() -> Iterator[None]:
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
    saved: State,
    fingerprint: str,
    on_look: Callable[[int, float, float], None],
    goes_on: Callable[[History], bool] = lambda history: True,
    groups: Sequence[dict] | None = None,
    after_step: Callable[[], None] = lambda: None,
    ranks: Ranks = ALONE,
) -> History:
    """Train in place, on the device the model lies on; the weights of the best look are in `model` at the end.

    epochs(number from 1) yields dicts of arrays; loss_of(batch) gives the loss and how much it weighs in the mean;
    value_of() gives the validation nDCG, None where nobody is held out: then all epochs run and the last is kept. A
    look at it comes after whole epochs that have `validate_steps` steps or more together. Randomness is re-seeded from
    `seed` and the epoch, so a training resumed from `saved`, which each look writes, equals an undisturbed one.
    `on_look(epoch, loss, ndcg)` is called at each look; `goes_on` may end the training before. groups: Adam's
    parameter groups, each with its own rate, None = all of `model` at one; `after_step()` is called after each step,
    while the gradients are still there. ranks: the processes that train together, each with its part of every batch
    (`loss_of` gives the part's mean) and its rows of tables; all call value_of, the first one's counts and calls
    `on_look`. A state goes on with any number of them.
    """
    ranks.begin(common(model, list(model.parameters())))
    weights = list(groups) if groups is not None else model.parameters()
    optimizer = torch.optim.Adam(weights, lr=schedule.learning_rate, weight_decay=schedule.weight_decay)
    pace = _Pace(optimizer, schedule.warmup_steps)
    history, best = History(), _copied(model)
    state = load_state(saved, model, optimizer, fingerprint, ranks)
    if state is not None:
        history, best = History(**state[0]), state[1]
        pace.steps = history.steps[-1]
    with deterministic(), PROGRESS.counting("training") as count:
        epoch = history.epochs[-1] if history.epochs else 0
        while epoch < schedule.epochs and not history.waited(schedule) and (epoch == 0 or goes_on(history)):
            begun, losses = pace.steps, []
            while epoch < schedule.epochs and (not losses or pace.steps - begun < schedule.validate_steps):
                epoch += 1
                count.what = f"training, epoch {epoch}"
                torch.manual_seed(seed * 1_000_003 + epoch)
                losses += _one_epoch(model, optimizer, epochs(epoch), loss_of, pace, after_step, count, ranks)
            value = ranks.agreed(value_of())
            if value is None or value > max(history.validation_ndcg, default=-1.0):
                history.best_epoch, best = epoch, _copied(model)
            history.loss.append(_mean(losses))
            history.validation_ndcg.append(value or 0.0)
            history.epochs.append(epoch)
            history.steps.append(pace.steps)
            if ranks.leads:
                on_look(epoch, history.loss[-1], history.validation_ndcg[-1])
            save_state(saved, model, optimizer, best, fingerprint, asdict(history), ranks)
    put_weights(model, best)
    model.eval()
    return history


def _copied(model: nn.Module) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in weights_of(model).items()}


class _Pace:
    """Adam's rates, each raised linearly from 0 to its own over the first steps."""

    def __init__(self, optimizer: torch.optim.Optimizer, warmup_steps: int):
        self.warmup_steps, self.steps = warmup_steps, 0
        self.rates = [group["lr"] for group in optimizer.param_groups]

    def next(self, optimizer: torch.optim.Optimizer) -> None:
        """Count a step and set the rates it is taken with."""
        self.steps += 1
        share = min(1.0, self.steps / max(self.warmup_steps, 1))
        for group, rate in zip(optimizer.param_groups, self.rates, strict=True):
            group["lr"] = rate * share


def _one_epoch(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    batches: Iterator,
    loss_of: Callable,
    pace: _Pace,
    after_step: Callable,
    count: Count,
    ranks: Ranks,
) -> list[tuple[float, float]]:
    """One pass with a step per batch -> (loss, weight) of each."""
    model.train()
    losses = []
    parameters = common(model, [one for group in optimizer.param_groups for one in group["params"]])
    for batch in batches:
        with taking(batch):
            loss, weight = loss_of(batch)
            optimizer.zero_grad()
            loss_value, weight = ranks.backward(loss, weight, parameters)
        pace.next(optimizer)
        optimizer.step()
        after_step()
        count.add()
        losses.append((loss_value, weight))
    return losses


def _mean(losses: list[tuple[float, float]]) -> float:
    """(loss, weight) -> the weighted mean."""
    values, weights = zip(*losses, strict=True)
    return float(np.average(values, weights=weights))
