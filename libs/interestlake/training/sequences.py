"""People's items in order, cut to windows of one length, and batches of windows that are about equally long."""

from collections.abc import Iterator

import numpy as np

from .parts import Batch, Part
from .ranks import ALONE, Ranks


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


def shuffled_within(batch: Batch, pad: int, generator: np.random.Generator) -> Batch:
    """Column `items` (W, n), pads at the end -> the same with the entries before the pads in random order, each row its
    own; a row of a part gets the order that it has in the whole batch."""
    rows = batch["items"]
    if isinstance(batch, Part):
        drawn = generator.random((batch.rows, rows.shape[1]))[batch.places]
    else:
        drawn = generator.random(rows.shape)
    order = np.argsort(drawn + (rows == pad), axis=1, kind="stable")
    return _with(batch, {"items": np.take_along_axis(rows, order, axis=1)})


def of_equal_length(
    batches: Iterator[Batch], tokens: int, pad: int, seed: int, ranks: Ranks = ALONE
) -> Iterator[Batch]:
    """Batches with a column `items` (rows, width) -> batches (rows', width') of at most about `tokens` entries.

    Rows of one batch are sorted by length before they are cut, and trimmed, so that little is padding; the pieces come
    in seeded random order. Every row comes once. Of parts the pieces are those of the whole batch: the processes tell
    each other how long their rows are.
    """
    generator = np.random.default_rng(seed)
    for batch in batches:
        rows = batch["items"]
        length = _lengths((rows != pad).sum(axis=1), batch, ranks)
        order = np.argsort(length, kind="stable")
        length = length[order]
        if isinstance(batch, Part):
            # where each own row stands among all, sorted by length
            place = np.empty(len(order), np.int64)
            place[order] = np.arange(len(order))
            place = place[batch.places]
            own = np.argsort(place)
            rows, place = rows[own], place[own]
        else:
            rows, place = rows[order], np.arange(len(order))
        cuts, start = [], 0
        while start < len(length):
            # as many rows as fit when each is as long as the last of them
            fits = np.arange(1, len(length) - start + 1) * length[start:] <= tokens
            end = start + max(1, int(np.argmin(fits)) if not fits.all() else len(fits))
            cuts.append((start, end))
            start = end
        for start, end in (cuts[piece] for piece in generator.permutation(len(cuts))):
            first, last = np.searchsorted(place, (start, end))
            piece = {"items": rows[first:last, : length[end - 1]]}
            yield Part(piece, place[first:last] - start, end - start) if isinstance(batch, Part) else piece


def _lengths(own: np.ndarray, batch: Batch, ranks: Ranks) -> np.ndarray:
    """Of all rows of the batch."""
    if not isinstance(batch, Part):
        return own
    length = np.zeros(batch.rows, np.int64)
    length[batch.places] = own
    return ranks.total(length)


def _with(batch: Batch, columns: Batch) -> Batch:
    return Part(columns, batch.places, batch.rows) if isinstance(batch, Part) else columns
