"""SASRec: a causal Transformer over a person's items in order; what comes next by dot product with the item vectors."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from ..evaluation.search import Grid
from ..interactions.batch import UserBatch
from ..interactions.pairs import RECENT, Pairs
from ..interactions.side_information import SideInformation
from ..training.loop import best_device
from ..training.parts import Batch, RowDropout, by_row
from ..training.ranks import ALONE, Ranks
from ..training.sequences import of_equal_length, shuffled_within, windows
from ..training.shards import shared_batches
from ..training.snapshot import store
from .fitted import Fitted
from .gated_block import GatedBlock
from .losses import softmax_over_items
from .low_rank import low_rank
from .model import PATTERN, Model, trained, went_on
from .start import ITEMS, REPLAYED_WINDOWS, replayed
from .trained_costs import sasrec_cost
from .trainer import WINDOW, Job, Trainer, Training, drawn_negatives, step_size
from .vectors import VectorScorer

CHUNK = 512  # sequences per forward pass of the scorer
LONG = 20  # items of a mean history that is long
AHEAD = 8
FEW, STEPS_PER_EPOCH = 512, 120  # places of a step on small data; steps of an epoch on larger data
DEVIATION = 0.02  # of a random vector's coordinates


class SasRec(nn.Module):
    """Self-attentive sequence recommendation (Kang and McAuley 2018) in gated layers, item vectors tied to the output.

    An item's vector is its id embedding plus a linear map of its side features, so that a rare item speaks through its
    text and facts. Sequences are left-aligned: pads stand after the last item, where causal attention never looks.
    """

    def __init__(
        self,
        items: int,
        length: int,
        dimension: int,
        blocks: int,
        heads: int,
        dropout: float,
        side: Tensor | None = None,
    ):
        """side: (items, d) float32 or None; the index `items` is the pad."""
        super().__init__()
        self.items, self.length, self.heads = items, length, heads
        self.identity = nn.Embedding(items + 1, dimension, padding_idx=items)
        self.position = nn.Embedding(length, dimension)
        for table in (self.identity, self.position):
            nn.init.normal_(table.weight, std=DEVIATION)
        self.side: Tensor | None
        self.register_buffer("side", side)
        self.project = None if side is None else nn.Linear(side.shape[1], dimension, bias=False)
        self.blocks = nn.Sequential(*(GatedBlock(dimension, heads, dropout) for _ in range(blocks)))
        self.norm, self.drop = nn.LayerNorm(dimension), RowDropout(dropout)

    @property
    def shape(self) -> dict[str, int]:
        """What a model that takes this one's state is made with, beside the side features."""
        return {"items": self.items, "length": self.length, "dimension": self.identity.embedding_dim,
                "blocks": len(self.blocks), "heads": self.heads if len(self.blocks) else 1}  # fmt: skip

    def item_vectors(self) -> Tensor:
        """-> (items, D)."""
        vectors = self.identity.weight[: self.items]
        return vectors if self.project is None else vectors + self.project(self.side)

    def forward(self, sequences: Tensor) -> Tensor:
        """(B, L) int64, pads at the end -> (B, L, D): what each place knows of the next item."""
        length = sequences.shape[1]
        given = self.identity(sequences)
        if self.project is not None and self.side is not None:
            known = (sequences < self.items)[:, :, None]
            given = given + self.project(self.side[sequences.clamp(max=self.items - 1)]) * known
        given = self.drop(given * given.shape[-1] ** 0.5 + self.position.weight[:length])
        return self.norm(self.blocks(given))


@dataclass(frozen=True)
class SequenceScorer(VectorScorer):
    """score_uj = h . e_j, h the model's state after the person's newest items (`batch.recent`, oldest first)."""

    model: SasRec

    @classmethod
    @torch.no_grad()
    def of(cls, name: str, model: SasRec, seen: np.ndarray) -> "SequenceScorer":
        """seen: (I,) bool; an item outside it was never trained on, has no side features, and gets no opinion."""
        vectors = model.item_vectors().cpu().numpy().copy()
        vectors[~seen] = 0.0
        return cls(name, vectors, model)

    def user_vectors(self, batch: UserBatch) -> np.ndarray:
        sequences, last = newest_sequences(batch, self.model.length, self.model.items)
        self.model.eval()
        states = np.zeros((batch.size, self.model.identity.embedding_dim), np.float32)
        device = self.model.identity.weight.device
        with torch.no_grad():
            for start in range(0, batch.size, CHUNK):
                part = slice(start, start + CHUNK)
                end = last[part]
                if not (end >= 0).any():
                    continue
                read = torch.as_tensor(sequences[part, : end.max() + 1], device=device)
                found = self.model(read).cpu().numpy()
                states[part] = found[np.arange(len(end)), np.maximum(end, 0)]
        states[last < 0] = 0.0
        return states

    @property
    def nbytes(self) -> int:
        return super().nbytes + sum(p.numel() * p.element_size() for p in self.model.parameters())


def newest_sequences(batch: UserBatch, length: int, pad: int) -> tuple[np.ndarray, np.ndarray]:
    """-> (B, length) int64 item columns, oldest of the newest `length` first, pads after; (B,) place of the newest, -1
    where there is none."""
    recent = batch.recent
    place = np.rint(1.0 / recent.data).astype(np.int64)  # 1 = newest
    row = np.repeat(np.arange(batch.size), np.diff(recent.indptr))
    kept = place <= length
    count = np.bincount(row[kept], minlength=batch.size)
    sequences = np.full((batch.size, length), pad, np.int64)
    sequences[row[kept], count[row[kept]] - place[kept]] = recent.indices[kept]
    return sequences, count - 1


