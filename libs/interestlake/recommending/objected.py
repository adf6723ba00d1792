"""What a person asked not to see, as it acts on their list: barred items, and less of what is like them."""

from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from .blocks import Catalogue
from .pool import Pool

ITEM_DAMPING, INTEREST_DAMPING = 0.25, 0.9


def barred_columns(block: pd.DataFrame, catalogue: Catalogue) -> list[np.ndarray] | None:
    """block(barred array<int> of item indexes, or null) -> catalogue columns per person; None without the column."""
    if "barred" not in block.columns:
        return None
    return [columns_of_indexes(row, catalogue) for row in block["barred"]]


def columns_of_indexes(indexes: Any, catalogue: Catalogue) -> np.ndarray:
    """Item indexes, or nothing -> ascending catalogue columns of those that are in it."""
    if indexes is None or not np.ndim(indexes):
        return np.empty(0, np.int64)
    columns = catalogue.column_of_index[np.asarray(indexes, np.int64)]
    return np.sort(columns[columns >= 0])


def kept_shares(
    pool: Pool, block: pd.DataFrame, catalogue: Catalogue, weights: sp.csr_matrix, ids: np.ndarray
) -> np.ndarray | None:
    """(C,) share of a candidate's fused score that the objections of its person leave; None where nobody has any.

    1 - max over interests x of d_x * w_jx. d_x: INTEREST_DAMPING for an interest the person said no to, 1 - product
    over refused items of (1 - ITEM_DAMPING * w_ix) for the interests of refused items, the larger of both; weights w:
    (I, K) interests of items, ids: (K,) their ids, of the interests that a person can read. block: `refused` array<int>
    item indexes, `disliked` array<string> interest ids; a row without them, or with nulls, changes nothing. So one
    refusal takes at most a quarter of a score. Example: two refused items that carry x fully: d_x = 1 - 0.75^2.
    """
    if not {"refused", "disliked"} & set(block.columns) or not len(ids):
        return None
    left = np.ones(len(pool.columns))
    for person, row in enumerate(block.itertuples(index=False)):
        refused = columns_of_indexes(getattr(row, "refused", None), catalogue)
        damping = damping_of(refused, getattr(row, "disliked", None), weights, ids)
        if damping is not None:
            span = slice(pool.starts[person], pool.starts[person + 1])
            left[span] = left_by(damping, weights[pool.columns[span]])
    return left


def left_by(damping: np.ndarray, weights: sp.csr_matrix) -> np.ndarray:
    """damping (K,), weights (C, K) -> (C,) 1 - max over interests x of d_x * w_jx."""
    if not weights.shape[0]:
        return np.ones(0)
    return 1 - np.asarray(weights.multiply(damping[None, :]).tocsr().max(axis=1).todense()).ravel()


def damping_of(refused: np.ndarray, disliked: Any, weights: sp.csr_matrix, ids: np.ndarray) -> np.ndarray | None:
    """(K,) the d_x of `kept_shares`; refused: columns, disliked: interest ids or None. None where there is neither."""
    named = np.ndim(disliked) and len(disliked)
    if not len(refused) and not named:
        return None
    left = np.ones(len(ids))
    for column in refused:
        carried = weights[column]
        left[carried.indices] *= 1 - ITEM_DAMPING * carried.data
    damping = 1 - left
    if named:
        place = np.flatnonzero(np.isin(ids.astype(str), np.asarray(disliked, str)))
        damping[place] = np.maximum(damping[place], INTEREST_DAMPING)
    return damping
