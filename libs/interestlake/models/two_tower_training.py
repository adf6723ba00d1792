"""The two-tower model's side of the training loop: its plan of memory, its loss, its validation."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from ..training.holdout import Holdout, ndcg
from ..training.loop import Batch
from .losses import in_batch_softmax
from .two_tower import TwoTower

INDEXES = ("user_index", "item_index")


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


def pair_loss(model: TwoTower, item_share: np.ndarray) -> Callable[[Batch], tuple[Tensor, float]]:
    """Batches user_index, item_index (rows,), weight (rows,) -> in-batch softmax; item_share: (items,) share of the
    train pairs."""
    device = model.user_tower.side.device
    log_share = torch.as_tensor(np.log(np.maximum(item_share, 1e-12)), dtype=torch.float32, device=device)

    def loss_of(batch: Batch) -> tuple[Tensor, float]:
        users, items = (torch.as_tensor(batch[name], dtype=torch.long, device=device) for name in INDEXES)
        weight = torch.as_tensor(batch["weight"], dtype=torch.float32, device=device)
        vectors = model.user_tower(users), model.item_tower(items)
        loss = in_batch_softmax(*vectors, users, items, weight, log_share[items], model.temperature)
        return loss, float(weight.sum())

    return loss_of


def pair_value(model: TwoTower, holdout: Holdout) -> Callable[[], float | None]:
    """nDCG@10 on the held-out people, None where there are none."""
    return lambda: ndcg(*model.vectors(), holdout) if len(holdout.users) else None
