"""What finds the largest inner products of a catalogue without a look at every item."""

from abc import ABC, abstractmethod
from collections.abc import Iterable

import numpy as np

LISTED = 100  # places that an index is judged by
CELLS_AT_ONCE = 2**24  # scores that are held while the best are looked for
Found = tuple[np.ndarray, np.ndarray, np.ndarray]  # rows ascending, columns and float32 products


class ItemIndex(ABC):
    """Of item vectors (I, d) float32, which it does not hold; it says what share of the best it finds."""

    @property
    @abstractmethod
    def nbytes(self) -> int:
        """Of what it holds."""

    @property
    @abstractmethod
    def looked_at(self) -> int:
        """Items a person, in the mean of the people that it was fitted to."""

    @abstractmethod
    def search(self, users: np.ndarray, items: np.ndarray, limit: int) -> Found:
        """users (B, d), items (I, d) -> each person's `limit` best; a vector of zeros has none."""


def found_of(parts: Iterable[Found]) -> Found:
    """What was found for one block of people after the other, in one piece."""
    empty = np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32)
    return tuple(np.concatenate(one) for one in zip(empty, *parts, strict=True))  # type: ignore[return-value]
