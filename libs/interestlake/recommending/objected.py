"""What a person asked not to see, as it acts on their list: barred items, and less of what is like them."""

import numpy as np
import pandas as pd

from .blocks import Catalogue
from .fuse import Candidates
from .item_models import ItemModels

ITEM_DAMPING, INTEREST_DAMPING = 0.25, 0.9


def barred_columns(block: pd.DataFrame, catalogue: Catalogue) -> list[np.ndarray] | None:
    """block(barred array<int> of item indexes, or null) -> catalogue columns per person; None without the column."""
    if "barred" not in block.columns:
        return None
    return [_columns(row, catalogue) for row in block["barred"]]


def _columns(indexes, catalogue: Catalogue) -> np.ndarray:
    if indexes is None or not np.ndim(indexes):
        return np.empty(0, np.int64)
    columns = catalogue.column_of_index[np.asarray(indexes, np.int64)]
    return np.sort(columns[columns >= 0])


def damped(candidates: Candidates, row, models: ItemModels) -> Candidates:
    """Candidates of one person with every source's value times 1 - max over interests x of d_x * w_jx.

    d_x: INTEREST_DAMPING for an interest the person said no to, 1 - product over refused items of
    (1 - ITEM_DAMPING * w_ix) for the interests of refused items, the larger of both; w: silver.item_interests, of the
    interests that a person can read. row: `refused` array<int> item indexes, `disliked` array<string> interest ids; a
    row without them, or with nulls, changes nothing. So one refusal takes at most a quarter of a score, and shares of
    the sources stay as they are. Example: two refused items that carry x fully, d_x = 1 - 0.75^2 = 0.4375.
    """
    refused = _columns(getattr(row, "refused", None), models.catalogue)
    disliked = getattr(row, "disliked", None)
    if not len(refused) and (disliked is None or not np.ndim(disliked) or not len(disliked)):
        return candidates
    weights, ids = models.interests.weights, models.interests.ids
    if not len(ids):
        return candidates
    kept = np.ones(len(ids))
    for column in refused:
        carried = weights[column]
        kept[carried.indices] *= 1 - ITEM_DAMPING * carried.data
    damping = 1 - kept
    if disliked is not None and np.ndim(disliked):
        place = np.flatnonzero(np.isin(ids.astype(str), np.asarray(disliked, str)))
        damping[place] = np.maximum(damping[place], INTEREST_DAMPING)
    touched = weights[candidates.columns].multiply(damping[None, :]).tocsr()  # (C, K)
    factor = 1 - np.asarray(touched.max(axis=1).todense()).ravel()
    return Candidates(candidates.columns, candidates.values * factor[:, None])
