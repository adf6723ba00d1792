"""EASE (Steck 2019) at three sizes: by people, by items, by neighbourhoods."""

from collections.abc import Mapping

import numpy as np
import scipy.sparse as sp

from ..evaluation.search import Grid
from ..interactions.pairs import Pairs
from ..interactions.side_information import SideInformation
from .fitted import Fitted
from .item_matrix import Ease, EdgeScorer, checked_inverse, frugal_ease_weights, inverted_or_refused
from .model import LEAST, TOGETHER, Cost, Model, Size
from .neighbourhoods import NEIGHBOURS, sparse_ease_weights
from .neighbours import STRIP
from .scorer import Scorer

MAX_DENSE_ITEMS = 20_000
CUBE_SECONDS = 1.4e-11  # of a float32 inverse, per cubed row


def fit_ease(
    name: str, chosen: sp.csr_matrix, l2: float, neighbours: int = NEIGHBOURS, most_items: int | None = None
) -> Scorer:
    """chosen (U, I) binary -> EASE, solved by people where they are fewer than items, else by items; past
    MAX_DENSE_ITEMS items each item is regressed on its `neighbours` nearest alone (`sparse_ease_weights`).

    most_items: only so many of the most chosen items take part, as while a parameter is searched.
    """
    used = most_chosen(np.asarray(chosen.sum(axis=0)).ravel(), 1, most_items)
    if len(used) > MAX_DENSE_ITEMS:
        matrix = sp.csr_matrix(chosen, dtype=np.float64)
        return EdgeScorer(name, sparse_ease_weights(sp.csr_matrix(matrix.T @ matrix), l2, neighbours))
    matrix = sp.csr_matrix(chosen[:, used], dtype=np.float64)
    if matrix.shape[0] < matrix.shape[1]:
        weights = ease_weights_by_people(matrix, l2)
    else:
        weights = frugal_ease_weights(lambda precision: dense_gram(matrix, precision), l2)
    return Ease(name, used, weights, chosen.shape[1])


def most_chosen(people: np.ndarray, least: int, limit: int | None) -> np.ndarray:
    """(I,) people per item -> ascending columns with at least `least`; at most `limit`, ties to the lower column."""
    used = np.flatnonzero(people >= least)
    if limit is None or len(used) <= limit:
        return used
    return np.sort(used[np.argsort(-people[used], kind="stable")[:limit]])


def dense_gram(chosen: sp.csr_matrix, precision: type = np.float64) -> np.ndarray:
    """X (U, I) float64 -> X'X (I, I), a strip of rows at a time: the sparse product is never held whole."""
    by_item, gram = chosen.T.tocsr(), np.empty((chosen.shape[1],) * 2, precision)
    for start in range(0, len(gram), STRIP):
        gram[start : start + STRIP] = (by_item[start : start + STRIP] @ chosen).toarray()
    return gram


def ease_weights_by_people(chosen: sp.csr_matrix, l2: float) -> np.ndarray:
    """The B of `ease_weights` from `hat_by_people`."""
    weights = hat_by_people(chosen, l2)
    weights /= (1.0 - weights.diagonal())[None, :]  # B = -P / diag(P) off the diagonal, l P = I - this
    np.fill_diagonal(weights, 0.0)
    return weights


def hat_by_people(chosen: sp.csr_matrix, l2: float) -> np.ndarray:
    """X (U, I) float64 -> X'(XX' + l I)^-1 X (I, I) float32, which is I - l (X'X + l I)^-1 (Woodbury 1950)."""
    by_item, inverse = chosen.T.tocsr(), dense_gram(chosen.T.tocsr())
    inverse[np.diag_indices_from(inverse)] += l2
    inverted_or_refused(inverse)
    hat = np.empty((chosen.shape[1],) * 2, np.float32)
    for start in range(0, len(hat), STRIP):
        hat[start : start + STRIP] = (by_item[start : start + STRIP] @ inverse) @ chosen  # (S, U) @ (U, U) @ (U, I)
    return hat


def ridge_inverse(chosen: sp.csr_matrix, l2: float) -> np.ndarray:
    """X (U, I) float64 -> (X'X + l I)^-1 (I, I), by people where they are fewer than items; float32, or float64 where
    `checked_inverse` says so."""
    if chosen.shape[0] >= chosen.shape[1]:
        return checked_inverse(lambda precision: dense_gram(chosen, precision), l2)
    inverse = hat_by_people(chosen, l2)
    inverse *= -1.0 / l2
    inverse[np.diag_indices_from(inverse)] += 1.0 / l2
    return inverse


# the inverse of an item matrix costs the cube of its items
SEARCH_ITEMS = {"most_items": 6_000}


def fit(pairs: Pairs, side: SideInformation, params: Mapping, seed: int) -> Fitted:
    """See `fit_ease`."""
    return Fitted(fit_ease("ease", pairs.matrix, params["l2"], most_items=params.get("most_items")))


def cost(size: Size) -> Cost:
    """Of `dense_cost`; past MAX_DENSE_ITEMS a regression an item."""
    if size.chosen > MAX_DENSE_ITEMS:
        return sparse_cost(size.together, size.chosen)
    return dense_cost(size, size.chosen)


def dense_cost(size: Size, items: int) -> Cost:
    """The cube of the smaller side: a float32 matrix of so many items, or a float64 one of people beside it, and a
    strip of rows."""
    people = size.people
    if people < items:
        products = 3.3e-9 * size.pairs * (people + items) + 5e-9 * items**2
        return Cost(LEAST + 8.0 * people**2 + 4.0 * items**2 + 8.0 * STRIP * (people + items),
                    3.4e-11 * people**3 + products)  # fmt: skip
    return Cost(LEAST + 4.0 * items**2 + 8.0 * STRIP * items, CUBE_SECONDS * items**3 + 4e-8 * size.together)


def sparse_cost(entries: float, items: int) -> Cost:
    """Of `sparse_ease_weights` with NEIGHBOURS, over a Gram matrix of so many entries."""
    return Cost(LEAST + 24.0 * entries + 30.0 * NEIGHBOURS * items, 2e-3 * items + 5e-8 * entries)


EASE = Model(
    "ease",
    "behaviour",
    TOGETHER,
    fit,
    cost,
    grids={"l2": Grid((30.0, 100.0, 300.0), 3.0, low=0.1)},
    budget=8,
    while_searching=SEARCH_ITEMS,
    quick={"l2": 100.0},
    on_spark=True,
)
