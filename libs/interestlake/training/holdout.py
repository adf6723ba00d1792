"""Validation pairs as arrays, and nDCG of a factor model on them."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True)
class Holdout:
    """A bounded sample of people: `users` (U,); pairs as (row of users, item_index) arrays.

    `seen` pairs are train pairs, which a list must not repeat; `relevant` pairs are what the list should hold.
    """

    users: np.ndarray
    seen: tuple[np.ndarray, np.ndarray]
    relevant: tuple[np.ndarray, np.ndarray]


def ndcg(user_vectors: Tensor, item_vectors: Tensor, holdout: Holdout, k: int = 10) -> float:
    """Mean nDCG at k with binary gain (Jarvelin and Kekalainen, 2002) of user . item over the held-out people.

    user_vectors: (users, D), item_vectors: (items, D). 0.0 where the sample is empty.
    """
    if not len(holdout.users):
        return 0.0
    rows = torch.as_tensor(holdout.users, dtype=torch.long, device=user_vectors.device)
    scores = (user_vectors[rows] @ item_vectors.T).cpu()  # (U, D) x (D, I) -> (U, I)
    scores[holdout.seen] = float("-inf")
    k = min(k, scores.shape[1])
    hits = torch.zeros_like(scores)
    hits[holdout.relevant] = 1.0
    discount = 1.0 / torch.log2(torch.arange(2, k + 2, dtype=torch.float32))
    gained = (hits.gather(1, scores.topk(k, dim=1).indices) * discount).sum(dim=1)  # (U, k) -> (U,)
    relevant = hits.sum(dim=1).clamp(max=k).long()
    ideal = torch.cat([torch.zeros(1), discount.cumsum(0)])[relevant]
    return float((gained / ideal.clamp_min(1e-12)).mean())
