"""Two lakes' states of one table, held against each other: keys, then every column, floats within a tolerance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Tolerance:
    """How far the table of a cluster run may be from the local run's, and why.

    `absolute` + `relative` * |local| bounds the distance of two floats. `free_columns` are not compared.
    `common_keys` is the least share of keys that both must hold, `equal_rows` the least share of common rows equal in
    every compared column; 1 asks for all.
    """

    absolute: float = 1e-6
    relative: float = 1e-6
    common_keys: float = 1.0
    equal_rows: float = 1.0
    free_columns: tuple[str, ...] = ()
    reason: str = "sums of one row's floats only"


EXACT = Tolerance()


def differences(
    key: Sequence[str], local: list[Mapping], cluster: list[Mapping], tolerance: Tolerance = EXACT
) -> list[str]:
    """What is too different, one line each with figures; [] where the two agree. Rows are mappings column -> value."""
    ours, theirs = _by_key(key, local), _by_key(key, cluster)
    lines = []
    if len(ours) != len(local) or len(theirs) != len(cluster):
        counts = f"{len(local)} and {len(cluster)} rows, {len(ours)} and {len(theirs)} keys"
        lines.append(f"key {tuple(key)} repeats: {counts}")
    common = ours.keys() & theirs.keys()
    everything = max(len(ours), len(theirs))
    if everything and len(common) / everything < tolerance.common_keys:
        only = sorted(map(str, ours.keys() - theirs.keys()))[:3], sorted(map(str, theirs.keys() - ours.keys()))[:3]
        lines.append(
            f"{len(common)} of {everything} keys in common, expected {tolerance.common_keys:.0%}; "
            f"only local {only[0]}, only cluster {only[1]}"
        )
    unequal = {k: _first_unequal(ours[k], theirs[k], tolerance) for k in sorted(common, key=str)}
    unequal = {k: found for k, found in unequal.items() if found}
    if common and 1 - len(unequal) / len(common) < tolerance.equal_rows:
        k, found = next(iter(unequal.items()))
        expected = f"expected {tolerance.equal_rows:.0%} equal"
        lines.append(f"{len(unequal)} of {len(common)} rows differ, {expected}; first {k}: {found}")
    return lines


def _by_key(key: Sequence[str], rows: list[Mapping]) -> dict[tuple, Mapping]:
    return {tuple(row[column] for column in key): row for row in rows}


def _first_unequal(ours: Mapping, theirs: Mapping, tolerance: Tolerance) -> str | None:
    if ours.keys() != theirs.keys():
        return f"columns {sorted(ours)} and {sorted(theirs)}"
    for column, value in ours.items():
        if column not in tolerance.free_columns and not _equal(value, theirs[column], tolerance):
            return f"{column}={_short(value)} locally, {_short(theirs[column])} on the cluster"
    return None


def _equal(ours, theirs, tolerance: Tolerance) -> bool:
    if isinstance(ours, float) and isinstance(theirs, float):
        return bool(np.isclose(theirs, ours, rtol=tolerance.relative, atol=tolerance.absolute, equal_nan=True))
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        return ours.keys() == theirs.keys() and all(_equal(ours[k], theirs[k], tolerance) for k in ours)
    if isinstance(ours, (list, tuple)) and isinstance(theirs, (list, tuple)):
        return len(ours) == len(theirs) and all(_equal(a, b, tolerance) for a, b in zip(ours, theirs, strict=True))
    return ours == theirs


def _short(value) -> str:
    text = repr(value)
    return text if len(text) <= 120 else f"{text[:120]}..."
