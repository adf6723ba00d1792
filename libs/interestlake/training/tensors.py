"""Snapshots as what training holds in memory: side features per row, and how often each row stands in a pair."""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from ..core.errors import BadInput
from .reader import read_all, read_batches
from .snapshot import Snapshot


def side_tensor(snapshot: Snapshot, index: str) -> Tensor:
    """A feature snapshot -> (rows, text + graph coordinates) float32, row = `index`; both blocks of unit length each.

    Raises BadInput where the indexes are not 0..n-1, each once; ShortRead where the feed lost rows.
    """
    read = read_all(snapshot)
    order = np.argsort(read[index], kind="stable")
    if not np.array_equal(read[index][order], np.arange(len(order))):
        raise BadInput.of(
            f"{snapshot.table}.{index}",
            found="gaps or doubles",
            expected="0..n-1, each once",
            where="the prepare stage",
        )
    blocks = (torch.as_tensor(read[name][order], dtype=torch.float32) for name in ("text_vector", "graph_vector"))
    return torch.cat([functional.normalize(block, dim=1) for block in blocks], dim=1)


def pair_counts(snapshot: Snapshot, users: int, items: int) -> tuple[np.ndarray, np.ndarray]:
    """models.training_examples -> pairs per user (users,), pairs per item (items,), int64. One pass of the feed."""
    user_pairs, item_pairs = np.zeros(users, np.int64), np.zeros(items, np.int64)
    for batch in read_batches(snapshot):
        user_pairs += np.bincount(batch["user_index"], minlength=users)
        item_pairs += np.bincount(batch["item_index"], minlength=items)
    return user_pairs, item_pairs
