"""alpha and lambda of a list's shares and of the fusion's weights, by the granularity that each model speaks for."""

from collections.abc import Mapping

from ..models.granularities import GRANULARITIES, importance, strengths_of
from ..models.registry import MODELS

GRANULARITY = {model.name: model.granularity for model in MODELS}


def alpha_of(weights: Mapping[str, float]) -> dict[str, float]:
    """Weights of models on the simplex -> alpha per granularity, every one of GRANULARITIES; they sum to 1.

    Example: ease 0.5, popularity 0.1, text 0.4 -> behaviour 0.6, text 0.4, the others 0.
    """
    return importance(weights, GRANULARITY)


def lambda_of(alpha: Mapping[str, float]) -> dict[str, float]:
    """alpha of every granularity -> lambda_k = alpha_k / alpha_behaviour of those after the first.

    Infinite where behaviour has no part; popularity, which never falls silent, keeps that from the pipeline's weights.
    """
    values = strengths_of([alpha[name] for name in GRANULARITIES])
    return {name: float(value) for name, value in zip(GRANULARITIES[1:], values, strict=True)}
