"""A process's rows of a batch that several processes share, and chance that falls on a row wherever it is computed."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

Batch = dict[str, np.ndarray]


class Part(dict[str, np.ndarray]):
    """Some rows of a batch: column -> array. places: (n,) int64, where each stands in the batch of `rows` rows."""

    def __init__(self, columns: Mapping[str, np.ndarray], places: np.ndarray, rows: int):
        super().__init__(columns)
        self.places, self.rows = places, rows


_TAKEN: list[Part | None] = [None]  # what `taking` is at, the innermost last


@contextmanager
def taking(batch: Batch) -> Iterator[None]:
    """Within, `taken` is this batch where it is a part of one."""
    _TAKEN.append(batch if isinstance(batch, Part) else None)
    try:
        yield
    finally:
        _TAKEN.pop()


def taken() -> Part | None:
    """The part that this process is computing; None where it has the whole batch."""
    return _TAKEN[-1]


def by_row(draw: Callable[[int], Tensor], rows: int) -> Tensor:
    """draw(rows of a batch) -> one entry a row; of a part the whole batch's are drawn and its own rows' returned.

    So every process draws equally much, and a row gets what one process alone would have drawn for it.
    """
    part = taken()
    if part is None:
        return draw(rows)
    whole = draw(part.rows)
    return whole[torch.as_tensor(part.places, device=whole.device)]


class RowDropout(nn.Dropout):
    """Dropout by `by_row`; the first dimension is the batch's rows."""

    def forward(self, input: Tensor) -> Tensor:
        """Any shape (rows, ...) -> the same."""
        if not self.training or not self.p or taken() is None:
            return super().forward(input)
        shape = input.shape[1:]
        return input * by_row(lambda rows: functional.dropout(input.new_ones((rows, *shape)), self.p), len(input))
