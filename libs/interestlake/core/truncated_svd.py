"""A truncated SVD that is the same to the bit on any number of cores."""

from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from threadpoolctl import threadpool_limits


class Reduced(NamedTuple):
    """rows: (R, r) projected on the axes; values: (r,) singular values; axes: (r, C)."""

    rows: np.ndarray
    values: np.ndarray
    axes: np.ndarray


def truncated_svd(matrix: sp.spmatrix | np.ndarray, rank: int, seed: int) -> Reduced:
    """(R, C) -> its `rank` leading singular vectors (Halko et al. 2011)."""
    from sklearn.decomposition import TruncatedSVD  # where it is used: who only asks what it costs loads no sklearn

    # another number of threads cuts sums elsewhere, and a training that starts from them ends elsewhere
    with threadpool_limits(1, "blas"):
        svd = TruncatedSVD(rank, random_state=seed)
        rows = svd.fit_transform(matrix)
    return Reduced(rows, svd.singular_values_, svd.components_)
