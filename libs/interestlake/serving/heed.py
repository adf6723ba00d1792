"""Requests as what their people asked not to see leaves them."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from ..privacy.said import NOTHING, Said
from ..recommending.blocks import Catalogue

LISTS = ("barred", "refused", "disliked")  # of `recommending.objected`
HELD, NAMED = ("items", "weights"), ("interests", "shares")  # each an array, and the array beside it


def heed(
    asked: pd.DataFrame, user_ids: list[str | None], people: Mapping[str, Said], catalogue: Catalogue
) -> pd.DataFrame:
    """Rows as `Ranker` ranks them, with the columns of LISTS as `people` says now.

    user_ids: whom each row is about, None for nobody. What a person forgot leaves their history and interests, and an
    interest said no to is named in no reason; item ids that are not in the catalogue are passed over.
    """
    columns = {name: asked[name].tolist() for name in (*HELD, *NAMED) if name in asked.columns}
    columns |= {name: [] for name in LISTS}
    for row, user_id in enumerate(user_ids):
        said = NOTHING if user_id is None else people.get(user_id, NOTHING)
        forgotten, refused = _forgotten(user_id, said, catalogue), _indexes(said.items, catalogue)
        columns["barred"].append(np.union1d(refused, forgotten))
        columns["refused"].append(refused)
        columns["disliked"].append(sorted(said.interests))
        if len(forgotten):
            _keep(columns, row, HELD, lambda item, gone=forgotten: item not in gone)
        if said.interests or said.marks:
            _keep(columns, row, NAMED, lambda one, said=said, user_id=user_id or "": one not in said.interests
                  and not said.forgot(user_id, "interest", one))  # fmt: skip
    return asked.assign(**{name: pd.Series(values, dtype=object) for name, values in columns.items()})


def _keep(columns: dict[str, list], row: int, names: tuple[str, str], wanted: Callable) -> None:
    """Take what is not wanted out of a row's array, and its place out of the array beside it."""
    first = columns[names[0]][row] if names[0] in columns else None
    if first is None:
        return
    kept = np.array([bool(wanted(one)) for one in first], bool)
    for name in names:
        columns[name][row] = np.asarray(columns[name][row])[kept]


def _indexes(item_ids: frozenset[str], catalogue: Catalogue) -> np.ndarray:
    columns = catalogue.columns_of(sorted(item_ids))
    return np.sort(catalogue.index_of_column[columns[columns >= 0]])


def _forgotten(user_id: str | None, said: Said, catalogue: Catalogue) -> np.ndarray:
    """Item indexes whose mark the person left: the catalogue is gone through, since a mark names nothing."""
    if user_id is None or not said.marks:
        return np.empty(0, np.int64)
    columns = [place for place, item in enumerate(catalogue.item_ids) if said.forgot(user_id, "item", item)]
    return np.sort(catalogue.index_of_column[columns])
