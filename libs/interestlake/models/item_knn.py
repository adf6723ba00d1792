"""Items that the same people chose."""

from collections.abc import Mapping

from ..evaluation.search import Grid
from ..interactions.pairs import Pairs
from ..interactions.side_information import SideInformation
from .fitted import Fitted
from .item_matrix import EdgeScorer
from .model import TOGETHER, Cost, Model, Size
from .neighbours import MEASURES, item_neighbours, neighbours_cost


def fit_item_knn(pairs: Pairs, side: SideInformation, params: Mapping, seed: int) -> Fitted:
    """See `neighbours.item_neighbours`."""
    return Fitted(EdgeScorer("item_knn", item_neighbours(pairs.matrix, **params)))


def cost(size: Size) -> Cost:
    """Every pair of items of a history is counted, a strip of items at a time; a hundred neighbours are kept."""
    return neighbours_cost(size.together, size)


ITEM_KNN = Model(
    "item_knn",
    "behaviour",
    TOGETHER,
    fit_item_knn,
    cost,
    grids={
        "measure": Grid(MEASURES),
        "neighbours": Grid((20, 50, 100, 200), 2, low=5, high=3200),
        "discount": Grid((0.0, 0.2, 0.4)),
    },
    quick={"measure": "cosine", "neighbours": 100, "discount": 0.2},
    on_spark=True,
)
