"""Ids that are numbers, in one form: pandas makes floats of integers where one is missing, others keep them wider."""

import math
import numbers
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types

from ...core.errors import BadInput

EXACT = np.finfo(np.float64).nmant + 1  # bits of a whole number that a float keeps


def kind_of(one: object) -> str:
    """ "number", "text" or "other"."""
    if isinstance(one, str):
        return "text"
    return "number" if _counts(type(one)) else "other"


def one_form(column: pd.Series, name: str, what: str) -> pd.Series:
    """The same ids without gaps, whole numbers as integers: int64, or what holds them. Raises BadInput for a number
    that is not whole, by its row, and for what can be no id."""
    if types.is_bool_dtype(column.dtype):
        return column
    if types.is_integer_dtype(column.dtype):
        return _integers(column)
    if types.is_float_dtype(column.dtype):
        given = column.to_numpy(np.float64)
        bits = np.finfo(np.float32).nmant + 1 if str(column.dtype).lower().startswith("float32") else EXACT
        _expect(np.isfinite(given) & (np.floor(given) == given) & (np.abs(given) <= 2.0**bits), column, name, what)
        return pd.Series(given.astype(np.int64), index=column.index)
    if isinstance(column.dtype, pd.ArrowDtype) and "decimal" in str(column.dtype):
        column = column.astype(object)
    if column.dtype != object:
        return column
    values = column.tolist()
    kinds = set(map(type, values))
    for kind in kinds:
        if kind.__hash__ is None:
            odd = next(one for one in values if type(one) is kind)
            raise BadInput.of(what, found=f"{odd!r} as {name}", expected="a number, a text or a date", where=what)
    counted = {kind for kind in kinds if _counts(kind)}
    if not counted:
        return column
    _expect(np.array([type(one) not in counted or _whole(one) for one in values]), column, name, what)
    read = pd.Series([int(one) if type(one) in counted else one for one in values], column.index, object)
    return read.infer_objects()


def _counts(kind: type) -> bool:
    return issubclass(kind, numbers.Real | Decimal) and not issubclass(kind, bool | np.bool_)


def _whole(one: Any) -> bool:
    if isinstance(one, numbers.Integral):
        return True
    exact = not isinstance(one, float | np.floating) or abs(one) <= 2.0**EXACT
    return bool(exact and math.isfinite(one) and one == int(one))


def _integers(column: pd.Series) -> pd.Series:
    wide = types.is_unsigned_integer_dtype(column.dtype) and len(column) and column.max() > np.iinfo(np.int64).max
    return pd.Series(column.to_numpy(np.uint64 if wide else np.int64), index=column.index)


def _expect(whole: np.ndarray, column: pd.Series, name: str, what: str) -> None:
    if not whole.all():
        row = int(np.flatnonzero(~whole)[0])
        expected = "whole numbers, within what their type keeps exactly, or texts"
        raise BadInput.of(what, found=f"{column.iloc[row]} as {name} in row {row}", expected=expected, where=what)
