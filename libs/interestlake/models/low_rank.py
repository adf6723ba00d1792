"""Vectors of people and items from who chose what: where a training starts, and what it is told beside the ids."""

import numpy as np
import scipy.sparse as sp

from ..core.truncated_svd import truncated_svd


def low_rank(chosen: sp.csr_matrix, rank: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """chosen A (U, I) -> (U, r), (I, r) float32, r <= rank: the leading singular vectors of D^-1/2 A D^-1/2, each times
    the root of its value, so that the product of both sides is the matrix's best approximation; zeros for a person or
    item without a pair."""
    degrees = [np.asarray(chosen.sum(axis=axis)).ravel() for axis in (1, 0)]
    left, right = (sp.diags(np.maximum(degree, 1.0) ** -0.5) for degree in degrees)
    even = sp.csr_matrix(left @ chosen @ right, dtype=np.float64)
    rank = min(rank, min(even.shape) - 1)
    if rank < 1:
        return np.zeros((even.shape[0], 1), np.float32), np.zeros((even.shape[1], 1), np.float32)
    people, values, axes = truncated_svd(even, rank, seed)
    root = np.sqrt(np.maximum(values, 1e-12))
    vectors = people / root, axes.T * root
    # an empty row has rounding noise, which nobody should scale up
    users, items = ((v * (degree > 0)[:, None]).astype(np.float32) for v, degree in zip(vectors, degrees, strict=True))
    return users, items
