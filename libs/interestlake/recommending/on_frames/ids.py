"""Ids of any type, as a frame has them, and the places that models know them by."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ...core.counted import counted
from ...core.errors import BadInput
from .whole_ids import kind_of, one_form


@dataclass(frozen=True)
class Ids:
    """keys: ascending text of each id, in whose order ties are broken; values: the ids themselves, of their type."""

    keys: np.ndarray
    values: pd.Series

    @classmethod
    def of(cls, keys: np.ndarray, *columns: pd.Series) -> "Ids":
        """`keys` with the ids of `columns` (see `ids_in`) that they are the text of. Raises BadInput where two ids have
        one text, and for numbers beside texts."""
        parts = [column.drop_duplicates() for column in columns]
        if len({part.dtype for part in parts}) > 1:  # which pandas would make floats of
            parts = [part.astype(object) for part in parts]
        whole = pd.concat(parts, ignore_index=True).drop_duplicates()
        text = whole.map(str)
        if text.duplicated().any():
            twice = whole[text == text[text.duplicated()].iloc[0]].tolist()
            raise BadInput.of("ids", found=f"{twice[0]!r} and {twice[1]!r}, which are written alike",
                              expected="ids of one type", where="the frames")  # fmt: skip
        if whole.dtype == object:
            kinds = whole.map(kind_of)
            shown = [f"{kind}s ({whole[kinds == kind].iloc[0]!r})" for kind in ("number", "text") if kind in set(kinds)]
            if len(shown) > 1:
                raise BadInput.of("ids", found=" beside ".join(shown), expected="ids of one type", where="the frames")
        return cls(keys, pd.Series(whole.to_numpy(), index=text).reindex(keys).reset_index(drop=True))

    def places(self, wanted: Iterable) -> np.ndarray:
        """(n,) place of each id, -1 for one that there is not; 26 and "26" are one id."""
        return pd.Index(self.keys).get_indexer([str(one) for one in wanted])

    def at(self, places: np.ndarray) -> pd.Series:
        """The ids of these places, in their own type."""
        taken = self.values.iloc[places].reset_index(drop=True)
        return taken.infer_objects()


def expect_columns(columns: Sequence, what: str, needed: Sequence[str], read: Sequence[str] = ()) -> None:
    """Raises BadInput where one of `needed` is not there, or one of `read` is there twice; all of them are named."""
    there = list(columns)
    if lacking := [name for name in needed if name not in there]:
        shown = ", ".join(map(str, there[:8])) or "none"
        raise BadInput.of(what, found=f"the columns {shown}", expected=f"{' and '.join(lacking)} among them",
                          where=what)  # fmt: skip
    if twice := [name for name in dict.fromkeys((*needed, *read)) if there.count(name) > 1]:
        raise BadInput.of(what, found=f"more than one column {' and '.join(twice)}", expected="each once", where=what)


def column_of(frame: pd.DataFrame, name: str, what: str) -> pd.Series:
    """A column. Raises BadInput where it is not there, or there twice, or a value is missing."""
    expect_columns(frame.columns, what, (name,))
    return _without_gaps(frame[name], name, what)


def ids_of(frame: pd.DataFrame, name: str, what: str) -> pd.Series:
    """A column of ids, see `ids_in`. Raises BadInput as it and `column_of`."""
    return one_form(column_of(frame, name, what), name, what)


def ids_in(asked: Any, name: str, what: str) -> pd.Series:
    """Ids of a frame's column, a series, an array, an iterable, or one id: whole numbers as integers, however they are
    kept, anything else as it is. Raises BadInput for one that is missing, or a number that is not whole."""
    if isinstance(asked, pd.DataFrame):
        return ids_of(asked, name, what).reset_index(drop=True)
    if isinstance(asked, str | bytes) or not hasattr(asked, "__iter__"):
        asked = [asked]
    if isinstance(asked, np.ndarray) and asked.ndim != 1:
        asked = list(np.atleast_1d(asked))
    if not isinstance(asked, pd.Series | pd.Index | np.ndarray):  # a list of 2**60 and 1.0 would lose digits
        asked = pd.Series(list(asked), dtype=object)
    column = pd.Series(asked).reset_index(drop=True)
    return one_form(_without_gaps(column, name, what), name, what).infer_objects()


def _without_gaps(column: pd.Series, name: str, what: str) -> pd.Series:
    if isinstance(column.dtype, pd.CategoricalDtype):  # pandas would count what no row has, too
        column = column.astype(column.cat.categories.dtype)
    missing = np.flatnonzero(column.isna())
    if len(missing):
        raise BadInput.of(what, found=f"{counted(len(missing), 'row')} without {name}, the first in row {missing[0]}",
                          expected="one in every row", where=what)  # fmt: skip
    return column
