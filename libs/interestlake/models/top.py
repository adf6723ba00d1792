"""Scores -> each row's best unseen items: told apart to a millionth of the row's largest, ties to the lower column."""

import numpy as np
import scipy.sparse as sp

SCORE_STEPS = 1_000_000  # a row's scores are told apart down to this share of its largest magnitude
STRIP_BYTES = 2**20  # scores that are looked at while they are in a core's cache
GROUP = 32  # columns whose largest score stands for them

Listed = tuple[np.ndarray, np.ndarray]  # (B, limit) int32 columns best first, -1 = none; (B, limit) float64 scores


def top_columns(scores: np.ndarray, history: sp.csr_matrix, limit: int) -> Listed:
    """(B, I) scores, (B, I) seen pairs -> columns (B, limit) int32 best first, -1 where none is left, and scores.

    Scores are told apart to a millionth of the row's largest, ties go to the lower column, 0 is no opinion.
    """
    people, items = scores.shape
    columns, values = np.full((people, limit), -1, np.int32), np.zeros((people, limit))
    strip = max(1, STRIP_BYTES // max(scores.itemsize * items, 1))
    for start in range(0, people if items else 0, strip):
        span = slice(start, start + strip)
        part = scores[span]
        largest = np.maximum(np.maximum(part.max(axis=1), -part.min(axis=1)), 1e-30)
        row, column, value = _candidates(part, history[span], largest, limit)
        columns[span], values[span] = best_of(row, column, value, largest, limit)
    return columns, values


def best_of(row: np.ndarray, column: np.ndarray, value: np.ndarray, largest: np.ndarray, limit: int) -> Listed:
    """(n,) rows ascending, columns and scores of candidates, (B,) largest magnitude of each row -> the best of each."""
    columns, values = np.full((len(largest), limit), -1, np.int32), np.zeros((len(largest), limit))
    largest = np.maximum(largest, 1e-30)
    step = np.rint(value * (SCORE_STEPS / largest).astype(np.float32)[row])
    near = _among_the_best(row, step, limit)
    row, column, step = row[near], column[near], step[near]
    order = np.lexsort((column, -step, row))
    row, column, step = row[order], column[order], step[order]
    place = np.arange(len(row)) - np.searchsorted(row, row)
    listed = place < limit
    row, place = row[listed], place[listed]
    columns[row, place] = column[listed]
    values[row, place] = step[listed] * (largest / SCORE_STEPS)[row]
    return columns, values


def largest_of_rows(row: np.ndarray, value: np.ndarray, rows: int) -> np.ndarray:
    """(n,) rows ascending and values -> (rows,) float32 largest magnitude of each, 0 where it has none."""
    largest = np.zeros(rows, np.float32)
    if len(row):
        starts = np.flatnonzero(np.diff(row, prepend=-1))
        largest[row[starts]] = np.maximum.reduceat(np.abs(value), starts)
    return largest


def _among_the_best(row: np.ndarray, step: np.ndarray, limit: int) -> np.ndarray:
    """Places of the entries that are not below their row's `limit`-th largest; rows ascending."""
    starts = np.flatnonzero(np.diff(row, prepend=-1))
    ends = np.append(starts[1:], len(row))
    least = np.full(len(starts), -np.inf, step.dtype)
    for place in np.flatnonzero(ends - starts > 2 * limit):  # a sort of short rows costs less than a look at each
        mine = step[starts[place] : ends[place]]
        least[place] = np.partition(mine, len(mine) - limit)[len(mine) - limit]
    return np.flatnonzero(step >= np.repeat(least, ends - starts))


def _candidates(
    part: np.ndarray, seen: sp.csr_matrix, largest: np.ndarray, limit: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows, columns and scores, by row and column, of all unseen scores that may be among a row's best `limit`."""
    open_to = part.copy()
    open_to[np.repeat(np.arange(len(part)), np.diff(seen.indptr)), seen.indices] = -np.inf
    slack = largest * (2 / SCORE_STEPS)  # scores within half a step of the last one tie with it
    least = _lower_bounds(open_to, limit) - slack
    doubtful = np.flatnonzero(~(least > 0))  # zeros, which are no opinion, may have filled these rows
    if len(doubtful):
        opinions = open_to[doubtful]
        opinions[opinions == 0.0] = -np.inf
        open_to[doubtful] = opinions
        least[doubtful] = _lower_bounds(opinions, limit) - slack[doubtful]
    # what was left out is -inf, and so may a bound be
    flat = np.flatnonzero(open_to >= np.maximum(least, np.finfo(part.dtype).min)[:, None])
    row, column = np.divmod(flat, part.shape[1])
    return row, column, open_to.ravel()[flat]


def _lower_bounds(scores: np.ndarray, limit: int) -> np.ndarray:
    """(B,) a score that at least `limit` of the row reach: the `limit`-th largest of the largest of disjoint groups."""
    people, items = scores.shape
    if items <= limit:
        return np.full(people, -np.inf, scores.dtype)
    width = max(1, min(GROUP, items // (4 * limit)))
    whole = items - items % width
    groups = np.maximum.reduce(scores[:, :whole].reshape(people, width, whole // width), axis=1)
    groups = np.concatenate([groups, scores[:, whole:]], axis=1)
    return np.partition(groups, groups.shape[1] - limit, axis=1)[:, groups.shape[1] - limit]
