"""Petastorm over the files of a Delta snapshot: arrays in file order, every row counted."""

from collections.abc import Iterator

import numpy as np
import pyarrow_hotfix  # noqa: F401  pyarrow 12 needs it before anything reads Parquet
from petastorm import make_batch_reader

from ..core.errors import ShortRead
from .snapshot import Snapshot

Batch = dict[str, np.ndarray]


def _matrix(column: np.ndarray) -> np.ndarray:
    # list columns may arrive as an object array of equal vectors
    return np.stack(list(column)) if column.dtype == object else column


def row_groups(snapshot: Snapshot, **shard: int) -> Iterator[Batch]:
    """The snapshot's row groups as dicts column -> array, in file order; uncounted.

    shard: Petastorm's cur_shard and shard_count, which leave the others' out.
    """
    reader = make_batch_reader(
        list(snapshot.files),
        workers_count=1,
        shuffle_row_groups=False,
        num_epochs=1,
        reader_pool_type="thread",
        **shard,
    )
    with reader:
        for group in reader:
            yield {name: _matrix(np.asarray(column)) for name, column in group._asdict().items()}


def read_batches(snapshot: Snapshot) -> Iterator[Batch]:
    """One pass over the snapshot: dicts column -> array, (rows,) for scalars and (rows, width) for vectors.

    Row groups come in file order from one worker, so the sequence of rows is the same in every pass. After the last
    one the rows delivered are compared with the table's count. Raises ShortRead on a difference.
    """
    delivered = 0
    for batch in row_groups(snapshot):
        delivered += count_rows(batch)
        yield batch
    expect_all(snapshot, delivered)


def expect_all(snapshot: Snapshot, delivered: int, to: str = "") -> None:
    """Raises ShortRead where a pass delivered another number of rows than the table holds; to: whom it delivered to."""
    if delivered != snapshot.rows:
        raise ShortRead(
            f"{snapshot.table} version {snapshot.version}: Petastorm delivered {delivered} rows{to}; expected "
            f"{snapshot.rows}, the table's count; no epoch may train on a part (see docs/feeding.md)"
        )


def read_all(snapshot: Snapshot) -> Batch:
    """The whole snapshot as one dict of arrays, for tables that are bounded by items or checked before."""
    return concatenated(list(read_batches(snapshot)))


def shuffled(batches: Iterator[Batch], size: int, window: int, seed: int) -> Iterator[Batch]:
    """Re-cut `batches` into batches of `size` rows, permuted within windows of `window` rows.

    A window that covers the table is a full shuffle; at most two windows are held. Every row comes exactly once; the
    last batch of a window may be shorter. Windows are cut by row number, so the order depends on `seed` and the
    sequence of rows, not on how files and row groups cut it.
    """
    generator = np.random.default_rng(seed)
    for joined in _windows(batches, window):
        order = generator.permutation(count_rows(joined))
        for start in range(0, len(order), size):
            yield {name: values[order[start : start + size]] for name, values in joined.items()}


def _windows(batches: Iterator[Batch], window: int) -> Iterator[Batch]:
    waiting: list[Batch] = []
    rows = 0
    for batch in batches:
        while rows + count_rows(batch) >= window:
            cut = window - rows
            yield concatenated([*waiting, {name: values[:cut] for name, values in batch.items()}])
            batch = {name: values[cut:] for name, values in batch.items()}
            waiting, rows = [], 0
        if count_rows(batch):
            waiting.append(batch)
            rows += count_rows(batch)
    if waiting:
        yield concatenated(waiting)


def count_rows(batch: Batch) -> int:
    """Rows of a batch."""
    return len(next(iter(batch.values())))


def concatenated(batches: list[Batch]) -> Batch:
    """The rows of batches with equal columns, one after the other."""
    return {name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]}
