"""Losses over a batch of pairs; tensors only."""

import torch
from torch import Tensor
from torch.nn import functional


def in_batch_softmax(
    users: Tensor,
    items: Tensor,
    user_index: Tensor,
    item_index: Tensor,
    weight: Tensor,
    log_share: Tensor,
    temperature: float,
) -> Tensor:
    """Weighted cross-entropy of each person's item among the items of the batch -> scalar.

    users, items: (B, D) float32 of unit length; user_index, item_index: (B,) int64; weight: (B,) float32 >= 0;
    log_share: (B,) float32, natural log of each item's share of the train pairs, subtracted from its logit because
    popular items stand in a batch more often (logQ correction, Yi et al. 2019). Other rows of the same item or of the
    same person are no negatives and are masked. Returns 0 where all weights are 0.
    """
    logits = users @ items.T / temperature - log_share  # (B, D) x (D, B) -> (B, B), column j is item j
    same = (item_index[:, None] == item_index[None, :]) | (user_index[:, None] == user_index[None, :])
    same.fill_diagonal_(False)
    logits = logits.masked_fill(same, float("-inf"))
    losses = functional.cross_entropy(logits, torch.arange(len(logits), device=logits.device), reduction="none")
    return (losses * weight).sum() / weight.sum().clamp_min(1e-12)
