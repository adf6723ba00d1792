"""The two-tower model's side of the training loop: its loss, its validation."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from ..training.holdout import Holdout, best_items, ndcg_of
from ..training.loop import Batch
from ..training.parts import taken
from ..training.ranks import ALONE, Ranks
from .losses import in_batch_softmax
from .two_tower import CHUNK, TwoTower, judging

INDEXES = ("user_index", "item_index")


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


def pair_value(model: TwoTower, holdout: Holdout, ranks: Ranks = ALONE) -> Callable[[], float | None]:
    """nDCG@10 on the held-out people, None where there are none; all processes ask together."""
    device = model.user_tower.side.device
    users = torch.as_tensor(holdout.users, dtype=torch.long, device=device)

    def value() -> float | None:
        if not len(users):
            return None
        with judging(model):
            people, items = model.user_tower(users), model.item_tower.own_vectors(CHUNK)
            return ndcg_of(best_items(people, items, holdout.seen, 10, ranks), holdout)

    return value
