"""HeldOut-out pairs by person."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from .pairs import Pairs

COLD, SHORT, MEDIUM = 1, 5, 20  # history lengths that part people into groups


@dataclass(frozen=True)
class HeldOut:
    """HeldOut-out pairs by person: people (n,) places in user_ids, ascending; relevant: their columns; sizes: how many
    items were held out, those outside the catalogue included; weights: column -> weight; groups: by history length."""

    people: np.ndarray
    relevant: Sequence[np.ndarray]
    sizes: np.ndarray
    weights: Sequence[dict[int, float]]
    groups: np.ndarray = field(default_factory=lambda: np.empty(0))

    def pick(self, mask: np.ndarray) -> "HeldOut":
        rows = np.flatnonzero(mask)
        parts = [[values[row] for row in rows] for values in (self.relevant, self.weights)]
        groups = self.groups[mask] if len(self.groups) else self.groups
        return HeldOut(self.people[mask], parts[0], self.sizes[mask], parts[1], groups)


def held_out_pairs(
    users: np.ndarray, columns: np.ndarray, weights: np.ndarray, histories: Pairs, owners: np.ndarray | None = None
) -> HeldOut:
    """users, columns, weights (n,): held-out pairs, column -1 = no such item -> HeldOut; weight 0 is not relevant.

    owners (n,): whose pair it is, where several people share a place in user_ids; None = the places.
    """
    liked = weights > 0
    owners = np.unique(users if owners is None else owners, return_inverse=True)[1][liked]
    users, columns, weights = users[liked], columns[liked], weights[liked]
    order = np.lexsort((columns, owners, users))
    users, columns, weights, owners = users[order], columns[order], weights[order], owners[order]
    first = np.flatnonzero(np.diff(owners, prepend=-1))
    people, starts, sizes = users[first], first, np.diff(first, append=len(owners))
    spans = [slice(start, start + size) for start, size in zip(starts, sizes, strict=True)]
    relevant = [columns[span][columns[span] >= 0] for span in spans]
    given = [{int(c): float(w) for c, w in zip(columns[s], weights[s], strict=True) if c >= 0} for s in spans]
    length = np.diff(histories.starts)[people]
    groups = np.digitize(length, (COLD, SHORT, MEDIUM))
    return HeldOut(people, relevant, sizes, given, groups)
