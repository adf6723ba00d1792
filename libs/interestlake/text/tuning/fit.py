"""The one training loop: warm-up and cosine, clipping, early stopping on dev, and what can be switched on."""

import copy
import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor, nn

from ...core.errors import BadInput
from ...core.present import present
from ...core.progress import PROGRESS
from .encoder import Encoder
from .plan import Plan

LOG = logging.getLogger("interestlake")
EPSILON = 1e-8


@dataclass
class History:
    """One entry per finished epoch; `best_epoch` counts from 1; averaged_epochs: whose weights were
    averaged, if any; averaged_seeds and dev_by_seed: of several trainings (`soup`)."""

    loss: list[float] = field(default_factory=list)
    dev: list[float] = field(default_factory=list)
    best_epoch: int = 0
    seconds: float = 0.0
    trained_parameters: int = 0
    averaged_epochs: list[int] = field(default_factory=list)
    averaged_seeds: list[int] = field(default_factory=list)
    dev_by_seed: dict[int, float] = field(default_factory=dict)


def best_device() -> torch.device:
    """The GPU where torch sees one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def computes_in_half(precision: str, device: torch.device) -> bool:
    """Whether to train in bfloat16: as `precision` says, under "auto" where the hardware multiplies in it."""
    if precision != "auto":
        return precision == "bfloat16"
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported()
    return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()


def rate_at(step: int, steps: int, warm_up: float) -> float:
    """Share of the peak rate at `step` of `steps`: linear over `warm_up` of them, then half a cosine to 0."""
    rising = max(1.0, warm_up * steps)
    if step < rising:
        return (step + 1) / rising
    return 0.5 * (1 + math.cos(math.pi * (step - rising) / max(1.0, steps - rising)))


class WorstStep:
    """Fast gradient method (Miyato et al., 2017): word vectors moved by `length` along their gradient's direction."""

    def __init__(self, encoder: Encoder, length: float):
        self.length = length
        self.vectors: Tensor | None = None
        self.delta: Tensor | None = None
        self.hook = encoder.bert.get_input_embeddings().register_forward_hook(self._pass)

    def _pass(self, _module: nn.Module, _inputs: tuple, vectors: Tensor) -> Tensor | None:
        if not torch.is_grad_enabled():
            return None
        if self.delta is not None:
            return vectors + self.delta
        if vectors.requires_grad:  # the words are trained too
            vectors.retain_grad()
            self.vectors = vectors
            return None
        self.vectors = vectors.detach().requires_grad_(True)
        return self.vectors

    def backward(self, loss_of: Callable[[], Tensor]) -> None:
        """Add the gradient of the loss at the worst step; the plain loss' backward must have run just before."""
        gradient = present(present(self.vectors).grad)  # (batch, tokens, width)
        self.delta = self.length * gradient / (gradient.norm(dim=(1, 2), keepdim=True) + EPSILON)
        loss_of().backward()
        self.delta = None

    def remove(self) -> None:
        self.hook.remove()


class Average:
    """Running mean of trained weights, a' = d a + (1 - d) w with d rising to `decay` (Polyak and Juditsky, 1992)."""

    def __init__(self, weights: list[nn.Parameter], decay: float):
        self.weights, self.decay, self.steps = weights, decay, 0
        self.means = [weight.detach().clone() for weight in weights]

    def update(self) -> None:
        self.steps += 1
        decay = min(self.decay, self.steps / (self.steps + 10))
        torch._foreach_lerp_(self.means, [weight.detach() for weight in self.weights], 1 - decay)

    def swap(self) -> None:
        """Exchange means and weights; a second call takes it back."""
        for mean, weight in zip(self.means, self.weights, strict=True):
            present = weight.detach().clone()
            weight.data.copy_(mean)
            mean.copy_(present)


class Kept:
    """The weights of the `count` epochs that are best on dev, the later one in a tie; of the newest where `newest`."""

    def __init__(self, count: int, newest: bool):
        self.count, self.newest = count, newest
        self.epochs: list[tuple[tuple[float, int], list[Tensor]]] = []

    def offer(self, epoch: int, figure: float, weights: list[nn.Parameter]) -> None:
        """Take the weights of an epoch if they belong to the best."""
        rank = (0.0 if self.newest else figure, epoch)
        if len(self.epochs) < self.count or rank > self.epochs[-1][0]:
            self.epochs.append((rank, copy.deepcopy([weight.detach() for weight in weights])))
            self.epochs = sorted(self.epochs, key=lambda entry: entry[0], reverse=True)[: self.count]

    def settle(self, weights: list[nn.Parameter], dev_figure: Callable[[], float]) -> list[int]:
        """Put the best epoch into `weights`, or the mean of all that are kept where dev is not worse for it.

        Averaged checkpoints (Vaswani et al., 2017), taken as a soup is (Wortsman et al., 2022): only if dev agrees.
        Returns the epochs that were averaged, [] for the best alone.
        """
        best = self.epochs[0][1]
        put(best, weights)
        if len(self.epochs) == 1:
            return []
        alone = dev_figure()
        by_weight = zip(*(copies for _, copies in self.epochs), strict=True)
        put([torch.stack(copies).mean(dim=0) for copies in by_weight], weights)
        if dev_figure() >= alone:
            return sorted(epoch for (_, epoch), _ in self.epochs)
        put(best, weights)
        return []


