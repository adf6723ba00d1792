"""Snapshots as what training holds in memory: side features per row, and how often each row stands in a pair."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from ..core.errors import BadInput
from .ranks import ALONE, Ranks
from .reader import read_batches
from .rows import own_count
from .shards import read_own
from .snapshot import Snapshot

BLOCKS = ("text_vector", "graph_vector")


@dataclass(frozen=True)
class Side:
    """Features of one side as a process has them. features: (own rows, width) float32; rows: of the whole table, one
    more than the largest index; listed: (n,) int64, the indexes of own rows that the snapshot has, in order."""

    features: Tensor
    rows: int
    listed: np.ndarray


def side_tensor(snapshot: Snapshot, index: str, ranks: Ranks = ALONE) -> Side:
    """A feature snapshot -> its Side: text + graph coordinates, each block of unit length, row = `index`.

    An index that nobody has (its person was forgotten, or left out by today's parameters) has a row of zeros, which no
    pair names. Each process reads all row groups, one at a time, and keeps its own rows. Raises BadInput where an index
    is negative or one of them stands twice; ShortRead where the feed lost rows.
    """
    numbers, blocks, last = [], [], -1
    for batch in read_batches(snapshot):
        index_of = batch[index].astype(np.int64)
        last = max(last, int(index_of.max()))
        mine = (index_of % ranks.count == ranks.rank) | (index_of < 0)
        numbers.append(index_of[mine])
        blocks.append([torch.as_tensor(batch[name][mine], dtype=torch.float32) for name in BLOCKS])
    listed, times = np.unique(np.concatenate(numbers), return_counts=True)
    if len(listed) and (listed[0] < 0 or times.max() > 1):
        found = f"{listed[0]}" if listed[0] < 0 else f"{listed[times.argmax()]} {times.max()} times"
        raise BadInput.of(f"{snapshot.table}.{index}", found=found, expected="numbers from 0, each at most once",
                          where="the prepare stage")  # fmt: skip
    features = torch.zeros(own_count(last + 1, ranks), sum(block.shape[1] for block in blocks[0]))
    for index_of, parts in zip(numbers, blocks, strict=True):
        features[torch.as_tensor(index_of // ranks.count)] = torch.cat(
            [functional.normalize(x, dim=1) for x in parts], 1
        )
    return Side(features, last + 1, listed)


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
