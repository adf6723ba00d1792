"""Validation pairs as arrays, and nDCG of a factor model on them."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from .judged_at_once import PEOPLE
from .ranks import ALONE, Ranks


@dataclass(frozen=True)
class Holdout:
    """A bounded sample of people: `users` (U,); pairs as (row of users, item_index) arrays.

    `seen` pairs are train pairs, which a list must not repeat; `relevant` pairs are what the list should hold.
    """

    users: np.ndarray
    seen: tuple[np.ndarray, np.ndarray]
    relevant: tuple[np.ndarray, np.ndarray]


def ndcg(user_vectors: Tensor, item_vectors: Tensor, holdout: Holdout, k: int = 10) -> float:
    """Mean nDCG at k of user . item over the held-out people, as `ndcg_of`.

    user_vectors: (users, D), item_vectors: (items, D). 0.0 where the sample is empty.
    """
    if not len(holdout.users):
        return 0.0
    rows = torch.as_tensor(holdout.users, dtype=torch.long, device=user_vectors.device)
    return ndcg_of(best_items(user_vectors[rows], item_vectors, holdout.seen, k), holdout)


def best_items(
    people: Tensor, items: Tensor, seen: tuple[np.ndarray, np.ndarray], k: int, ranks: Ranks = ALONE
) -> np.ndarray:
    """Vectors (U, D) of people and (own rows, D) of this process's items -> (U, k) int64, each person's best of all
    items, the best first, `seen` ones behind all others; -1 where there are fewer items.

    All processes call it with the same people; each scores its own items, and the best k of each are compared.
    """
    rows, columns = (torch.as_tensor(one, dtype=torch.long, device=people.device) for one in seen)
    mine = columns % ranks.count == ranks.rank
    rows, columns = rows[mine], columns[mine] // ranks.count
    values, numbers = np.zeros((2, ranks.count, len(people), k))
    values[ranks.rank], numbers[ranks.rank] = -np.inf, -1
    most = min(k, len(items))
    for begin in range(0, len(people), PEOPLE):
        scores = people[begin : begin + PEOPLE] @ items.T  # (P, D) x (D, own) -> (P, own)
        here = (rows >= begin) & (rows < begin + PEOPLE)
        scores[rows[here] - begin, columns[here]] = float("-inf")
        top = scores.topk(most, dim=1)
        part = slice(begin, begin + len(scores))
        values[ranks.rank, part, :most] = top.values.cpu().numpy()
        numbers[ranks.rank, part, :most] = top.indices.cpu().numpy() * ranks.count + ranks.rank
    values, numbers = (np.concatenate(list(ranks.total(one)), axis=1) for one in (values, numbers))
    best = np.lexsort((numbers, -values), axis=1)[:, :k]
    return np.take_along_axis(numbers, best, axis=1).astype(np.int64)


def ndcg_of(best: np.ndarray, holdout: Holdout) -> float:
    """Mean nDCG with binary gain (Jarvelin and Kekalainen, 2002) of lists (U, k) of items, the best first, -1 for none;
    a person without relevant items counts 0."""
    k = best.shape[1]
    rows, items = (np.asarray(one, np.int64) for one in holdout.relevant)
    width = int(max(best.max(initial=0), items.max(initial=0))) + 1
    relevant = np.unique(rows * width + items)
    hits = np.isin(np.arange(len(best))[:, None] * width + best, relevant) & (best >= 0)
    discount = 1.0 / np.log2(np.arange(2, k + 2))
    most = np.minimum(np.bincount(relevant // width, minlength=len(best)), k)
    ideal = np.concatenate([[0.0], discount.cumsum()])[most]
    return float(((hits * discount).sum(axis=1) / np.maximum(ideal, 1e-12)).mean())
