"""A layer of a causal Transformer as it was first used on sequences of items."""

import torch
from torch import Tensor, nn

WIDER = 2  # the feed-forward's width in widths of the layer


class PlainBlock(nn.Module):
    """x + attention(n), then x + forward(n'); n, n' are the layer norms of x before each (SASRec, Kang and McAuley
    2018, with the norms before and GELU)."""

    def __init__(self, dimension: int, heads: int, dropout: float):
        super().__init__()
        self.layer = nn.TransformerEncoderLayer(
            dimension, heads, WIDER * dimension, dropout, activation="gelu", batch_first=True, norm_first=True
        )

    def forward(self, x: Tensor) -> Tensor:
        """(B, L, D) -> (B, L, D); a place looks at itself and those before it."""
        later = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool, device=x.device).triu(1)
        return self.layer(x, src_mask=later, is_causal=True)