def sasrec(
    data: Pairs, side: SideInformation, params: Mapping, most: int, seed: int, folder: Path, ranks: Ranks = ALONE,
    new: np.ndarray | None = None,
) -> Job:  # fmt: skip
    """SASRec with full or many-negative cross-entropy; texts and facts of the items stand beside their ids.

    targets: "next" = the item that follows a place; "ahead" = drawn anew from the AHEAD that follow it (Pancha et al.
    2022); "any" = the next one of an order that is drawn anew, for what may be missing anywhere in a history.
    start: how much longer than random ones the low-rank vectors are that the items' ids start from; 0 = random ones.
    new: (n,) bool; windows that end in or go through such a pair are learned, and some of the others, None = all.
    """
    items, device = data.shape[1], best_device()
    liked = data.weights > 0
    users, chosen, anywhere = data.users[liked], data.items[liked], params["targets"] == "any"
    order = np.arange(len(users))
    if anywhere:
        order = np.lexsort((np.random.default_rng(seed).random(len(chosen)), users))
        chosen = chosen[order]
    rows = windows(users, chosen, RECENT, items)
    places = int((rows != items).sum())
    if new is not None and new.any():
        fresh = windows(users, new[liked][order].astype(np.int32), RECENT, 0).any(axis=1)
        rows = rows[replayed(fresh, REPLAYED_WINDOWS, seed)]
    feed = store({"items": rows}, "sequences", folder)
    tokens = max(step_size(places, FEW), min(places // STEPS_PER_EPOCH, most))
    ahead = AHEAD if params["targets"] == "ahead" else 1
    known = _features(side)
    model = SasRec(items, RECENT, params["dimension"], 2, 2, params["dropout"], known)
    if params["start"]:
        _start_from(model, low_rank(data.matrix, params["dimension"], seed)[1], params["start"])
    model.to(device)
    negatives = drawn_negatives(items, 1_024)

    def batches(epoch: int) -> Iterator[Batch]:
        order = shared_batches(feed, ranks, len(rows), min(WINDOW, feed.rows), seed * 1_000_003 + epoch)
        parts = of_equal_length(order, tokens, items, seed + epoch, ranks)
        if anywhere:
            generator = np.random.default_rng([seed, epoch])
            parts = (shuffled_within(part, items, generator) for part in parts)
        return parts

    def loss_of(batch: Batch) -> tuple[Tensor, float]:
        given = torch.as_tensor(batch["items"], dtype=torch.long, device=device)
        real = given[:, 1:] < items
        states = model(given[:, :-1])[real]  # (B, L, D) -> (N, D)
        targets = drawn_targets(given, items, ahead)[real]
        loss = softmax_over_items(states, targets, model.item_vectors(), negatives(device))
        return loss, float(real.sum())

    seen_items = np.bincount(data.items[liked], minlength=items) > 0
    seen = seen_items if known is None else seen_items | (known.abs().sum(dim=1) > 0).numpy()
    tables = {"identity.weight": (ITEMS,), "side": (ITEMS,)}
    return Job(model, batches, loss_of, lambda: Fitted(SequenceScorer.of("sasrec", model, seen)), tables=tables)


def _start_from(model: SasRec, vectors: np.ndarray, times: float) -> None:
    """vectors (I, r) are added to the random ones, whose mean length they have `times` over."""
    length = np.linalg.norm(vectors, axis=1)
    scale = times * DEVIATION * model.identity.embedding_dim**0.5 / max(length[length > 0].mean(), 1e-12)
    with torch.no_grad():
        model.identity.weight[: model.items, : vectors.shape[1]] += torch.as_tensor(scale * vectors)


def drawn_targets(given: Tensor, pad: int, ahead: int) -> Tensor:
    """given (B, L + 1), pads at the end -> (B, L): for each place one of the `ahead` items after it, as many as there
    are, each as likely; without meaning where none follows."""
    place = torch.arange(given.shape[1] - 1, device=given.device)
    if ahead == 1:
        return given[:, 1:]
    follow = ((given < pad).sum(dim=1, keepdim=True) - 1 - place).clamp(1, ahead)  # (B, L)
    chance = by_row(lambda rows: torch.rand((rows, *follow.shape[1:]), device=given.device), len(follow))
    drawn = (chance * follow).long()
    return given.gather(1, (place + 1 + drawn).clamp(max=given.shape[1] - 1))


def _features(side: SideInformation) -> Tensor | None:
    """(I, d) float32: text and fact vectors side by side; None where there are neither."""
    blocks = [values for values in (side.text, side.facts) if values is not None]
    return torch.as_tensor(np.hstack(blocks), dtype=torch.float32) if blocks else None


def grids(pairs: Pairs) -> Mapping[str, Grid]:
    """Where histories are long, low-rank vectors and items further ahead first; of short ones, what comes next.

    The start decides where a search has one fit: on 22,363 short histories "ahead" ends at .045, "next" at .067.
    """
    long = len(pairs) >= LONG * len(np.unique(pairs.users))
    return {
        "targets": Grid(("next", "ahead", "any"), start=int(long)),
        "start": Grid((0.0, 3.0), start=int(long)),
        "dropout": Grid((0.2, 0.5), start=0),
    }


SCHEDULE = Training(
    steps=6_000,
    validate_steps=60,
    patience_steps=400,
    warmup_steps=60,
    learning_rate=1e-3,
    weight_decay=0.0,
    batch=2_048,
)
TRAINER = Trainer(sasrec, {"dimension": 64}, SCHEDULE, shared=True, goes_on=True, beside=REPLAYED_WINDOWS)
SASREC = Model(
    "sasrec",
    "sequence",
    PATTERN,
    trained(TRAINER),
    sasrec_cost,
    grids=grids,
    needs=("sequences",),
    budget=5,
    quick=None,
    trainer=TRAINER,
    go_on=went_on(TRAINER),
)
