"""Implicit-feedback ALS on one machine by the `implicit` library, as the scorer that Spark's ALS gives as well."""

from collections.abc import Mapping

import numpy as np
import scipy.sparse as sp
from threadpoolctl import threadpool_limits

from ..evaluation.search import Grid
from ..interactions.pairs import Pairs
from ..interactions.side_information import SideInformation
from .fitted import Fitted
from .fold_in_als import FoldInAls
from .model import PATTERN, Cost, Model, Size
from .start import ITEMS, NotAlike, Start

SWEEPS, WARM_SWEEPS = 15, 3


def fit_implicit_als(
    name: str, weights: sp.csr_matrix, rank: int, iterations: int, regularization: float, alpha: float, seed: int,
    start: np.ndarray | None = None,
) -> FoldInAls:  # fmt: skip
    """weights (U, I) >= 0 -> the fold-in scorer. Confidence of a pair is 1 + alpha * weight (Hu et al. 2008).

    The library solves with a plain L2 where Spark scales it by the length of a history; the scorer folds in the plain
    way too. Same seed and threads, same factors up to the order of sums. start: (I, rank) factors to go on from.
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
        if start is not None:
            model.item_factors = np.array(start, np.float32)
            model.user_factors = np.zeros((weights.shape[0], rank), np.float32)  # a sweep solves them first
        model.fit(confidence, show_progress=False)
    vectors = np.asarray(model.item_factors, np.float32)[: weights.shape[1]]
    vectors[np.asarray(confidence.sum(axis=0)).ravel() == 0] = 0.0
    return FoldInAls.of(name, vectors, alpha, regularization, scaled=False)


def fit(pairs: Pairs, side: SideInformation, params: Mapping, seed: int) -> Fitted:
    """See `fit_implicit_als`; the rank is cut to what the pairs have."""
    return _fitted(pairs, params, seed, SWEEPS)


def go_on(pairs: Pairs, side: SideInformation, params: Mapping, seed: int, start: Start) -> Fitted:
    """WARM_SWEEPS over all pairs from the former item factors, none where nothing came; a new item begins with nothing.
    Raises NotAlike."""
    former, rows = start.weights["item_vectors"], start.rows[ITEMS]
    if former.shape[1] != min(params["rank"], *start.sizes.values()):
        raise NotAlike(f"the rank was {former.shape[1]}, is {params['rank']}")
    vectors = np.zeros((len(rows), former.shape[1]), np.float32)
    vectors[rows >= 0] = former[rows[rows >= 0]]
    if not start.new.any():
        made = FoldInAls.of("als", vectors, params["alpha"], params["regularization"], scaled=False)
        return Fitted(made, weights={"item_vectors": vectors})
    return _fitted(pairs, {**params, "rank": former.shape[1]}, seed, WARM_SWEEPS, vectors)


def _fitted(pairs: Pairs, params: Mapping, seed: int, sweeps: int, start: np.ndarray | None = None) -> Fitted:
    rank = min(params["rank"], min(pairs.shape))
    settings = {"regularization": params["regularization"], "alpha": params["alpha"]}
    made = fit_implicit_als("als", pairs.matrix, rank=rank, iterations=sweeps, seed=seed, start=start, **settings)
    return Fitted(made, weights={"item_vectors": made.item_vectors})


def cost(size: Size) -> Cost:
    """Both orientations of the pairs and the factors, at rank 64 and 15 sweeps."""
    rows = size.people + size.items
    return Cost(1e7 + 12.0 * size.pairs + 200.0 * rows, 15 * (1.4e-7 * size.pairs + 2.9e-6 * rows))


ALS = Model(
    "als",
    "behaviour",
    PATTERN,
    fit,
    cost,
    grids={
        "regularization": Grid((0.1, 1.0, 10.0), 3.0, low=1e-3),
        "alpha": Grid((1.0, 5.0, 20.0), 3.0, low=0.1),
        "rank": Grid((32, 64, 128), 2, low=8, high=256),
    },
    budget=16,
    quick={"regularization": 1.0, "alpha": 5.0, "rank": 64},
    on_spark=True,
    go_on=go_on,
)
