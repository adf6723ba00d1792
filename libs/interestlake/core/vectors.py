"""Vectors at unit length, and which of them are near."""

import numpy as np
import scipy.sparse as sp

STRIP = 512  # rows whose cosines with all others are held at once


def unit_rows(vectors: np.ndarray) -> np.ndarray:
    """Rows scaled to length 1; rows of zeros stay. (n, d) -> (n, d) float32."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.where(length > 0, length, 1.0)).astype(np.float32)


def nearest_rows(vectors: np.ndarray, limit: int, among: np.ndarray | None = None) -> sp.csr_matrix:
    """(n, d) unit rows -> (n, m) CSR float32 of each row's `limit` largest cosines above 0, itself left out.

    among: (m,) ascending places of the rows that may be near, None = all. Equal cosines at the end of a row's `limit`
    go to the lower column.
    """
    among = np.arange(len(vectors)) if among is None else among
    others, column = vectors[among], np.full(len(vectors), -1)
    column[among] = np.arange(len(among))
    parts = []
    for start in range(0, len(vectors), STRIP):
        cosine = np.asarray(vectors[start : start + STRIP] @ others.T, np.float32)
        own = column[start : start + STRIP]
        cosine[np.flatnonzero(own >= 0), own[own >= 0]] = 0.0
        if limit < len(among):
            least = np.partition(cosine, len(among) - limit, axis=1)[:, len(among) - limit]
            more = limit - (cosine > least[:, None]).sum(axis=1)
            ties = cosine == least[:, None]
            cosine[(cosine < least[:, None]) | (ties & (ties.cumsum(axis=1) > more[:, None]))] = 0.0
        parts.append(sp.csr_matrix(np.maximum(cosine, 0.0)))
    return sp.vstack(parts, format="csr") if parts else sp.csr_matrix((0, len(among)), dtype=np.float32)
