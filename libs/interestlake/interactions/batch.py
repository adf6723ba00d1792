"""People as matrices: what every scorer is asked with."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from .sparse_parts import row_of, values_of


@dataclass(frozen=True)
class UserBatch:
    """B people over I items; column j is the j-th item in ascending item_id, so the lower column wins a tie.

    history: (B, I) weights of the items a person chose; a stored entry, also a stored 0, is a seen item.
    recent:  (B, I) recency of the last few items: 1 for the newest, 1/2 for the one before, 1/3, ...
    friends: (B, I) summed weights of the friends' histories.
    vectors: name -> (B, d) user vectors of models trained elsewhere; a row of zeros is an unknown person.
    """

    history: sp.csr_matrix
    recent: sp.csr_matrix
    friends: sp.csr_matrix
    vectors: Mapping[str, np.ndarray]

    @property
    def size(self) -> int:
        return self.history.shape[0]

    @property
    def item_count(self) -> int:
        return self.history.shape[1]

    def chosen(self, row: int) -> tuple[np.ndarray, np.ndarray]:
        """(columns, weights) of one person's history."""
        return row_of(self.history, row)

    def recency_of(self, row: int, columns: np.ndarray) -> np.ndarray:
        """Of one person's items their recency, 0 where they are none of the last few."""
        return values_of(*row_of(self.recent, row), columns)

    def row(self, index: int) -> "UserBatch":
        """The batch of one person."""
        pick = slice(index, index + 1)
        vectors = {name: values[pick] for name, values in self.vectors.items()}
        return UserBatch(self.history[pick], self.recent[pick], self.friends[pick], vectors)
