"""The training loop: seeded epochs over counted batches, early stopping on validation nDCG, checkpoints that resume."""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from ..models.losses import in_batch_softmax
from ..models.two_tower import TwoTower
from ..params import TwoTower as TwoTowerParams
from . import checkpoint
from .holdout import Holdout, ndcg

Epochs = Callable[[int], Iterator[dict[str, np.ndarray]]]


@dataclass
class History:
    """One entry per finished epoch; `best_epoch` counts from 1."""

    loss: list[float] = field(default_factory=list)
    validation_ndcg: list[float] = field(default_factory=list)
    best_epoch: int = 0


def plan_gigabytes(users: int, items: int, width: int, dimension: int, holdout_users: int) -> float:
    """Memory that training will ask for: parameters with Adam's two moments and the best copy, features, scores."""
    parameters = (users + items) * dimension * 4
    features, scores = (users + items) * width * 4, holdout_users * items * 4
    return (4 * parameters + features + 2 * scores) / 1e9


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
    """Train in place; the best epoch's weights are in `model` at the end.

    epochs(number from 1) yields dicts user_index, item_index (rows,), weight (rows,); item_share: (items,) share of the
    train pairs. Randomness is re-seeded from `seed` and the epoch, so a training resumed from `saved` equals an
    undisturbed one. `on_epoch(epoch, loss, ndcg)` is called after each epoch.
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
        history, best = state["history"], state["best"]
    for epoch in range(len(history.loss) + 1, params.epochs + 1):
        if len(history.loss) - history.best_epoch >= params.patience and history.loss:
            break
        torch.manual_seed(seed * 1_000_003 + epoch)
        model.train()
        losses, weights = [], []
        for batch in epochs(epoch):
            users = torch.as_tensor(batch["user_index"], dtype=torch.long, device=device)
            items = torch.as_tensor(batch["item_index"], dtype=torch.long, device=device)
            weight = torch.as_tensor(batch["weight"], dtype=torch.float32, device=device)
            vectors = model.user_tower(users), model.item_tower(items)
            loss = in_batch_softmax(*vectors, users, items, weight, log_share[items], model.temperature)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            weights.append(float(weight.sum()))
        history.loss.append(float(np.average(losses, weights=weights)))
        history.validation_ndcg.append(ndcg(*model.vectors(), holdout))
        if history.validation_ndcg[-1] > max(history.validation_ndcg[:-1], default=-1.0):
            history.best_epoch, best = epoch, copy.deepcopy(model.state_dict())
        on_epoch(epoch, history.loss[-1], history.validation_ndcg[-1])
        checkpoint.save(
            saved,
            {
                "fingerprint": fingerprint,
                "model": model.state_dict(),
                "optimizer": optimizer.state_dict(),
                "history": history,
                "best": best,
            },
        )
    model.load_state_dict(best)
    model.eval()
    return history
