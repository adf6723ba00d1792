"""LightGCN: embeddings of people and items smoothed over the bipartite graph, the mean of all layers as the vectors."""

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor, nn
from torch.nn import functional

from ..evaluation.search import Grid
from ..interactions.pairs import Pairs
from ..interactions.side_information import SideInformation
from ..training.loop import best_device
from ..training.parts import Batch
from ..training.ranks import ALONE, Ranks
from .factors import FactorScorer
from .fitted import Fitted
from .losses import softmax_over_items
from .model import PATTERN, Model, trained, went_on
from .start import ITEMS, USERS
from .trained_costs import light_gcn_cost
from .trainer import Job, Trainer, Training, drawn_negatives, indexes, learned, pair_batches, pair_feed


class Smoothed(torch.autograd.Function):
    """graph @ embeddings. The graph equals its transpose, which autograd would sort anew at every step."""

    @staticmethod
    def forward(graph: Tensor, embeddings: Tensor) -> Tensor:
        return graph @ embeddings  # (N, N) @ (N, D) -> (N, D)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, Tensor], output: Tensor) -> None:
        ctx.graph = inputs[0]

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> tuple[None, Tensor]:
        return None, ctx.graph @ gradients[0]


class LightGcn(nn.Module):
    """E_(k+1) = D^-1/2 A D^-1/2 E_k, vectors = mean of E_0..E_layers (He et al. 2020); score = their dot product."""

    def __init__(self, chosen: sp.csr_matrix, dimension: int, layers: int):
        """chosen: (U, I), a stored value above 0 is an edge."""
        super().__init__()
        self.people, self.layers = chosen.shape[0], layers
        self.embedding = nn.Embedding(sum(chosen.shape), dimension)
        nn.init.normal_(self.embedding.weight, std=0.1)
        self.register_buffer("graph", _tensor(normalised(chosen)), persistent=False)

    def vectors(self) -> tuple[Tensor, Tensor]:
        """-> (U, D) and (I, D), with gradients."""
        layer = total = self.embedding.weight
        for _ in range(self.layers):
            layer = Smoothed.apply(self.graph, layer)  # (U + I, D)
            total = total + layer
        mean = total / (self.layers + 1)
        return mean[: self.people], mean[self.people :]


def normalised(chosen: sp.csr_matrix) -> sp.csr_matrix:
    """(U, I) -> (U + I, U + I) float32: D^-1/2 A D^-1/2 of the bipartite graph; a row without an edge stays empty."""
    edges = sp.csr_matrix((chosen > 0).astype(np.float32))
    both = sp.bmat([[None, edges], [edges.T, None]], format="csr")
    root = np.sqrt(np.maximum(np.asarray(both.sum(axis=1)).ravel(), 1.0))
    return sp.csr_matrix(sp.diags(1 / root) @ both @ sp.diags(1 / root), dtype=np.float32)


def _tensor(matrix: sp.csr_matrix) -> Tensor:
    rows, columns = (torch.as_tensor(part.astype(np.int64)) for part in (matrix.indptr, matrix.indices))
    values = torch.as_tensor(matrix.data)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Sparse CSR tensor support is in beta")
        return torch.sparse_csr_tensor(rows, columns, values, matrix.shape, check_invariants=True)


def light_gcn(
    data: Pairs, side: SideInformation, params: Mapping, most: int, seed: int, folder: Path, ranks: Ranks = ALONE,
    new: np.ndarray | None = None,
) -> Job:  # fmt: skip
    """LightGCN under a sampled softmax over cosines, which needs a tenth of the epochs of the pairwise loss.

    Every process smooths the whole graph; pairs and losses are shared. new: (n,) bool, as
    `learned` takes it, for the pairs of the loss.
    """
    device = best_device()
    feed = pair_feed(data, folder, learned(data, new, seed))
    model = LightGcn(data.matrix, params["dimension"], params["layers"]).to(device)
    negatives, temperature = drawn_negatives(data.shape[1], 512), params["temperature"]

    def loss_of(batch: Batch) -> tuple[Tensor, float]:
        users, items = indexes(batch, device)
        people, catalogue = (functional.normalize(vectors, dim=1) for vectors in model.vectors())
        loss = softmax_over_items(people[users], items, catalogue, negatives(device), temperature)
        return loss, float(len(users))

    def fitted() -> Fitted:
        with torch.no_grad():
            people, items = (functional.normalize(part, dim=1).cpu().numpy() for part in model.vectors())
        people[np.diff(data.starts) == 0] = 0.0
        items[np.bincount(data.items, minlength=data.shape[1]) == 0] = 0.0
        return Fitted(FactorScorer("lightgcn", items), people)

    batches = pair_batches(feed, most, seed, ranks, int((data.weights > 0).sum()))
    return Job(model, batches, loss_of, fitted, tables={"embedding.weight": (USERS, ITEMS)})


SCHEDULE = Training(
    steps=4_000,
    validate_steps=60,
    patience_steps=300,
    warmup_steps=60,
    learning_rate=1e-2,
    weight_decay=0.0,
    batch=2_048,
)
TRAINER = Trainer(light_gcn, {"dimension": 64}, SCHEDULE, shared=True, goes_on=True)
LIGHT_GCN = Model(
    "lightgcn",
    "behaviour",
    PATTERN,
    trained(TRAINER),
    light_gcn_cost,
    grids={"temperature": Grid((0.1, 0.2), 2.0, low=0.03, high=0.8, start=1), "layers": Grid((2, 3), start=0)},
    budget=3,
    quick=None,
    trainer=TRAINER,
    go_on=went_on(TRAINER),
)
