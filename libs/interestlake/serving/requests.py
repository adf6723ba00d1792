"""What a request to the ranker must be: an id, a length, a history; one line of a message where it is not."""

from numbers import Integral, Real

import numpy as np
import pandas as pd

from ..core.errors import BadInput
from ..privacy.names import shown

DEFAULT_K, MAX_K = 10, 1000


def ids_of(requests: pd.DataFrame) -> list[str]:
    """user_id of each row as text; a whole number is its digits. Raises BadInput where there is none."""
    given = requests["user_id"].tolist() if "user_id" in requests.columns else [None]
    ids = []
    for one in given:
        if isinstance(one, Integral) and not isinstance(one, bool):
            one = str(one)
        if not isinstance(one, str) or not one:
            raise BadInput.of("request", found=f"user_id {one!r}" if "user_id" in requests.columns else "no user_id",
                              expected="a user_id, a string", where="each row")  # fmt: skip
        ids.append(one)
    return ids


def lengths_of(requests: pd.DataFrame) -> np.ndarray:
    """(n,) k of each row, DEFAULT_K where it is missing. Raises BadInput for what is no whole number of 1..MAX_K."""
    if "k" not in requests.columns:
        return np.full(len(requests), DEFAULT_K, np.int64)
    return np.array([_length(one) for one in requests["k"]], np.int64)


def _length(given: object) -> int:
    if given is None or given is pd.NA or (isinstance(given, Real) and given != given):
        return DEFAULT_K
    # a column with a missing k holds floats
    number = float(given) if isinstance(given, Real) and not isinstance(given, bool | np.bool_) else 0.0
    if not number.is_integer() or not 1 <= number <= MAX_K:
        said = shown(given) if isinstance(given, str) else given
        raise BadInput.of("k", found=said, expected=f"a whole number, 1..{MAX_K}", where="the request")
    return int(number)
