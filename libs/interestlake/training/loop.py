"""The training loop: seeded epochs over counted batches, early stopping on validation nDCG, checkpoints that resume."""

import copy
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch

from ..errors import BadInput
from ..models.losses import in_batch_softmax
from ..models.two_tower import TwoTower
from ..params import TwoTower as TwoTowerParams
from . import checkpoint
from .holdout import Holdout, ndcg

INDEXES = ("user_index", "item_index")
Epochs = Callable[[int], Iterator[dict[str, np.ndarray]]]


@dataclass
class History:
    """One entry per finished epoch; `best_epoch` counts from 1."""

    loss: list[float] = field(default_factory=list)
    validation_ndcg: list[float] = field(default_factory=list)
    best_epoch: int = 0


def check_plan(params: TwoTowerParams, users: int, items: int, width: int, window_rows: int, holdout_users: int):
    """Raises BadInput where training would ask for more than `params.max_gigabytes` of one machine's memory."""
    sizes = (users, items, width, params.dimension, window_rows, params.batch_size, holdout_users)
    needed = plan_gigabytes(*sizes)
    if needed > params.max_gigabytes:
        raise BadInput.of(
            f"two-tower training of {users} people and {items} items, which is single-machine",
            found=f"a plan of {needed:.2f} GB",
            expected=f"at most {params.max_gigabytes} GB",
            where="max_gigabytes, dimension or batch_size in conf/params/two_tower.yml",
        )


def plan_gigabytes(
    users: int, items: int, width: int, dimension: int, window_rows: int, batch_size: int, holdout_users: int
) -> float:
    """Memory that training will ask for, in GB (1e9 bytes).

    Parameters, their gradients, Adam's two moments and the best copy; features, read and held; two shuffle windows of
    12 bytes a pair; the logits of a batch with their gradients; validation scores.
    """
    parameters = 5 * (users + items) * dimension * 4
    features = 2 * (users + items) * width * 4
    batches = 2 * window_rows * 12 + 3 * batch_size**2 * 4
    return (parameters + features + batches + 2 * holdout_users * items * 4) / 1e9


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
    model: TwoTower,
    epochs: Epochs,
    item_share: np.ndarray,
    holdout: Holdout,
    params: TwoTowerParams,
    seed: int,
    saved: Path,
    fingerprint: str,
    on_epoch: Callable[[int, float, float], None],
) -> History:
    """Train in place, on a GPU where there is one; the best epoch's weights are in `model` at the end.

    epochs(number from 1) yields dicts user_index, item_index (rows,), weight (rows,); item_share: (items,) share of the
    train pairs. Randomness is re-seeded from `seed` and the epoch, so a training resumed from `saved` equals an
    undisturbed one. Without held-out people all epochs run and the last is kept. `on_epoch(epoch, loss, ndcg)` is
    called after each epoch.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model.to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=params.learning_rate, weight_decay=params.weight_decay)
    log_share = torch.as_tensor(np.log(np.maximum(item_share, 1e-12)), dtype=torch.float32, device=device)
    history, best = History(), copy.deepcopy(model.state_dict())
    state = checkpoint.load(saved, fingerprint)
    if state is not None:
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        history, best = History(**state["history"]), state["best"]
    with deterministic():
        for epoch in range(len(history.loss) + 1, params.epochs + 1):
            if history.loss and len(history.loss) - history.best_epoch >= params.patience:
                break
            torch.manual_seed(seed * 1_000_003 + epoch)
            history.loss.append(_one_epoch(model, optimizer, epochs(epoch), log_share))
            value = ndcg(*model.vectors(), holdout)
            if not len(holdout.users) or value > max(history.validation_ndcg, default=-1.0):
                history.best_epoch, best = epoch, copy.deepcopy(model.state_dict())
            history.validation_ndcg.append(value)
            on_epoch(epoch, history.loss[-1], value)
            weights = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "best": best}
            checkpoint.save(saved, {"fingerprint": fingerprint, "history": asdict(history), **weights})
    model.load_state_dict(best)
    model.eval()
    return history


def _one_epoch(model: TwoTower, optimizer, batches: Iterator[dict[str, np.ndarray]], log_share: torch.Tensor) -> float:
    """One pass with a step per batch; the weighted mean of the loss."""
    model.train()
    losses, weights = [], []
    for batch in batches:
        users, items = (torch.as_tensor(batch[n], dtype=torch.long).to(log_share.device) for n in INDEXES)
        weight = torch.as_tensor(batch["weight"], dtype=torch.float32).to(log_share.device)
        vectors = model.user_tower(users), model.item_tower(items)
        loss = in_batch_softmax(*vectors, users, items, weight, log_share[items], model.temperature)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        weights.append(float(weight.sum()))
    return float(np.average(losses, weights=weights))
