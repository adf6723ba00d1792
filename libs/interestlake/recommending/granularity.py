"""The granularity of interest that each source speaks for; alpha and lambda of a segment's fusion weights."""

from collections.abc import Mapping, Sequence

from ..models.granularities import GRANULARITIES, importance, strengths_of

# what a source is fitted on decides
GRANULARITY = {
    "popularity": "behaviour",
    "graph": "behaviour",
    "transitions": "sequence",
    "item_knn": "behaviour",
    "ease": "behaviour",
    "als": "behaviour",
    "two_tower": "behaviour",
    "text": "text",
    "social": "social",
    "knowledge": "knowledge",
}


def heard_sources(names: Sequence[str], sources: Sequence[str], granularities: Sequence[str]) -> tuple[str, ...]:
    """Those of the scorers `names` that are fused: among `sources`, of a wanted granularity; popularity always is."""
    wanted = [name for name in sources if GRANULARITY[name] in granularities]
    return tuple(name for name in names if name in wanted or name == "popularity")


def alpha_of(weights: Mapping[str, float]) -> dict[str, float]:
    """Weights of sources on the simplex -> alpha per granularity, every one of GRANULARITIES; they sum to 1.

    Example: ease 0.5, popularity 0.1, text 0.4 -> behaviour 0.6, text 0.4, the others 0.
    """
    return importance(weights, GRANULARITY)


def lambda_of(alpha: Mapping[str, float]) -> dict[str, float]:
    """alpha of every granularity -> lambda_k = alpha_k / alpha_behaviour of those after the first.

    Infinite where behaviour has no part; popularity, which never falls silent, keeps that from the pipeline's weights.
    """
    values = strengths_of([alpha[name] for name in GRANULARITIES])
    return {name: float(value) for name, value in zip(GRANULARITIES[1:], values, strict=True)}
