"""Items near by the facts they share."""

from collections.abc import Mapping

from ..evaluation.search import Grid
from ..interactions.pairs import Pairs
from ..interactions.side_information import SideInformation
from .fitted import Fitted
from .item_matrix import EdgeScorer
from .model import FACTS, Cost, Model, Size
from .neighbours import MAX_FACT_PAIRS, MEASURES, fact_neighbours, neighbours_cost


def fit(pairs: Pairs, side: SideInformation, params: Mapping, seed: int) -> Fitted:
    """See `neighbours.fact_neighbours`."""
    return Fitted(EdgeScorer("fact_knn", fact_neighbours(side.carried, side.named, **params)))


def cost(size: Size) -> Cost:
    """At most MAX_FACT_PAIRS pairs of items are counted; how many share facts is the facts' affair."""
    return neighbours_cost(min(MAX_FACT_PAIRS, 3_000.0 * size.items), size)


FACT_KNN = Model(
    "fact_knn",
    "knowledge",
    FACTS,
    fit,
    cost,
    grids={"measure": Grid(MEASURES), "neighbours": Grid((20, 50, 100, 200), 2, low=5, high=3200)},
    needs=("shared facts",),
    budget=8,
    quick={"measure": "cosine", "neighbours": 100},
)
