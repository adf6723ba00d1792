"""Petastorm over the files of a Delta snapshot: arrays in file order, every row counted."""

from collections.abc import Iterator

import numpy as np
import pyarrow_hotfix  # noqa: F401  pyarrow 12 needs it before anything reads Parquet
from petastorm import make_batch_reader

from ..errors import ShortRead
from .snapshot import Snapshot

Batch = dict[str, np.ndarray]


def _matrix(column: np.ndarray) -> np.ndarray:
    # list columns may arrive as an object array of equal vectors
    return np.stack(column) if column.dtype == object else column


def read_batches(snapshot: Snapshot) -> Iterator[Batch]:
    """One pass over the snapshot: dicts column -> array, (rows,) for scalars and (rows, width) for vectors.

    Row groups come in file order from one worker, so the sequence of rows is the same in every pass. After the last
    one the rows delivered are compared with the table's count. Raises ShortRead on a difference.
    """
    delivered = 0
    reader = make_batch_reader(
        list(snapshot.files), workers_count=1, shuffle_row_groups=False, num_epochs=1, reader_pool_type="thread"
    )
    with reader:
        for group in reader:
            batch = {name: _matrix(np.asarray(column)) for name, column in group._asdict().items()}
            delivered += len(next(iter(batch.values())))
            yield batch
    if delivered != snapshot.rows:
        raise ShortRead(
            f"{snapshot.table} version {snapshot.version}: Petastorm delivered {delivered} rows; expected "
            f"{snapshot.rows}, the table's count; no epoch may train on a part (see docs/feeding.md)"
        )


def read_all(snapshot: Snapshot) -> Batch:
    """The whole snapshot as one dict of arrays, for tables that are bounded by items or checked before."""
    batches = list(read_batches(snapshot))
    return {name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]}


def shuffled(batches: Iterator[Batch], size: int, window: int, seed: int) -> Iterator[Batch]:
    """Re-cut `batches` into batches of `size` rows, shuffled within windows of at least `window` rows.

    A window that covers the table is a full shuffle; memory is bounded by the window. Every row comes exactly once; the
    last batch may be shorter. The order depends on `seed` and the row sequence only.
    """
    generator = np.random.default_rng(seed)
    held: list[Batch] = []
    rows = 0

    def flush() -> Iterator[Batch]:
        joined = {name: np.concatenate([batch[name] for batch in held]) for name in held[0]}
        order = generator.permutation(rows)
        for start in range(0, rows, size):
            yield {name: values[order[start : start + size]] for name, values in joined.items()}

    for batch in batches:
        held.append(batch)
        rows += len(next(iter(batch.values())))
        if rows >= window:
            yield from flush()
            held, rows = [], 0
    if rows:
        yield from flush()
