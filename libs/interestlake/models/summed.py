"""Opinions that are a sum: of a sparse product, and of vectors that have something to say of every item."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from .opinions import Opinions, open_entries, rows_of, value_at
from .top import Listed, best_of, largest_of_rows


@dataclass(frozen=True)
class SummedOpinions(Opinions):
    """near: (B, I) CSR float32, none below 0; far: of the same people and items.

    The best of the sum are among the stored entries of `near` and the best of `far`: with no entry, an item is as good
    as `far` says, and whatever `far` puts before it is no worse than that.
    """

    near: sp.csr_matrix
    far: Opinions

    def top(self, closed: sp.csr_matrix, limit: int) -> Listed:
        row, column, value = rows_of(self.near)
        listed, scores = self.far.top(closed, limit)
        person, place = np.nonzero(listed >= 0)
        alone = value_at(self.near, person, listed[person, place]) == 0
        person, place = person[alone], place[alone]
        rows = np.concatenate([row, person])
        order = np.argsort(rows, kind="stable")
        rows = rows[order]
        columns = np.concatenate([column, listed[person, place]])[order]
        values = np.concatenate([value + self.far.at(row, column), scores[person, place].astype(np.float32)])[order]
        unseen = np.concatenate([open_entries(self.near, closed), np.ones(len(person), bool)])[order]
        largest = largest_of_rows(rows, values, self.near.shape[0])
        some = unseen & (values != 0.0)
        return best_of(rows[some], columns[some], values[some], largest, limit)

    def at(self, person: np.ndarray, column: np.ndarray) -> np.ndarray:
        return self.far.at(person, column) + value_at(self.near, person, column)