def put(values: list[Tensor], weights: list[nn.Parameter]) -> None:
    """Write `values` into `weights`, one by one."""
    for weight, value in zip(weights, values, strict=True):
        weight.data.copy_(value)


def fit(
    encoder: Encoder,
    head: nn.Module,
    batches: Callable[[np.random.Generator], list],
    prepare: Callable[[object, np.random.Generator], tuple],
    loss_of: Callable[..., Tensor],
    dev_figure: Callable[[], float],
    plan: Plan,
    steps_per_epoch: int,
) -> History:
    """Train encoder and head in place; the epoch that is best on dev is in them at the end, the later one in a tie.

    With `plan.patience` 0 it is the last one, with `plan.ensemble` it may be several (`Kept`).

    batches(generator) -> one epoch's batches; prepare(batch, generator) -> the arguments of `loss_of`, which gives a
    scalar; dev_figure() -> higher is better, called after each epoch. AdamW (Loshchilov and Hutter, 2019). It stops
    after `plan.patience` epochs below the best figure. Same rows, seed, threads and CPU give the same weights. Raises
    BadInput where the loss is no number any more.
    """
    began = time.perf_counter()
    groups = encoder.groups(head, plan)
    weights = [weight for group in groups for weight in group["params"]]
    optimizer = torch.optim.AdamW(groups, fused=True)
    peaks = [group["lr"] for group in groups]
    history = History(trained_parameters=sum(weight.numel() for weight in weights))
    epochs = present(plan.epochs)
    steps = max(1, epochs * steps_per_epoch)
    worst = WorstStep(encoder, plan.adversarial) if plan.adversarial else None
    average = Average(weights, plan.average) if plan.average else None
    step, best = 0, Kept(plan.ensemble, newest=not plan.patience)
    for epoch in range(1, (plan.stop_after or epochs) + 1):
        generator = np.random.default_rng([plan.seed, epoch])
        torch.manual_seed(plan.seed * 1_000_003 + epoch)
        _set_training(encoder, head, True)
        losses = []
        for batch in PROGRESS.counted(batches(generator), f"epoch {epoch} of {plan.epochs}", steps_per_epoch):
            for group, peak in zip(optimizer.param_groups, peaks, strict=True):
                group["lr"] = peak * rate_at(step, steps, plan.warm_up)
            ready = prepare(batch, generator)
            loss = loss_of(*ready) + encoder.penalty()
            loss.backward()
            if worst is not None:
                worst.backward(lambda ready=ready: loss_of(*ready))
            nn.utils.clip_grad_norm_(weights, plan.clip)
            optimizer.step()
            encoder.after_step(step)
            optimizer.zero_grad()
            if average is not None:
                average.update()
            losses.append(loss.item())
            step += 1
        if average is not None:
            average.swap()
        _set_training(encoder, head, False)
        history.loss.append(float(np.mean(losses)))
        if not math.isfinite(history.loss[-1]):
            raise BadInput.of(
                "training",
                found=f"a loss of {history.loss[-1]} in epoch {epoch}",
                expected="a number",
                where="--learning-rate or --head-rate, lower",
            )
        history.dev.append(dev_figure())
        if history.dev[-1] >= max(history.dev) or not plan.patience:
            history.best_epoch = epoch
        best.offer(epoch, history.dev[-1], weights)
        if average is not None:
            average.swap()
        LOG.info(
            "  epoch %d of %d  loss %.4f  dev %.4f  %.0f s",
            epoch,
            plan.epochs,
            history.loss[-1],
            history.dev[-1],
            time.perf_counter() - began,
        )
        if plan.patience and epoch - history.best_epoch >= plan.patience:
            break
    history.averaged_epochs = best.settle(weights, dev_figure)
    if worst is not None:
        worst.remove()
    _set_training(encoder, head, False)
    encoder.in_half = False  # what is measured and saved answers alike on every machine
    history.seconds = time.perf_counter() - began
    return history


def _set_training(encoder: Encoder, head: nn.Module, on: bool) -> None:
    for part in (encoder, head):
        part.train(on)
