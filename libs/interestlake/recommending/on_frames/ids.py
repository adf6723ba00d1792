"""Ids of any type, as a frame has them, and the places that models know them by."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...core.errors import BadInput


@dataclass(frozen=True)
class Ids:
    """keys: ascending text of each id, in whose order ties are broken; values: the ids themselves, of their type."""

    keys: np.ndarray
    values: pd.Series

    @classmethod
    def of(cls, keys: np.ndarray, *columns: pd.Series) -> "Ids":
        """`keys` with the ids of `columns` that they are the text of. Raises BadInput where two ids have one text."""
        whole = pd.concat([column.drop_duplicates() for column in columns], ignore_index=True).drop_duplicates()
        text = whole.map(str)
        if text.duplicated().any():
            twice = whole[text == text[text.duplicated()].iloc[0]].tolist()
            raise BadInput.of("ids", found=f"{twice[0]!r} and {twice[1]!r}, which are written alike",
                              expected="ids of one type", where="the frames")  # fmt: skip
        return cls(keys, pd.Series(whole.to_numpy(), index=text).reindex(keys).reset_index(drop=True))

    def places(self, wanted: Iterable) -> np.ndarray:
        """(n,) place of each id, -1 for one that there is not; 26 and "26" are one id."""
        return pd.Index(self.keys).get_indexer([str(one) for one in wanted])

    def at(self, places: np.ndarray) -> pd.Series:
        """The ids of these places, in their own type."""
        taken = self.values.iloc[places].reset_index(drop=True)
        return taken.infer_objects()


def column_of(frame: pd.DataFrame, name: str, what: str) -> pd.Series:
    """A column of ids. Raises BadInput where it is not there, or an id is missing."""
    if name not in frame.columns:
        shown = ", ".join(map(str, frame.columns[:8]))
        raise BadInput.of(what, found=f"the columns {shown}", expected=f"{name} among them", where=what)
    column = frame[name]
    if isinstance(column.dtype, pd.CategoricalDtype):  # pandas would count what no row has, too
        column = column.astype(column.cat.categories.dtype)
    missing = int(column.isna().sum())
    if missing:
        raise BadInput.of(what, found=f"{missing:,} rows without {name}", expected="one in every row", where=what)
    return column
