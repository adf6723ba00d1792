"""Snapshots as what training holds in memory: side features per row, and how often each row stands in a pair."""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from ..core.errors import BadInput
from .ranks import ALONE, Ranks
from .reader import read_all
from .shards import read_own
from .snapshot import Snapshot

BLOCKS = ("text_vector", "graph_vector")


def side_tensor(snapshot: Snapshot, index: str) -> tuple[Tensor, np.ndarray]:
    """A feature snapshot -> (largest index + 1, text + graph coordinates) float32, and the (n,) indexes that it holds.

    Row = `index`, both blocks of unit length each. An index that nobody has (its person was forgotten, or left out by
    today's parameters) has a row of zeros, which no pair names. Raises BadInput where an index is negative or stands
    twice; ShortRead where the feed lost rows.
    """
    read = read_all(snapshot)
    present, times = np.unique(read[index], return_counts=True)
    if present[0] < 0 or times.max() > 1:
        found = f"{present[0]}" if present[0] < 0 else f"{present[times.argmax()]} {times.max()} times"
        raise BadInput.of(f"{snapshot.table}.{index}", found=found, expected="numbers from 0, each at most once",
                          where="the prepare stage")  # fmt: skip
    blocks = []
    for name in BLOCKS:
        rows = torch.zeros(int(present[-1]) + 1, read[name].shape[1])
        rows[torch.as_tensor(read[index].astype(np.int64))] = torch.as_tensor(read[name], dtype=torch.float32)
        blocks.append(functional.normalize(rows, dim=1))
    return torch.cat(blocks, dim=1), present.astype(np.int64)


def pair_counts(snapshot: Snapshot, users: int, items: int, ranks: Ranks = ALONE) -> tuple[np.ndarray, np.ndarray]:
    """models.training_examples -> pairs per user (users,), pairs per item (items,), int64. One pass of the feed,
    shared out among `ranks`.

    users, items: one more than the largest index; an index without a pair counts 0.
    """
    user_pairs, item_pairs = np.zeros(users, np.int64), np.zeros(items, np.int64)
    for batch in read_own(snapshot, ranks):
        user_pairs += np.bincount(batch["user_index"], minlength=users)
        item_pairs += np.bincount(batch["item_index"], minlength=items)
    return ranks.total(user_pairs), ranks.total(item_pairs)
