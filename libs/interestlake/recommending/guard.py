"""Guard rails of lists: what is never listed, never named, and how much of one kind a list may hold."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp


@dataclass(frozen=True)
class Guard:
    """Rules by catalogue column. blocked, unnamed: (I,) bool, never listed, never named as a reason.

    group: (I,) int32 first category, -1 = none; max_per_group: items of one group in a list, 0 = no limit. needs:
    (I, I) CSR of ones: row is listed only once every column of it is in the history.
    """

    blocked: np.ndarray
    unnamed: np.ndarray
    group: np.ndarray
    max_per_group: int
    needs: sp.csr_matrix

    def closed(self, history: sp.csr_matrix) -> np.ndarray:
        """history: (B, I), stored entries are known items -> (B, I) bool: not to be listed for this person."""
        shut = np.repeat(self.blocked[None, :], history.shape[0], axis=0)
        asking = np.flatnonzero(np.diff(self.needs.indptr))
        if len(asking):
            chosen = sp.csr_matrix((np.ones(history.nnz, np.float32), history.indices, history.indptr), history.shape)
            rows = self.needs[asking]  # (A, I)
            met = (chosen @ rows.T).toarray()  # (B, I) x (I, A) -> (B, A)
            shut[:, asking] |= met < np.diff(rows.indptr)[None, :]
        return shut

    def capped(self, columns: np.ndarray, limit: int) -> np.ndarray:
        """Columns best first -> positions of at most `limit` of them, at most max_per_group of each group, in order."""
        if not self.max_per_group:
            return np.arange(min(limit, len(columns)))
        groups = self.group[columns]
        order = np.argsort(groups, kind="stable")
        starts = np.flatnonzero(np.diff(groups[order], prepend=-2))
        place = np.empty(len(columns), np.int64)
        place[order] = np.arange(len(columns)) - np.repeat(starts, np.diff(np.append(starts, len(columns))))
        return np.flatnonzero((place < self.max_per_group) | (groups < 0))[:limit]
