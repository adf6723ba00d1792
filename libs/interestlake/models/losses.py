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
    places: Tensor | None = None,
) -> Tensor:
    """Weighted cross-entropy of each person's item among the items of the batch -> scalar.

    users: (R, D), items: (B, D) float32 of unit length; user_index, item_index: (B,) int64; weight: (R,) float32 >= 0;
    log_share: (B,) float32, natural log of each item's share of the train pairs, subtracted from its logit because
    popular items stand in a batch more often (logQ correction, Yi et al. 2019). Other rows of the same item or of the
    same person are no negatives and are masked. places: (R,) int64, the rows of the batch that `users` are; None = all
    B, in order. Returns 0 where all weights are 0.
    """
    if places is None:
        places = torch.arange(len(items), device=items.device)
    logits = users @ items.T / temperature - log_share  # (R, D) x (D, B) -> (R, B), column j is item j
    same = item_index[places][:, None] == item_index[None, :]
    same |= user_index[places][:, None] == user_index[None, :]
    same[torch.arange(len(places), device=items.device), places] = False
    logits = logits.masked_fill(same, float("-inf"))
    losses = functional.cross_entropy(logits, places, reduction="none")
    return (losses * weight).sum() / weight.sum().clamp_min(1e-12)


def softmax_over_items(
    states: Tensor, targets: Tensor, item_vectors: Tensor, negatives: Tensor | None, temperature: float = 1.0
) -> Tensor:
    """Mean cross-entropy of each state's target among the items -> scalar.

    states: (N, D); targets: (N,) int64; item_vectors: (I, D). negatives: (M,) int64 drawn uniformly stand for all
    items: their logits rise by ln(I / M), so that the sum estimates the full one; a negative that is the target is
    masked. None = the full softmax.
    """
    if negatives is None:
        return functional.cross_entropy(states @ item_vectors.T / temperature, targets)  # (N, D) x (D, I) -> (N, I)
    own = (states * item_vectors[targets]).sum(dim=1, keepdim=True) / temperature  # (N, 1)
    shift = torch.log(torch.tensor(len(item_vectors) / len(negatives), device=states.device))
    others = states @ item_vectors[negatives].T / temperature + shift  # (N, D) x (D, M) -> (N, M)
    others = others.masked_fill(negatives[None, :] == targets[:, None], float("-inf"))
    logits = torch.cat([own, others], dim=1)
    return functional.cross_entropy(logits, torch.zeros(len(logits), dtype=torch.long, device=logits.device))
