"""The two-tower model's side of the training loop: its plan of memory, its loss, its validation."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from ..training.holdout import Holdout, ndcg
from ..training.loop import Batch
from ..training.parts import taken
from ..training.ranks import ALONE, Ranks
from .losses import in_batch_softmax
from .two_tower import TwoTower

SHUFFLE_WINDOW = 4_000_000  # rows of one shuffle at most
INDEXES = ("user_index", "item_index")


def plan_gigabytes(
    users: int,
    items: int,
    width: int,
    dimension: int,
    window_rows: int,
    batch_size: int,
    holdout_users: int,
    processes: int = 1,
) -> float:
    """Memory that each process of the training will ask for, in GB (1e9 bytes).

    Parameters, their gradients, Adam's two moments and the best copy; features, read and held; two shuffle windows of
    12 bytes a pair; the logits of a batch with their gradients; validation scores. Of windows and logits a process has
    its part, and the numbers of a window's rows beside; the rest is whole in each.
    """
    parameters = 5 * (users + items) * dimension * 4
    features = 2 * (users + items) * width * 4
    batches = (2 * window_rows * 12 + 3 * batch_size**2 * 4) / processes
    numbers = 0 if processes == 1 else window_rows * (16 + 40 / processes)
    return (parameters + features + batches + numbers + 2 * holdout_users * items * 4) / 1e9


def pair_loss(model: TwoTower, item_share: np.ndarray, ranks: Ranks = ALONE) -> Callable[[Batch], tuple[Tensor, float]]:
    """Batches user_index, item_index (rows,), weight (rows,) -> in-batch softmax; item_share: (items,) share of the
    train pairs. Negatives are the items of the whole batch, whichever process has them."""
    device = model.user_tower.side.device
    log_share = torch.as_tensor(np.log(np.maximum(item_share, 1e-12)), dtype=torch.float32, device=device)

    def loss_of(batch: Batch) -> tuple[Tensor, float]:
        users, items = (torch.as_tensor(batch[name], dtype=torch.long, device=device) for name in INDEXES)
        weight = torch.as_tensor(batch["weight"], dtype=torch.float32, device=device)
        people, chosen = model.user_tower(users), model.item_tower(items)
        part = taken()
        places = None if part is None else torch.as_tensor(part.places, device=device)
        users, items, chosen = (ranks.whole(one) for one in (users, items, chosen))
        loss = in_batch_softmax(people, chosen, users, items, weight, log_share[items], model.temperature, places)
        return loss, float(weight.sum())

    return loss_of


def pair_value(model: TwoTower, holdout: Holdout) -> Callable[[], float | None]:
    """nDCG@10 on the held-out people, None where there are none."""
    return lambda: ndcg(*model.vectors(), holdout) if len(holdout.users) else None
