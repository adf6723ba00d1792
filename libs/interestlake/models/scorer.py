"""One contract for everything that scores items for people: numpy and scipy in, a (people, items) matrix out."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import scipy.sparse as sp

from ..interactions.batch import UserBatch
from .opinions import SPARSE_CELLS, DenseOpinions, Opinions, sparse_or_dense


@dataclass(frozen=True)
class Scorer(ABC):
    """Scores every item for every person of a batch.

    A score of exactly 0 means "no opinion": such an item is never proposed. A person a scorer knows nothing about
    (no history, no vector, no friend) gets a row of zeros. Scores compare within one row only. Scorers hold arrays
    alone (or a network that says its shape), so that they can be broadcast, and kept by models/stored.py.
    """

    name: str

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        # what a parent knows of its own scores is not known of others
        if "score" in vars(cls) and "opinions" not in vars(cls):
            cls.opinions, cls.cells = Scorer.opinions, Scorer.cells

    @abstractmethod
    def score(self, batch: UserBatch) -> np.ndarray:
        """(B, I) float32, finite."""

    def opinions(self, batch: UserBatch) -> Opinions:
        """The same scores, in the form that the scorer has them in: never a cell for each item where few have one."""
        return DenseOpinions(self.score(batch))

    def cells(self, items: int) -> int:
        """Numbers that `opinions` holds for a person, about; what blocks of people are cut by."""
        return items

    def contributions(self, batch: UserBatch, row: int, columns: np.ndarray) -> np.ndarray | None:
        """(history items of the person, len(columns)) float64: what each history item adds to each score.

        Rows follow `batch.history[row].indices`. None where a score is not a sum over single history items.
        """
        return None

    @property
    def nbytes(self) -> int:
        """Memory of the arrays held, in bytes."""
        return sum(_nbytes(getattr(self, field.name)) for field in fields(self))


@dataclass(frozen=True)
class SparseScorer(Scorer):
    """Scores that are a product of sparse matrices, which few items have an entry in."""

    @abstractmethod
    def _product(self, batch: UserBatch) -> sp.csr_matrix:
        """(B, I)."""

    def score(self, batch: UserBatch) -> np.ndarray:
        return np.asarray(self._product(batch).todense(), dtype=np.float32)

    def opinions(self, batch: UserBatch) -> Opinions:
        return sparse_or_dense(self._product(batch))

    def cells(self, items: int) -> int:
        return min(items, SPARSE_CELLS)


def _nbytes(value: Any) -> int:
    if sp.issparse(value):
        return value.data.nbytes + value.indices.nbytes + value.indptr.nbytes
    return getattr(value, "nbytes", 0)
