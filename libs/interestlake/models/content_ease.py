"""EASE whose weights are pulled towards what items are about, in closed form."""

from collections.abc import Mapping

import numpy as np
import scipy.sparse as sp

from ..evaluation.search import Grid
from ..interactions.pairs import Pairs
from ..interactions.side_information import SideInformation
from .ease import CUBE_SECONDS, MAX_DENSE_ITEMS, SEARCH_ITEMS, dense_gram
from .fitted import Fitted
from .item_matrix import Ease, checked_inverse
from .model import LEAST, TEXT, Cost, Model, Size
from .neighbours import STRIP


def pulled_weights(inverse: np.ndarray, towards: sp.csr_matrix, strength: float) -> np.ndarray:
    """P = (G + l2 I)^-1 (E, E), overwritten, S (E, E) sparse, zero diagonal -> B, diagonal 0, in P's memory.

    The B that makes |X - XB|^2 + l2 |B - share S|^2 least with a zero diagonal, strength = l2 share. By Lagrange's
    multipliers B = EASE's B + strength (P S - P diag(PS) / diag(P)); after EASE (Steck 2019) and the pull towards
    semantic weights of L3AE (2025). A strip of rows at a time.
    """
    target = towards.T.tocsr()  # row j: S_kj
    row = np.repeat(np.arange(len(inverse)), np.diff(target.indptr))
    on_diagonal = np.bincount(row, inverse[row, target.indices] * target.data, minlength=len(inverse))  # (PS)_jj
    ratio = ((1.0 + strength * on_diagonal) / inverse.diagonal()).astype(inverse.dtype)
    for start in range(0, len(inverse), STRIP):
        rows = inverse[start : start + STRIP]
        rows[:] = np.float32(strength) * (target @ rows.T).T - rows * ratio[None, :]
    np.fill_diagonal(inverse, 0.0)
    return inverse


def fit(pairs: Pairs, side: SideInformation, params: Mapping, seed: int) -> Fitted:
    """See `pulled_weights`: S is the cosine of the content of each item's nearest. An item without a history is
    scored as well. At most MAX_DENSE_ITEMS items take part, the most chosen."""
    people, l2 = np.asarray(pairs.matrix.sum(axis=0)).ravel(), params["l2"]
    told = np.diff(side.alike.indptr) > 0
    used = np.flatnonzero((people > 0) | told)
    most = min(params.get("most_items") or MAX_DENSE_ITEMS, MAX_DENSE_ITEMS)
    if len(used) > most:
        used = np.sort(used[np.argsort(-people[used], kind="stable")[:most]])
    matrix = sp.csr_matrix(pairs.matrix[:, used], dtype=np.float64)
    inverse = checked_inverse(lambda precision: dense_gram(matrix, precision), l2)
    towards = side.alike[used][:, used].T.tocsr()  # each item is scored through its own nearest
    weights = pulled_weights(inverse, towards, l2 * params["share"]).astype(np.float32, copy=False)
    return Fitted(Ease("content_ease", used, weights, pairs.shape[1]))


def cost(size: Size) -> Cost:
    """The cube of the items, also of those without a history, in float32."""
    items = min(size.items, MAX_DENSE_ITEMS)
    return Cost(LEAST + 4.0 * items**2 + 16.0 * STRIP * items, 1.2 * CUBE_SECONDS * items**3 + 4e-8 * size.together)


CONTENT_EASE = Model(
    "content_ease", "text", TEXT, fit, cost,
    grids={
        "l2": Grid((30.0, 100.0, 300.0), 3.0, low=0.1),
        "share": Grid((0.001, 0.003, 0.01, 0.03), 3.0, low=1e-5, high=1.0, start=1),
    },
    needs=("content",), budget=12, while_searching=SEARCH_ITEMS, quick={"l2": 100.0, "share": 0.01},
)
