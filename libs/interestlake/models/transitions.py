"""Directed co-occurrence of one machine's sequences: which item follows which, how soon, in whose history."""

from collections.abc import Mapping

import numpy as np
import scipy.sparse as sp

from ..evaluation.search import Grid
from ..interactions.pairs import Pairs
from ..interactions.side_information import SideInformation
from .fitted import Fitted
from .item_matrix import EdgeScorer
from .model import LEAST, NEXT, Cost, Model, Size

DAY = 86_400.0


def transition_edges(
    users: np.ndarray,
    items: np.ndarray,
    times: np.ndarray | None,
    item_count: int,
    *,
    window: int,
    gap_power: float,
    backward: float,
    discount: float,
    half_life_days: float = 0.0,
) -> sp.csr_matrix:
    """Sequences -> (I, I) float32 CSR, row = item of the history, column = item scored, zero diagonal.

    users, items (n,): sorted by person and time; times (n,) seconds or None. A step from i to j that comes g <= window
    places later adds g^-gap_power, halved for every `half_life_days` between them (0, or without times: not at all).
    backward: the same step also leads from j to i with this share. The sum is divided by n_i^discount * n_j^discount,
    n the pairs of an item: 0.5 makes it a cosine. Cost is n * window.
    """
    rows, columns, values = [], [], []
    for gap in range(1, window + 1):
        same = users[gap:] == users[:-gap]
        first, then = items[:-gap][same], items[gap:][same]
        weight = np.full(len(first), gap**-gap_power)
        if times is not None and half_life_days > 0:
            weight *= 0.5 ** ((times[gap:] - times[:-gap])[same] / (half_life_days * DAY))
        rows.append(first)
        columns.append(then)
        values.append(weight)
    flat = np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))
    edges = sp.csr_matrix(flat, (item_count, item_count))
    if backward > 0:
        edges = sp.csr_matrix(edges + backward * edges.T)
    counts = np.maximum(np.bincount(items, minlength=item_count), 1.0)
    scale = counts**-discount
    row = np.repeat(np.arange(item_count, dtype=np.int32), np.diff(edges.indptr))
    value = scale[row] * edges.data * scale[edges.indices]
    apart = row != edges.indices
    starts = np.concatenate([[0], np.cumsum(np.bincount(row[apart], minlength=item_count))])
    return sp.csr_matrix((value[apart].astype(np.float32), edges.indices[apart], starts), edges.shape)


def grids(pairs: Pairs) -> dict[str, Grid]:
    """The half-life is searched where there are times."""
    searched = {
        "recency": Grid((0.0, 0.25, 0.5, 1.0, 2.0), 2.0, high=8),
        "backward": Grid((0.0, 0.3, 1.0)),
        "window": Grid((1, 3, 10), 2, low=1, high=80),
        "gap_power": Grid((0.0, 0.5, 1.0, 2.0)),
        "discount": Grid((0.0, 0.25, 0.4, 0.5, 0.6)),
    }
    return {**searched, "half_life_days": Grid((0.0, 0.04, 1.0, 30.0, 180.0), start=0)} if pairs.timed else searched


def fit(pairs: Pairs, side: SideInformation, params: Mapping, seed: int) -> Fitted:
    """See `transition_edges`; recency weighs the history that is scored."""
    of_edges = {name: value for name, value in params.items() if name != "recency"}
    edges = transition_edges(pairs.users, pairs.items, pairs.times if pairs.timed else None, pairs.shape[1], **of_edges)
    return Fitted(EdgeScorer("transitions", edges, recency=params["recency"]))


def cost(size: Size) -> Cost:
    """Steps within a window of three."""
    return Cost(LEAST + 65.0 * size.steps(3), 3.3e-7 * size.pairs)


TRANSITIONS = Model(
    "transitions",
    "sequence",
    NEXT,
    fit,
    cost,
    grids=grids,
    budget=40,
    quick={"recency": 0.5, "backward": 0.3, "window": 3, "gap_power": 0.5, "discount": 0.4},
    on_spark=True,
)
