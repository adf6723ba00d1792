"""Interests of several granularities: z_u = sum_k alpha_k z_uk, r_ui = z_u1 . a_i + sum_k lambda_k z_uk . a_i."""

from collections.abc import Mapping, Sequence

import numpy as np

from ..core.errors import BadInput
from ..core.params.all import GRANULARITIES


def profile(vectors: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """z_uk (K, U, d), alpha (K,) on the simplex -> z_u (U, d). Raises BadInput for an alpha off the simplex."""
    check_simplex(alpha)
    return np.einsum("k,kud->ud", alpha, vectors)


def scores(vectors: np.ndarray, items: np.ndarray, strengths: np.ndarray) -> np.ndarray:
    """z_uk (K, U, d), a_i (I, d), lambda (K - 1,) of the granularities after the first -> r_ui (U, I)."""
    weights = np.concatenate([[1.0], strengths])
    return np.einsum("k,kud,id->ui", weights, vectors, items)


def strengths_of(alpha: Sequence[float] | np.ndarray) -> np.ndarray:
    """lambda_k = alpha_k / alpha_1, k >= 2: with them r_ui orders a person's items as z_u . a_i does.

    (K,) -> (K - 1,), infinite where behaviour has no part at all: then only z_u . a_i is defined.
    """
    check_simplex(alpha)
    alpha = np.asarray(alpha, np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(alpha[1:] > 0, alpha[1:] / alpha[0], 0.0)


def importance(weights: Mapping[str, float], granularity: Mapping[str, str]) -> dict[str, float]:
    """Weights of models on the simplex -> alpha per granularity, in the order of GRANULARITIES; absent ones are 0.

    A granularity's z_uk stacks its models' vectors, so that its share is the sum of theirs.
    """
    alpha = dict.fromkeys(GRANULARITIES, 0.0)
    for model, weight in weights.items():
        alpha[granularity[model]] += float(weight)
    return alpha


def check_simplex(alpha: Sequence[float] | np.ndarray) -> None:
    """Raises BadInput unless every part is >= 0 and the sum is 1 to 1e-6."""
    alpha = np.asarray(alpha, np.float64)
    if (alpha < 0).any() or abs(alpha.sum() - 1.0) > 1e-6:
        raise BadInput.of(
            "alpha",
            found=np.round(alpha, 6).tolist(),
            expected="parts >= 0 that sum to 1",
            where="the learned weights of the granularities",
        )
