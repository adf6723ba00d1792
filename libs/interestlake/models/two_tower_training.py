"""The two-tower model's side of the training loop: its plan of memory, its loss, its validation."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from ..training.holdout import PEOPLE, Holdout, best_items, ndcg_of
from ..training.loop import Batch
from ..training.parts import taken
from ..training.ranks import ALONE, Ranks
from .losses import in_batch_softmax
from .two_tower import CHUNK, TwoTower, judging

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
    one_machine: bool = True,
) -> float:
    """Memory that a training will ask for on the machine that it asks most of, in GB (1e9 bytes).

    Of the rows that a process has: parameters, their gradients, Adam's two moments, the best copy and the vectors;
    features, read and held; scores of PEOPLE validation people. Of the batches: two shuffle windows of 12 bytes a pair;
    the logits of a batch with their gradients; beside others the numbers of a window's rows. Whole in each: how many
    pairs a row has. Processes beside the driver (one_machine) count together. The driver, where it is not the process
    itself, collects embeddings, features and vectors of all rows.
    """
    rows = -(-users // processes) + -(-items // processes)
    parameters = 6 * rows * dimension * 4
    features = 2 * rows * width * 4
    counts = 24 * (users + items)
    batches = (2 * window_rows * 12 + 3 * batch_size**2 * 4) / processes
    numbers = 0 if processes == 1 else window_rows * (16 + 40 / processes)
    scores = 2 * min(holdout_users, PEOPLE) * -(-items // processes) * 4
    each = (parameters + features + counts + batches + numbers + scores) / 1e9
    collected = 0.0 if processes == 1 else (users + items) * (2 * dimension + width) * 4 / 1e9
    return processes * each + collected if one_machine else max(each, collected)


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
