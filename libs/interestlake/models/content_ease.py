"""EASE whose weights are pulled towards what items are about, in closed form."""

from collections.abc import Mapping

import numpy as np
import scipy.sparse as sp

from ..evaluation.search import Grid
from ..interactions.pairs import Pairs
from ..interactions.side_information import SideInformation
from .ease import MAX_DENSE_ITEMS, SEARCH_ITEMS, dense_cost, most_chosen, ridge_inverse
from .fitted import Fitted
from .item_matrix import Ease
from .model import PATTERN, Cost, Model, Size
from .neighbours import STRIP, strongest_per_row


def pulled_weights(inverse: np.ndarray, towards: sp.csr_matrix, place: np.ndarray, pull: float) -> np.ndarray:
    """P = (G + (l2 + pull) I)^-1 (E, E), S (E, T) from an item to one that is scored -> B (E, T) float32.

    B makes |X - XB|^2 + l2 |B|^2 + pull |B - S|^2 least, 0 where an item meets itself; place: (E,) of each item among
    those scored. By Lagrange's multipliers B = I + pull P S - P diag(d), d_j = (1 + pull (P S)_jj) / P_jj; an item
    without a history has a row and a column of P that are zeros beside the diagonal, so that its column is pull P S.
    After L3AE (Moon, Park and Lee 2025), whose S is a ridge over the texts' vectors; EASE (Steck 2019) at a pull of 0.
    """
    target = (np.float32(pull) * towards.T).tocsr().astype(inverse.dtype)  # row j: pull S_kj
    own = target[place]
    row = np.repeat(np.arange(len(inverse)), np.diff(own.indptr))
    on_diagonal = np.bincount(row, inverse[row, own.indices] * own.data, minlength=len(inverse))  # pull (P S)_jj
    multiplier = ((1.0 + on_diagonal) / inverse.diagonal()).astype(inverse.dtype)
    weights = np.empty((len(inverse), towards.shape[1]), np.float32)
    for start in range(0, len(inverse), STRIP):
        rows = inverse[start : start + STRIP]
        pulled = (target @ rows.T).T  # (T, E) @ (E, strip): P is symmetric
        pulled[:, place] -= rows * multiplier[None, :]
        weights[start : start + STRIP] = pulled
    weights[np.arange(len(inverse)), place] = 0.0
    return weights


def fit(pairs: Pairs, side: SideInformation, params: Mapping, seed: int) -> Fitted:
    """See `pulled_weights`: S holds the cosines of each scored item with the `neighbours` nearest of the items that
    speak, the MAX_DENSE_ITEMS most chosen. Of the others those with a content are scored, by it alone."""
    most = min(params.get("most_items", MAX_DENSE_ITEMS), MAX_DENSE_ITEMS)
    items = most_chosen(np.asarray(pairs.matrix.sum(axis=0)).ravel(), 1, most)
    near = side.alike_among(items).tocoo()
    alike = strongest_per_row(near.row, near.col, near.data, params["neighbours"], near.shape)
    scored = np.union1d(items, np.flatnonzero(np.diff(alike.indptr)))
    chosen = sp.csr_matrix(pairs.matrix[:, items], dtype=np.float64)
    inverse = ridge_inverse(chosen, params["l2"] + params["pull"])
    towards = alike[scored].T.tocsr()  # an item is scored through its own nearest
    weights = pulled_weights(inverse, towards, np.searchsorted(scored, items), params["pull"])
    return Fitted(Ease("content_ease", items, weights, pairs.shape[1], scored=scored))


def cost(size: Size) -> Cost:
    """An inverse as EASE's beside the weights of every item that is scored, their strips, and the nearest items of
    every item, which later fits find made."""
    items = min(size.chosen, MAX_DENSE_ITEMS)
    inverse, block = dense_cost(size, items), items * size.items
    return Cost(inverse.bytes + 4.0 * block + (8_000.0 + 12.0 * STRIP) * size.items,
                inverse.seconds + 4.5e-8 * block)  # fmt: skip


CONTENT_EASE = Model(
    "content_ease", "text", PATTERN, fit, cost,
    grids={
        "l2": Grid((30.0, 100.0, 300.0), 3.0, low=0.1),
        "pull": Grid((0.01, 0.1, 1.0, 3.0, 10.0), 3.0, low=1e-3, high=1e4),
        "neighbours": Grid((5, 10, 30)),
    },
    needs=("content",), budget=14, while_searching=SEARCH_ITEMS,
    quick={"l2": 100.0, "pull": 3.0, "neighbours": 10},
)  # fmt: skip
