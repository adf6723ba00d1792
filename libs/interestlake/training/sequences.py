"""People's items in order, cut to windows of one length, and batches of windows that are about equally long."""

from collections.abc import Iterator

import numpy as np

from .reader import Batch


def windows(users: np.ndarray, items: np.ndarray, length: int, pad: int) -> np.ndarray:
    """users, items (n,): sorted by person and time -> (W, length + 1) int32, pads after the last item.

    A window ends at a person's newest item, the next one `length` items before it, so that each step from one item to
    the next stands in exactly one window. A person with a single item has none.
    """
    starts = np.flatnonzero(np.diff(users, prepend=-1))
    ends = np.append(starts[1:], len(users))
    count = np.maximum(-(-(ends - starts - 1) // length), 0)
    owner = np.repeat(np.arange(len(starts)), count)
    place = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)  # 0 = the newest window
    last = ends[owner] - place * length
    first = np.maximum(last - length - 1, starts[owner])
    index = first[:, None] + np.arange(length + 1)[None, :]
    inside = index < last[:, None]
    return np.where(inside, items[np.minimum(index, len(items) - 1)], pad).astype(np.int32)


def shuffled_within(rows: np.ndarray, pad: int, generator: np.random.Generator) -> np.ndarray:
    """rows (W, n), pads at the end -> the same with the entries before the pads in random order, each row its own."""
    key = generator.random(rows.shape) + (rows == pad)
    return np.take_along_axis(rows, np.argsort(key, axis=1, kind="stable"), axis=1)


def of_equal_length(batches: Iterator[Batch], tokens: int, pad: int, seed: int) -> Iterator[np.ndarray]:
    """Batches with a column `items` (rows, width) -> arrays (rows', width') of at most about `tokens` entries.

    Rows of one batch are sorted by length before they are cut, and trimmed, so that little is padding; the pieces come
    in seeded random order. Every row comes once.
    """
    generator = np.random.default_rng(seed)
    for batch in batches:
        rows = batch["items"]
        length = (rows != pad).sum(axis=1)
        rows, length = (values[np.argsort(length, kind="stable")] for values in (rows, length))
        cuts, start = [], 0
        while start < len(rows):
            # as many rows as fit when each is as long as the last of them
            fits = np.arange(1, len(rows) - start + 1) * length[start:] <= tokens
            end = start + max(1, int(np.argmin(fits)) if not fits.all() else len(fits))
            cuts.append((start, end))
            start = end
        for start, end in (cuts[piece] for piece in generator.permutation(len(cuts))):
            yield rows[start:end, : length[end - 1]]
