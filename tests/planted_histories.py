"""Histories that are drawn: for tests whose people are nobody in particular."""

import numpy as np
import scipy.sparse as sp


def histories_of(people: int, items: int, length: int, seed: int) -> sp.csr_matrix:
    """(people, items) CSR float32 with `length` items a person, each of weight 1."""
    random = np.random.default_rng(seed)
    columns = np.concatenate([np.sort(random.choice(items, length, replace=False)) for _ in range(people)])
    starts = np.arange(people + 1) * length
    return sp.csr_matrix((np.ones(len(columns), np.float32), columns, starts), (people, items))
