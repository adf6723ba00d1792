"""Two-tower retrieval model: ids, text vectors and graph vectors in, one vector per person and item out."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..training.parts import RowDropout


class Tower(nn.Module):
    """An id embedding plus a small network over side features; the sum has unit length."""

    def __init__(self, side: Tensor, dimension: int, dropout: float):
        """side: (rows, features) float32, kept as a buffer so that the model needs nothing beside itself."""
        super().__init__()
        self.register_buffer("side", side)
        self.identity = nn.Embedding(side.shape[0], dimension)
        nn.init.normal_(self.identity.weight, std=0.05)
        self.network = nn.Sequential(
            nn.Linear(side.shape[1], dimension), nn.ReLU(), RowDropout(dropout), nn.Linear(dimension, dimension)
        )

    def forward(self, index: Tensor) -> Tensor:
        """index: (batch,) int64 -> (batch, dimension) float32 of unit length."""
        return functional.normalize(self.identity(index) + self.network(self.side[index]), dim=-1)

    def all_vectors(self, chunk: int) -> Tensor:
        """-> (rows, dimension), computed `chunk` rows at a time."""
        rows = torch.arange(len(self.side), device=self.side.device)
        return torch.cat([self(part) for part in rows.split(chunk)])


class TwoTower(nn.Module):
    """Score of a pair = dot product of the user tower's and the item tower's vector / temperature.

    After Yi et al. (2019), sampling-bias-corrected neural modelling. Unknown rows are the caller's to handle: indexes
    must lie within the feature tables.
    """

    def __init__(self, user_side: Tensor, item_side: Tensor, dimension: int, dropout: float, temperature: float):
        """user_side: (users, features), item_side: (items, features), both float32."""
        super().__init__()
        self.user_tower = Tower(user_side, dimension, dropout)
        self.item_tower = Tower(item_side, dimension, dropout)
        self.temperature = temperature

    def forward(self, user_index: Tensor, item_index: Tensor) -> Tensor:
        """user_index, item_index: (batch,) int64 -> (batch,) float32 scores, logits."""
        scores = (self.user_tower(user_index) * self.item_tower(item_index)).sum(dim=-1)  # (B, D) -> (B,)
        return scores / self.temperature

    def vectors(self, chunk: int = 65_536) -> tuple[Tensor, Tensor]:
        """-> user vectors (users, D), item vectors (items, D), without gradients, in evaluation mode."""
        was_training = self.training
        self.eval()
        with torch.no_grad():
            people, items = self.user_tower.all_vectors(chunk), self.item_tower.all_vectors(chunk)
        self.train(was_training)
        return people, items


class PairScorer(nn.Module):
    """The served form of a TwoTower: one tensor of pairs in, one score per pair out."""

    def __init__(self, model: TwoTower):
        super().__init__()
        self.model = model

    def forward(self, pairs: Tensor) -> Tensor:
        """pairs: (batch, 2) int64, user_index and item_index -> (batch,) float32 scores, logits."""
        return self.model(pairs[:, 0], pairs[:, 1])
