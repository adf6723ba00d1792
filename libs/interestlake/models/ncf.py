"""Neural collaborative filtering: a product of factors and a small network over two embeddings, side by side."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from ..interactions.batch import UserBatch
from .scorer import Scorer

CHUNK_BYTES = 64 * 2**20


class NeuMf(nn.Module):
    """logit(u, i) = w . [p_u * q_i, MLP(s_u, t_i)] (NeuMF, He et al. 2017)."""

    def __init__(self, people: int, items: int, dimension: int, dropout: float):
        super().__init__()
        sizes = ((people, dimension), (items, dimension))
        self.user_factor, self.item_factor = (nn.Embedding(*size) for size in sizes)
        self.user_side, self.item_side = (nn.Embedding(*size) for size in sizes)
        for table in (self.user_factor, self.item_factor, self.user_side, self.item_side):
            nn.init.normal_(table.weight, std=0.05)
        # the first layer over [s_u, t_i] is a sum of two maps: scoring all items maps each side once
        self.from_user, self.from_item = nn.Linear(dimension, dimension), nn.Linear(dimension, dimension, bias=False)
        self.rest = nn.Sequential(nn.ReLU(), nn.Dropout(dropout), nn.Linear(dimension, dimension // 2), nn.ReLU())
        self.out = nn.Linear(dimension + dimension // 2, 1)

    def forward(self, users: Tensor, items: Tensor) -> Tensor:
        """users, items: int64 of shapes that broadcast to S -> logits of shape S."""
        factors = self.user_factor(users) * self.item_factor(items)
        hidden = self.rest(self.from_user(self.user_side(users)) + self.from_item(self.item_side(items)))
        weight, split = self.out.weight[0], factors.shape[-1]
        return factors @ weight[:split] + hidden @ weight[split:] + self.out.bias


@dataclass(frozen=True)
class NcfScorer(Scorer):
    """score_uj = the model's logit, shifted to be above 0; a row of zeros for a person, or item, outside train.

    The person's place in the model comes as the batch's vectors[name], (B, 1): place + 1, 0 = unknown.
    """

    name: str
    model: NeuMf
    known: np.ndarray

    def score(self, batch: UserBatch) -> np.ndarray:
        place = batch.vectors[self.name][:, 0].astype(np.int64) - 1
        scores = np.zeros((batch.size, len(self.known)), np.float32)
        device = self.model.out.weight.device
        items = torch.as_tensor(np.flatnonzero(self.known), device=device)
        known = np.flatnonzero(place >= 0)
        size = max(1, CHUNK_BYTES // (4 * max(len(items), 1) * self.model.user_factor.embedding_dim))
        self.model.eval()
        with torch.no_grad():
            for start in range(0, len(known), size):
                rows = known[start : start + size]
                users = torch.as_tensor(place[rows], device=device)
                logits = self.model(users[:, None], items[None, :]).cpu().numpy()  # (b, 1), (1, I) -> (b, I)
                # exactly 0 would mean no opinion; order within a row is all that counts
                scores[np.ix_(rows, np.flatnonzero(self.known))] = logits - logits.min(axis=1, keepdims=True) + 1e-3
        return scores

    @property
    def nbytes(self) -> int:
        return self.known.nbytes + sum(p.numel() * p.element_size() for p in self.model.parameters())
