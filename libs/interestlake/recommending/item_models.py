"""Everything that belongs to items, held once and broadcast: the catalogue, the scorers, the interests of items."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ..core.errors import BadInput
from ..models.item_matrix import EdgeScorer
from ..models.scorer import Scorer
from .blocks import Catalogue
from .guard import Guard

TEXT_BYTES = 200  # id and title of an item, as kept in Python
ENTRY_BYTES = 8  # float32 value and int32 column of a sparse entry


@dataclass(frozen=True)
class ItemInterests:
    """Which interests an item carries: weights (I, K) CSR; ids and names (K,) str."""

    weights: sp.csr_matrix
    ids: np.ndarray
    names: np.ndarray


@dataclass(frozen=True)
class ItemModels:
    """What one pass over people needs of the items. `scorers` in the order of params.SOURCES.

    user_counts: (I,) people of the train split; dimensions: d per name of a user vector; guard:
    rules that every list keeps, None = none.
    """

    catalogue: Catalogue
    user_counts: np.ndarray
    scorers: tuple[Scorer, ...]
    dimensions: Mapping[str, int]
    interests: ItemInterests
    guard: Guard | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(scorer.name for scorer in self.scorers)

    @property
    def nbytes(self) -> int:
        return TEXT_BYTES * self.catalogue.item_count + sum(scorer.nbytes for scorer in self.scorers)


def planned_bytes(
    rows: Mapping[str, int], dimensions: Mapping[str, int], items: int, ease_items: int
) -> dict[str, int]:
    """Rows per sparse table, coordinates per vector table, items of the catalogue and of EASE -> bytes per part."""
    parts = {name: count * ENTRY_BYTES for name, count in rows.items()}
    parts.update({name: items * dimension * 4 for name, dimension in dimensions.items()})
    return {**parts, "ease": ease_items**2 * 4, "titles": items * TEXT_BYTES}


def check_size(parts: Mapping[str, int], max_gigabytes: float) -> float:
    """The gigabytes of all parts; BadInput with the largest part where they pass `max_gigabytes`."""
    total = sum(parts.values()) / 2**30
    if total > max_gigabytes:
        largest = max(parts, key=lambda name: (parts[name], name))
        raise BadInput.of(
            "item-side scorers",
            found=f"{total:.2f} GB planned, {parts[largest] / 2**30:.2f} GB of it {largest}",
            expected=f"at most max_item_gigabytes={max_gigabytes}",
            where="conf/params/recommend.yml; or raise prepare.min_item_events, or lower graph.max_neighbours",
        )
    return total


def neighbour_scorer(name: str, neighbours: sp.csr_matrix, kept: np.ndarray, catalogue: Catalogue) -> EdgeScorer:
    """(G, G) matrix over the columns `kept` (G,) ascending -> a scorer over the whole catalogue."""
    entries = neighbours.tocoo()
    shape = (catalogue.item_count, catalogue.item_count)
    matrix = sp.csr_matrix((entries.data, (kept[entries.row], kept[entries.col])), shape)
    matrix.sort_indices()
    return EdgeScorer(name, matrix)


def in_order(scorers: Sequence[Scorer], order: Sequence[str]) -> tuple[Scorer, ...]:
    """The scorers in the order of names that params.SOURCES gives."""
    return tuple(sorted(scorers, key=lambda scorer: order.index(scorer.name)))
