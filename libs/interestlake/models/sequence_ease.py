"""EASE over a Gram matrix with a kernel: two items of one person count the more, the closer they were chosen."""

from collections.abc import Mapping

import numpy as np
import scipy.sparse as sp

from ..evaluation.search import Grid
from ..interactions.pairs import Pairs
from ..interactions.side_information import SideInformation
from .ease import CUBE_SECONDS, MAX_DENSE_ITEMS, SEARCH_ITEMS, most_chosen, sparse_cost
from .fitted import Fitted
from .item_matrix import Ease, EdgeScorer, frugal_ease_weights
from .model import LEAST, TOGETHER, Cost, Model, Size
from .neighbourhoods import NEIGHBOURS, sparse_ease_weights
from .scorer import Scorer

REACH = 5  # exp(-5) = 0.007
GAPS_AT_ONCE = 32
MIN_PEOPLE = 2


def fit_kernel_ease(
    name: str,
    gram: sp.csr_matrix,
    l2: float,
    recency: float = 0.0,
    neighbours: int = NEIGHBOURS,
    most_items: int | None = None,
    discount: float = 0.0,
) -> Scorer:
    """EASE over a Gram matrix (I, I) with a kernel, such as `kernel_gram`; recency weighs the history that is scored.

    discount: the score of an item that n people chose is divided by n^discount.
    A sum of products of two positive semi-definite kernels is one (Schur 1911), so that the closed form holds. The
    diagonal counts people; an item of fewer than MIN_PEOPLE is left out: the inverse costs the cube of the items.
    """
    used = most_chosen(gram.diagonal(), MIN_PEOPLE, most_items)
    scale = np.maximum(gram.diagonal(), 1.0) ** -discount
    if len(used) > MAX_DENSE_ITEMS:
        edges = sp.csr_matrix(sparse_ease_weights(gram, l2, neighbours) @ sp.diags(scale), dtype=np.float32)
        return EdgeScorer(name, edges, recency)
    kept = gram if len(used) == gram.shape[0] else gram[used][:, used]
    weights = frugal_ease_weights(lambda precision: kept.astype(precision).toarray(), l2)
    weights *= scale[used].astype(np.float32)[None, :]
    return Ease(name, used, weights, gram.shape[0], recency)


def kernel_gram(users: np.ndarray, items: np.ndarray, item_count: int, width: float) -> sp.csr_matrix:
    """(I, I) float64: sum over people of exp(-d / width), d how many places apart they chose the two items.

    users, items (n,): sorted by person and time, each pair once. The diagonal counts people. Places further apart than
    REACH widths add nothing, so that the cost is n * width and not the square of a history.
    """
    counts = np.bincount(items, minlength=item_count).astype(np.float64)
    total = sp.csr_matrix(sp.diags(counts))
    longest = int(np.bincount(users, minlength=1).max())
    for start in range(1, min(longest, int(np.ceil(REACH * width)) + 1), GAPS_AT_ONCE):
        rows, columns, values = [], [], []
        for gap in range(start, min(start + GAPS_AT_ONCE, longest)):
            same = users[gap:] == users[:-gap]
            rows.append(items[:-gap][same])
            columns.append(items[gap:][same])
            values.append(np.full(len(rows[-1]), np.exp(-gap / width)))
        flat = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
        block = sp.csr_matrix(flat, total.shape)
        total = total + block + block.T
    return sp.csr_matrix(total)


def fit(pairs: Pairs, side: SideInformation, params: Mapping, seed: int) -> Fitted:
    """See `fit_kernel_ease` and `kernel_gram`."""
    liked = pairs.weights > 0
    gram = kernel_gram(pairs.users[liked], pairs.items[liked], pairs.shape[1], params["width"])
    further = {"most_items": params.get("most_items"), "discount": params.get("discount", 0.0)}
    return Fitted(fit_kernel_ease("sequence_ease", gram, params["l2"], params["recency"], **further))


def cost(size: Size) -> Cost:
    """The cube of the items that two or more chose, in float32, and the sparse Gram matrix of places within REACH
    widths of 15; past MAX_DENSE_ITEMS a regression an item."""
    entries = min(size.together, 15.0 * REACH * size.pairs)
    if size.repeated > MAX_DENSE_ITEMS:
        return sparse_cost(entries, size.repeated)
    return Cost(LEAST + 4.0 * size.repeated**2 + 39.0 * entries, CUBE_SECONDS * size.repeated**3 + 1e-7 * entries)


SEQUENCE_EASE = Model(
    "sequence_ease",
    "sequence",
    TOGETHER,
    fit,
    cost,
    grids={
        "recency": Grid((0.0, 0.3, 1.0)),
        "width": Grid((3.0, 15.0, 60.0), 3.0, low=0.3, high=2000.0),
        "l2": Grid((10.0, 30.0, 100.0), 3.0, low=0.1),
        "discount": Grid((0.0, 0.1, 0.2, 0.3), start=0),
    },
    budget=20,
    while_searching=SEARCH_ITEMS,
    quick={"width": 15.0, "l2": 30.0, "recency": 0.3, "discount": 0.0},
)
