"""A layer of a causal Transformer whose two branches pass a gate each."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..training.parts import RowDropout, taken

WIDER = 2  # the feed-forward's width in widths of the layer


class GatedBlock(nn.Module):
    """x + g * attention(n), then x + g' * forward(n'); n, n' are the layer norms of x before each, g, g' the sigmoids
    of a linear map of them, so that a layer may leave a place as it is (LiGR, Borisyuk et al. 2025; in sequence models
    Tikhonovich et al. 2025). forward(n) = down(SiLU(up(n)) * aside(n)) (SwiGLU, Shazeer 2020)."""

    def __init__(self, dimension: int, heads: int, dropout: float):
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.before_attention, self.before_forward = nn.LayerNorm(dimension), nn.LayerNorm(dimension)
        self.asked = nn.Linear(dimension, 4 * dimension)  # queries, keys, values and the gate in one product
        self.mix = nn.Linear(dimension, dimension)
        self.up = nn.Linear(dimension, (2 * WIDER + 1) * dimension)  # both factors and the gate
        self.down = nn.Linear(WIDER * dimension, dimension)
        self.drop = RowDropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """(B, L, D) -> (B, L, D); a place looks at itself and those before it."""
        rows, length, width = x.shape
        *parts, gate = self.asked(self.before_attention(x)).chunk(4, dim=-1)
        # (B, L, D) -> (B, H, L, D / H)
        query, key, value = (part.view(rows, length, self.heads, width // self.heads).transpose(1, 2) for part in parts)
        chance = self.dropout if self.training else 0.0
        if chance and taken() is not None:
            seen = self._attention(query, key, value)
        else:
            seen = functional.scaled_dot_product_attention(query, key, value, dropout_p=chance, is_causal=True)
        seen = self.mix(seen.transpose(1, 2).reshape(rows, length, width))
        x = x + self.drop(torch.sigmoid(gate) * seen)
        up, aside, gate = self.up(self.before_forward(x)).split([WIDER * width, WIDER * width, width], dim=-1)
        return x + self.drop(torch.sigmoid(gate) * self.down(self.drop(functional.silu(up) * aside)))

    def _attention(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        """As torch's, with the dropout of a part of a batch."""
        scores = query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5  # (B, H, L, d) x (B, H, d, L) -> (B, H, L, L)
        later = torch.ones(scores.shape[-2:], dtype=torch.bool, device=scores.device).triu(1)
        return self.drop(scores.masked_fill(later, float("-inf")).softmax(dim=-1)) @ value
