"""What `Recommender(...)` is given, before anything is read."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ...core.errors import BadInput, nearest
from ...models.registry import BY_NAME

WHOLE = {"k": 1, "budget": 1, "seed": 0}
LARGEST_SEED = 2**32 - 1


def checked(given: Mapping[str, Any]) -> dict[str, Any]:
    """The same by name, numbers as Python's own. Raises BadInput that names the argument."""
    kept = {**given, "models": _names(given["models"])}
    for name, least in WHOLE.items():
        if (value := given[name]) is None and name == "budget":
            continue
        most = LARGEST_SEED if name == "seed" else math.inf
        if isinstance(value, bool | np.bool_) or not isinstance(value, int | np.integer) or not least <= value <= most:
            up_to = f"a whole number, {least}..{most}" if most < math.inf else f"a whole number >= {least}"
            raise _fault(name, value, up_to)
        kept[name] = int(value)
    for name, fits, expected in (
        ("minutes", lambda value: 0 <= value, "a number >= 0"),
        ("variety", lambda value: 0 <= value <= 1, "a share, 0..1"),
        ("max_gigabytes", lambda value: 0 < value, "a number > 0"),
    ):
        if (value := given[name]) is None and name == "minutes":
            continue
        number = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
        if not number or not fits(value):
            raise _fault(name, value, expected)
        kept[name] = float(value)
    if not isinstance(given["quick"], bool | np.bool_):
        raise _fault("quick", given["quick"], "True or False")
    if given["quick"] and given["minutes"] is not None:
        raise BadInput.of("search", found="quick and minutes", expected="one of them", where="Recommender(...)")
    return {**kept, "quick": bool(given["quick"])}


def _names(models: Any) -> list[str] | None:
    if models is None:
        return None
    if isinstance(models, str):
        near = "" if models in BY_NAME else nearest(models, BY_NAME)
        raise _fault("models", models, f"a list of names, such as {[models if models in BY_NAME else 'ease']!r}{near}")
    names = list(models) if hasattr(models, "__iter__") else [None]
    if not all(isinstance(name, str) for name in names):
        raise _fault("models", models, "a list of names")
    return names


def _fault(name: str, value: object, expected: str) -> BadInput:
    return BadInput.of(name, found=repr(value), expected=expected, where=f"Recommender({name}=...)")
