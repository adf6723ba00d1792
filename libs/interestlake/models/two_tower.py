"""Two-tower retrieval model: ids, text vectors and graph vectors in, one vector per person and item out."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..training.parts import RowDropout
from ..training.ranks import ALONE, Ranks
from ..training.rows import Table, fetched

CHUNK = 65_536  # rows of a table through the network at once
DEVIATION = 0.05  # of a new embedding's coordinates


class Tower(nn.Module):
    """An id embedding plus a small network over side features; the sum has unit length.

    Of several processes that train together each has its own rows of the embedding and of the features.
    """

    unlearned = ("side",)

    def __init__(self, side: Tensor, dimension: int, dropout: float, rows: int | None = None, ranks: Ranks = ALONE):
        """side: (own rows, features) float32, kept as a buffer so that the model needs nothing beside itself; rows: of
        the whole table, None = those of `side`."""
        super().__init__()
        self.ranks = ranks
        self.register_buffer("side", side)
        self.identity = Table(len(side) if rows is None else rows, dimension, DEVIATION, ranks)
        self.network = nn.Sequential(
            nn.Linear(side.shape[1], dimension), nn.ReLU(), RowDropout(dropout), nn.Linear(dimension, dimension)
        )

    def forward(self, index: Tensor) -> Tensor:
        """index: (batch,) int64 -> (batch, dimension) float32 of unit length; whose rows they are, see `fetched`."""
        return self._vectors(self.identity(index), fetched(self.side, index, self.ranks))

    def own_vectors(self, chunk: int) -> Tensor:
        """-> (own rows, dimension), computed `chunk` rows at a time."""
        cut = zip(self.identity.weight.split(chunk), self.side.split(chunk), strict=True)
        return torch.cat([self._vectors(*part) for part in cut])

    def _vectors(self, identity: Tensor, side: Tensor) -> Tensor:
        return functional.normalize(identity + self.network(side), dim=-1)


class TwoTower(nn.Module):
    """Score of a pair = dot product of the user tower's and the item tower's vector / temperature.

    After Yi et al. (2019), sampling-bias-corrected neural modelling. Unknown rows are the caller's to handle: indexes
    must lie within the feature tables.
    """

    def __init__(
        self,
        user_side: Tensor,
        item_side: Tensor,
        dimension: int,
        dropout: float,
        temperature: float,
        rows: tuple[int | None, int | None] = (None, None),
        ranks: Ranks = ALONE,
    ):
        """user_side: (own users, features), item_side: (own items, features), both float32; rows: (users, items)."""
        super().__init__()
        self.user_tower = Tower(user_side, dimension, dropout, rows[0], ranks)
        self.item_tower = Tower(item_side, dimension, dropout, rows[1], ranks)
        self.temperature = temperature

    def forward(self, user_index: Tensor, item_index: Tensor) -> Tensor:
        """user_index, item_index: (batch,) int64 -> (batch,) float32 scores, logits."""
        scores = (self.user_tower(user_index) * self.item_tower(item_index)).sum(dim=-1)  # (B, D) -> (B,)
        return scores / self.temperature

    @property
    def towers(self) -> tuple[Tower, Tower]:
        """Of people and of items."""
        return self.user_tower, self.item_tower

    def vectors(self, chunk: int = CHUNK) -> tuple[Tensor, Tensor]:
        """-> user vectors (own users, D), item vectors (own items, D), without gradients, in evaluation mode."""
        with judging(self):
            return self.user_tower.own_vectors(chunk), self.item_tower.own_vectors(chunk)


@contextmanager
def judging(model: nn.Module) -> Iterator[None]:
    """Within, the model is in evaluation mode and without gradients; its former mode comes back after."""
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        model.train(was_training)


class PairScorer(nn.Module):
    """The served form of a TwoTower: one tensor of pairs in, one score per pair out."""

    def __init__(self, model: TwoTower):
        super().__init__()
        self.model = model

    def forward(self, pairs: Tensor) -> Tensor:
        """pairs: (batch, 2) int64, user_index and item_index -> (batch,) float32 scores, logits."""
        return self.model(pairs[:, 0], pairs[:, 1])
