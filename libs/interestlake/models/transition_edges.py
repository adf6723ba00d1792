"""Directed co-occurrence of one machine's sequences: which item follows which, how soon, in whose history."""

import numpy as np
import scipy.sparse as sp

DAY = 86_400.0


def transition_edges(
    users: np.ndarray, items: np.ndarray, times: np.ndarray | None, item_count: int, *,
    window: int, gap_power: float, backward: float, discount: float, half_life_days: float = 0.0,
) -> sp.csr_matrix:
    """Sequences -> (I, I) float32 CSR, row = item of the history, column = item scored, zero diagonal.

    users, items (n,): sorted by person and time; times (n,) seconds or None. A step from i to j that comes g <= window
    places later adds g^-gap_power, halved for every `half_life_days` between them (0, or without times: not at all).
    backward: the same step also leads from j to i with this share. The sum is divided by n_i^discount * n_j^discount,
    n the pairs of an item: 0.5 makes it a cosine. Cost is n * window.
    """
    rows, columns, values = [], [], []
    for gap in range(1, window + 1):
        same = users[gap:] == users[:-gap]
        first, then = items[:-gap][same], items[gap:][same]
        weight = np.full(len(first), gap**-gap_power)
        if times is not None and half_life_days > 0:
            weight *= 0.5 ** ((times[gap:] - times[:-gap])[same] / (half_life_days * DAY))
        rows.append(first)
        columns.append(then)
        values.append(weight)
    flat = np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))
    edges = sp.csr_matrix(flat, (item_count, item_count))
    if backward > 0:
        edges = sp.csr_matrix(edges + backward * edges.T)
    counts = np.maximum(np.bincount(items, minlength=item_count), 1.0)
    scale = counts**-discount
    row = np.repeat(np.arange(item_count, dtype=np.int32), np.diff(edges.indptr))
    value = scale[row] * edges.data * scale[edges.indices]
    apart = row != edges.indices
    starts = np.concatenate([[0], np.cumsum(np.bincount(row[apart], minlength=item_count))])
    return sp.csr_matrix((value[apart].astype(np.float32), edges.indices[apart], starts), edges.shape)
