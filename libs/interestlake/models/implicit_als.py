"""Implicit-feedback ALS on one machine by the `implicit` library, as the scorer that Spark's ALS gives as well."""

import numpy as np
import scipy.sparse as sp
from threadpoolctl import threadpool_limits

from .item_side import FoldInAls


def fit_implicit_als(
    name: str, weights: sp.csr_matrix, rank: int, iterations: int, regularization: float, alpha: float, seed: int
) -> FoldInAls:
    """weights (U, I) >= 0 -> the fold-in scorer. Confidence of a pair is 1 + alpha * weight (Hu et al. 2008).

    The library solves with a plain L2 where Spark scales it by the length of a history; the scorer folds in the plain
    way too. Same seed and threads, same factors up to the order of sums.
    """
    from implicit.als import AlternatingLeastSquares  # compiled code: loaded where a model is fitted

    # the library takes confidences, and 0 for a pair that was not chosen: stored weights become 1 + alpha w
    confidence = sp.csr_matrix(weights, dtype=np.float32, copy=True)
    confidence.eliminate_zeros()
    confidence.data = 1.0 + alpha * confidence.data
    with threadpool_limits(1, "blas"):  # its own threads run the sweeps; it warns where BLAS has more than one
        model = AlternatingLeastSquares(
            factors=rank, regularization=regularization, iterations=iterations, random_state=seed, alpha=1.0
        )
        model.fit(confidence, show_progress=False)
    vectors = np.asarray(model.item_factors, np.float32)[: weights.shape[1]]
    vectors[np.asarray(confidence.sum(axis=0)).ravel() == 0] = 0.0
    return FoldInAls.of(name, vectors, alpha, regularization, scaled=False)
