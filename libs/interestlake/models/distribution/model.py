"""The softmax over items: an encoder's vector of a history against vectors of the items."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

DIMENSION = 128
SHARPNESS = 5.0
MOST_NEW = 0.5  # of the pairs to come, for items without any
DROPOUT = 0.2


def log_shares(counts: Tensor) -> Tensor:
    """(I,) pairs per item -> (I,) log of an item's share of the pairs to come.

    Items without a pair get (N1 + 1) / (N + 2) of them together and evenly, N1 the items with at most one of N pairs:
    what Turing's estimate expects of them (Good, 1953), never nothing and at most MOST_NEW. The rest goes by pairs.
    """
    new, total = counts == 0, counts.sum()
    share = ((((counts <= 1) & ~new).sum() + 1) / (total + 2)).clamp(max=MOST_NEW) if new.any() else torch.tensor(0.0)
    return torch.where(new, share / new.sum().clamp(min=1), (1 - share) * counts / total.clamp(min=1e-9)).log()


class ItemSoftmax(nn.Module):
    """logit_i = s . (B e_i + d_i) + c_i + b_i over I items, s = g A v, v the unit vector of a history's text.

    e_i: the item's own text vector, fixed and centred; d_i and c_i: what is learned of the item beside it, 0 at the
    start; b_i: log of its share of the pairs to come, fixed. Nobody's history is s = 0 and no c: the prior b. A and B
    start as one projection, so training starts from popularity moved by how near an item's text lies to the history's.
    """

    def __init__(self, text: Tensor, counts: Tensor, pieces: Tensor, width: int):
        """text (I, e) float32, zeros where an item has none; counts (I,) pairs; pieces (I, p) int32; width of v."""
        super().__init__()
        with_text = text.abs().sum(dim=1, keepdim=True) > 0
        centre = text.sum(dim=0) / with_text.sum().clamp(min=1)
        self.register_buffer("text", torch.where(with_text, text - centre, 0.0))
        self.register_buffer("pieces", pieces)
        self.from_user = nn.Linear(width, DIMENSION, bias=False)
        self.from_text = nn.Linear(text.shape[1], DIMENSION, bias=False)
        nn.init.orthogonal_(self.from_user.weight)
        with torch.no_grad():
            if width == text.shape[1]:
                self.from_text.weight.copy_(self.from_user.weight)
            else:
                nn.init.orthogonal_(self.from_text.weight)
        self.delta = nn.Parameter(torch.zeros(len(text), DIMENSION))
        self.shift = nn.Parameter(torch.zeros(len(text)))
        self.register_buffer("prior", log_shares(counts))
        self.sharpness = nn.Parameter(torch.tensor(SHARPNESS))
        self.drop = nn.Dropout(DROPOUT)

    @classmethod
    def empty(cls, weights: dict[str, Tensor]) -> "ItemSoftmax":
        """A module of the shapes of saved `weights`, which it holds."""
        model = cls(
            weights["text"], torch.ones(len(weights["text"])), weights["pieces"], weights["from_user.weight"].shape[1]
        )
        model.load_state_dict(weights)
        return model

    def item_vectors(self) -> Tensor:
        """-> (I, D + 1), c_i last."""
        return torch.cat([self.from_text(self.text) + self.delta, self.shift[:, None]], dim=1)

    def states(self, vectors: Tensor) -> Tensor:
        """(B, width) text vectors, zeros where there is no history -> (B, D + 1), the last 1 where there is one."""
        with_text = (vectors.abs().sum(dim=1, keepdim=True) > 0).float()
        states = self.sharpness * self.drop(self.from_user(F.normalize(vectors, dim=1)))
        return torch.cat([states, with_text], dim=1)

    def forward(self, states: Tensor) -> Tensor:
        """(B, D + 1) -> logits (B, I)."""
        return states @ self.item_vectors().T + self.prior  # (B, D + 1) @ (D + 1, I) -> (B, I)


def view_loss(
    model: ItemSoftmax, states: Tensor, listed: Tensor, rows: Tensor, targets: Tensor, drawn: Tensor | None
) -> Tensor:
    """Mean cross-entropy of the pairs (row, target) under each row's softmax over the items it was not told.

    states (B, D + 1); listed (B, T) int64 columns of the text, I where fewer; rows, targets (N,) int64; drawn: (M,)
    columns drawn uniformly that stand for all items, their logits raised by ln(I / M), None = all items.
    """
    items = len(model.prior)
    if drawn is None:
        logits = F.pad(model(states), (0, 1))
        logits = logits.scatter(1, listed, float("-inf"))[:, :items]  # the column beyond the last takes the fillers
        return (logits.logsumexp(dim=1)[rows] - logits[rows, targets]).mean()
    vectors = model.item_vectors()
    own = (states[rows] * vectors[targets]).sum(dim=1) + model.prior[targets]  # (N,)
    others = states @ vectors[drawn].T + model.prior[drawn] + math.log(items / len(drawn))  # (B, M)
    others = others.masked_fill((listed[:, :, None] == drawn).any(dim=1), float("-inf"))
    return (torch.logaddexp(own, others.logsumexp(dim=1)[rows]) - own).mean()
