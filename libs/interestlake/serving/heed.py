"""Requests as what their people asked not to see leaves them."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ..recommending.blocks import Catalogue
from .said_since import NOTHING, Said

LISTS = ("barred", "refused", "disliked")  # of `recommending.objected`


def heed(
    asked: pd.DataFrame, user_ids: list[str | None], people: Mapping[str, Said], catalogue: Catalogue
) -> pd.DataFrame:
    """Rows as `Ranker` ranks them, with the columns of LISTS as `people` says now.

    user_ids: whom each row is about, None for nobody. What a person forgot leaves their history and interests, and an
    interest said no to is named in no reason; item ids that are not in the catalogue are passed over.
    """
    asked = asked.reindex(columns=[*asked.columns, *(name for name in LISTS if name not in asked.columns)])
    asked = asked.astype(object).where(asked.notna(), None)
    for row, user_id in enumerate(user_ids):
        said = people.get(user_id, NOTHING)
        forgotten = _forgotten(user_id, said, catalogue)
        refused = _indexes(said.items, catalogue)
        asked.at[row, "barred"] = np.union1d(refused, forgotten)
        asked.at[row, "refused"], asked.at[row, "disliked"] = refused, sorted(said.interests)
        if len(forgotten) and asked.at[row, "items"] is not None:
            _keep(asked, row, ("items", "weights"), ~np.isin(np.asarray(asked.at[row, "items"]), forgotten))
        interests = asked.at[row, "interests"] if "interests" in asked.columns else None
        if (said.interests or said.marks) and interests is not None:
            wanted = [one not in said.interests and not said.forgot(user_id, "interest", one) for one in interests]
            _keep(asked, row, ("interests", "shares"), np.array(wanted, bool))
    return asked


def _keep(asked: pd.DataFrame, row: int, columns: tuple[str, ...], kept: np.ndarray) -> None:
    for name in columns:
        asked.at[row, name] = np.asarray(asked.at[row, name])[kept]


def _indexes(item_ids: frozenset[str], catalogue: Catalogue) -> np.ndarray:
    columns = catalogue.columns_of(sorted(item_ids))
    return np.sort(catalogue.index_of_column[columns[columns >= 0]])


def _forgotten(user_id: str | None, said: Said, catalogue: Catalogue) -> np.ndarray:
    """Item indexes whose mark the person left: the catalogue is gone through, since a mark names nothing."""
    if not said.marks:
        return np.empty(0, np.int64)
    columns = [place for place, item in enumerate(catalogue.item_ids) if said.forgot(user_id, "item", item)]
    return np.sort(catalogue.index_of_column[columns])
