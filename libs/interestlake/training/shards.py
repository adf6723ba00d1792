"""A snapshot shared out among the processes of a training: each reads its row groups, all see the same batches."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlparse

import numpy as np
import pyarrow.parquet as pq

from ..core.errors import ShortRead
from .parts import Part
from .ranks import Ranks
from .reader import Batch, concatenated, count_rows, expect_all, read_batches, row_groups, shuffled
from .snapshot import Snapshot

ROW = "row number"  # column of a shard: each row's place in the table
EVEN = 4  # row groups per process from which they are shared out whole


def path_of(address: str) -> Path:
    """The file of this host that an address of a snapshot names."""
    return Path(unquote(urlparse(address).path))


def sizes_of(snapshot: Snapshot) -> np.ndarray:
    """Rows of each row group, in file order, from the files' footers."""
    footers = (pq.ParquetFile(path_of(file)).metadata for file in snapshot.files)
    return np.array([one.row_group(group).num_rows for one in footers for group in range(one.num_row_groups)], np.int64)


def read_shard(snapshot: Snapshot, ranks: Ranks) -> Iterator[Batch]:
    """This process's rows in ascending order, with their row numbers as the column ROW; uncounted.

    Every n-th row group by Petastorm's own sharding; of a table of fewer than EVEN row groups a process, every n-th row
    of all.
    """
    sizes = sizes_of(snapshot)
    begins = np.cumsum(sizes) - sizes
    if len(sizes) >= EVEN * ranks.count:
        groups = row_groups(snapshot, cur_shard=ranks.rank, shard_count=ranks.count)
        for begin, group in zip(begins[ranks.rank :: ranks.count], groups, strict=False):
            yield {ROW: begin + np.arange(count_rows(group)), **group}
        return
    begin = 0
    for group in row_groups(snapshot):
        numbers = begin + np.arange(count_rows(group))
        begin += len(numbers)
        yield _chosen({ROW: numbers, **group}, numbers % ranks.count == ranks.rank)


def read_own(snapshot: Snapshot, ranks: Ranks) -> Iterator[Batch]:
    """One pass over this process's rows; at its end those of all processes are counted together.

    All processes go through it at the same time. Raises ShortRead, in each of them, on a difference.
    """
    if ranks.count == 1:
        yield from read_batches(snapshot)
        return
    delivered = 0
    for group in read_shard(snapshot, ranks):
        delivered += count_rows(group)
        yield group
    _expect_all(snapshot, ranks, delivered)


def shared_batches(snapshot: Snapshot, ranks: Ranks, size: int, window: int, seed: int) -> Iterator[Batch]:
    """`shuffled` batches of a pass, of which each process gets its own rows as a Part; all take part in each.

    The batches are those of one process, row for row: row numbers decide, which the processes agree on, not who reads
    them. After the last one the rows of all processes are counted. Raises ShortRead on a difference.
    """
    if ranks.count == 1:
        yield from shuffled(read_batches(snapshot), size, window, seed)
        return
    generator = np.random.default_rng(seed)
    delivered = 0
    for begin, columns in _windows(read_shard(snapshot, ranks), snapshot, ranks, window):
        rows = min(window, snapshot.rows - begin)
        place = np.empty(rows, np.int64)
        place[generator.permutation(rows)] = np.arange(rows)
        places = place[columns.pop(ROW) - begin]
        delivered += len(places)
        order = np.argsort(places)
        for start in range(0, rows, size):
            stop = min(start + size, rows)
            first, last = np.searchsorted(places, (start, stop), sorter=order)
            yield Part(_chosen(columns, order[first:last]), places[order[first:last]] - start, stop - start)
    _expect_all(snapshot, ranks, delivered)


def _windows(shard: Iterator[Batch], snapshot: Snapshot, ranks: Ranks, window: int) -> Iterator[tuple[int, Batch]]:
    """(first row number, this process's rows) of each window of the table; a row that was lost is not among them."""
    waiting: list[Batch] = []
    for begin in range(0, snapshot.rows, window):
        end = min(begin + window, snapshot.rows)
        # the last row number read lies behind the window, or nothing is left to read
        while not any((one[ROW] >= end).any() for one in waiting[-1:]) and (group := next(shard, None)):
            waiting.append(group)
        if not waiting:
            raise ShortRead(
                f"{snapshot.table} version {snapshot.version}: Petastorm delivered 0 rows to process {ranks.rank} of "
                f"{ranks.count}; expected its share of {snapshot.rows} (see docs/feeding.md)"
            )
        columns = concatenated(waiting)
        inside = columns[ROW] < end
        waiting = [_chosen(columns, ~inside)]
        yield begin, _chosen(columns, inside)


def _chosen(columns: Batch, rows: np.ndarray) -> Batch:
    return {name: values[rows] for name, values in columns.items()}


def _expect_all(snapshot: Snapshot, ranks: Ranks, delivered: int) -> None:
    expect_all(snapshot, int(ranks.total(np.array([delivered]))[0]), f" to {ranks.count} processes")
