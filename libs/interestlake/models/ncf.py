"""Neural collaborative filtering: a product of factors and a small network over two embeddings, side by side."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from ..evaluation.search import Grid
from ..interactions.batch import UserBatch
from ..interactions.pairs import Pairs
from ..interactions.side_information import SideInformation
from ..training.loop import best_device
from ..training.reader import Batch
from .fitted import Fitted
from .model import PATTERN, Model, trained
from .scorer import Scorer
from .trained_costs import ncf_cost
from .trainer import Job, Trainer, Training, indexes, pair_batches, pair_feed

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

    @property
    def shape(self) -> dict[str, int]:
        """What a model that takes this one's state is made with."""
        people, dimension = self.user_factor.weight.shape
        return {"people": people, "items": self.item_factor.num_embeddings, "dimension": dimension}

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
        fitted = np.flatnonzero(place >= 0)
        size = max(1, CHUNK_BYTES // (4 * max(len(items), 1) * self.model.user_factor.embedding_dim))
        self.model.eval()
        with torch.no_grad():
            for start in range(0, len(fitted), size):
                rows = fitted[start : start + size]
                users = torch.as_tensor(place[rows], device=device)
                logits = self.model(users[:, None], items[None, :]).cpu().numpy()  # (b, 1), (1, I) -> (b, I)
                # exactly 0 would mean no opinion; order within a row is all that counts
                scores[np.ix_(rows, np.flatnonzero(self.known))] = logits - logits.min(axis=1, keepdims=True) + 1e-3
        return scores

    @property
    def nbytes(self) -> int:
        return self.known.nbytes + sum(p.numel() * p.element_size() for p in self.model.parameters())


def ncf(data: Pairs, side: SideInformation, params: Mapping, most: int, seed: int, folder: Path) -> Job:
    """NeuMF by binary cross-entropy, `negatives` drawn items for each chosen one."""
    device, items = best_device(), data.shape[1]
    feed = pair_feed(data, folder, data.weights > 0)
    model = NeuMf(*data.shape, params["dimension"], params["dropout"]).to(device)
    drawn = params["negatives"]
    place = np.where(np.diff(data.starts) > 0, np.arange(data.shape[0]) + 1, 0)[:, None].astype(np.float64)
    seen = np.bincount(data.items, minlength=items) > 0

    def loss_of(batch: Batch) -> tuple[Tensor, float]:
        users, chosen = indexes(batch, device)
        others = torch.randint(items, (drawn, len(users)), device=device)
        logits = model(users[None, :], torch.cat([chosen[None, :], others]))  # (1 + n, B)
        truth = torch.zeros_like(logits)
        truth[0] = 1.0
        return functional.binary_cross_entropy_with_logits(logits, truth), float(len(users))

    return Job(model, pair_batches(feed, most, seed), loss_of, lambda: Fitted(NcfScorer("ncf", model, seen), place))


SCHEDULE = Training(
    steps=4_000,
    validate_steps=60,
    patience_steps=240,
    warmup_steps=60,
    learning_rate=2e-3,
    weight_decay=1e-6,
    batch=2_048,
)
TRAINER = Trainer(ncf, {"dimension": 32, "dropout": 0.2}, SCHEDULE)
NCF = Model(
    "ncf",
    "behaviour",
    PATTERN,
    trained(TRAINER),
    ncf_cost,
    grids={"negatives": Grid((4, 16), start=0)},
    budget=2,
    quick=None,
    trainer=TRAINER,
)
