"""Gated multimodal unit: vectors of several modalities, some of them missing -> one vector."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional


class GatedFusion(nn.Module):
    """h = sum_m z_m * tanh(W_m x_m) with gates z that see all modalities (GMU, Arevalo et al., 2017).

    z = softmax over the modalities that are present of G_m [x_1 .. x_M, present], coordinate by coordinate, so that
    every coordinate chooses whom it hears; with two modalities this is the paper's z and 1 - z. What is missing enters
    as zeros, is seen by the gates as missing and gets the gate 0. Nothing present: a learned vector.
    """

    def __init__(self, widths: Sequence[int], dimension: int, dropout: float):
        """widths: coordinates of each modality's vectors."""
        super().__init__()
        self.values = nn.ModuleList(nn.Linear(width, dimension) for width in widths)
        context = sum(widths) + len(widths)
        self.gates = nn.ModuleList(nn.Linear(context, dimension) for _ in widths)
        self.dropout = nn.Dropout(dropout)
        self.nothing = nn.Parameter(torch.randn(dimension) * 0.05)

    def gate_values(self, vectors: Sequence[Tensor], present: Tensor) -> Tensor:
        """vectors: M of (batch, width_m); present: (batch, M) 0 or 1 -> (batch, M, dimension), sums to 1 over M."""
        seen = [vector * present[:, place, None] for place, vector in enumerate(vectors)]
        context = torch.cat([*seen, present], dim=1)  # (B, sum of widths + M)
        logits = torch.stack([gate(context) for gate in self.gates], dim=1)  # (B, M, D)
        return torch.softmax(logits.masked_fill(present[:, :, None] == 0, -1e9), dim=1) * present[:, :, None]

    def forward(self, vectors: Sequence[Tensor], present: Tensor) -> Tensor:
        """vectors: M of (batch, width_m) float32; present: (batch, M) 0 or 1 -> (batch, dimension) of unit length."""
        vectors = [self.dropout(vector) for vector in vectors]
        gates = self.gate_values(vectors, present)
        values = [value(vector) for value, vector in zip(self.values, vectors, strict=True)]
        values = torch.tanh(torch.stack(values, dim=1))  # (B, M, D)
        fused = (gates * values).sum(dim=1)  # (B, M, D) -> (B, D)
        empty = present.sum(dim=1, keepdim=True) == 0
        return functional.normalize(torch.where(empty, self.nothing.expand_as(fused), fused), dim=-1)


def drop_modalities(present: Tensor, share: float, generator: torch.Generator | None = None) -> Tensor:
    """present: (batch, M) 0 or 1 -> the same with each modality dropped with chance `share`, one at least kept.

    Where all that a row has would go, the row stays as it is (modality dropout, after Neverova et al., 2015).
    """
    kept = (torch.rand(present.shape, generator=generator, device=present.device) >= share).to(present.dtype) * present
    emptied = (kept.sum(dim=1, keepdim=True) == 0) & (present.sum(dim=1, keepdim=True) > 0)
    return torch.where(emptied, present, kept)


class MediaMatch(nn.Module):
    """Score of a pair = cosine of the fused vectors of the item's content and the person's profile / temperature.

    A person's profile holds, per modality, the direction of the weighted sum of that modality's vectors over the
    person's items, so a person or an item that was never trained on has a vector as soon as it has content.
    """

    def __init__(self, widths: Sequence[int], dimension: int, dropout: float, temperature: float):
        super().__init__()
        self.person = GatedFusion(widths, dimension, dropout)
        self.item = GatedFusion(widths, dimension, dropout)
        self.temperature = temperature

    def forward(self, person: Sequence[Tensor], has: Tensor, item: Sequence[Tensor], present: Tensor) -> Tensor:
        """person, item: M of (batch, width_m); has, present: (batch, M) 0 or 1 -> (batch,) float32 scores, logits."""
        scores = (self.person(person, has) * self.item(item, present)).sum(dim=-1)  # (B, D) -> (B,)
        return scores / self.temperature


class ContentScorer(nn.Module):
    """The served form of a MediaMatch: one matrix of person and item rows in, one score per row out."""

    def __init__(self, model: MediaMatch, widths: Sequence[int]):
        super().__init__()
        self.model, self.widths = model, list(widths)

    def forward(self, rows: Tensor) -> Tensor:
        """rows: (batch, 2 x sum of widths) float32: profile, then item; a modality of zeros is missing -> (batch,)."""
        sides = rows.split(sum(self.widths), dim=1)
        parts = [list(side.split(self.widths, dim=1)) for side in sides]
        there = [torch.stack([(part.abs().sum(dim=1) > 0).float() for part in side], dim=1) for side in parts]
        return self.model(parts[0], there[0], parts[1], there[1])
