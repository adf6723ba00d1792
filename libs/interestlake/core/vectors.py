"""Vectors at unit length, and which of them are near."""

import numpy as np
import scipy.sparse as sp

STRIP = 512  # rows whose cosines with all others are held at once


def unit_rows(vectors: np.ndarray) -> np.ndarray:
    """Rows scaled to length 1; rows of zeros stay. (n, d) -> (n, d) float32."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.where(length > 0, length, 1.0)).astype(np.float32)


def nearest_rows(vectors: np.ndarray, limit: int) -> sp.csr_matrix:
    """(n, d) unit rows -> (n, n) CSR float32 of each row's `limit` largest cosines above 0, itself left out.

    Equal cosines at the end of a row's `limit` go to the lower column.
    """
    parts = []
    for start in range(0, len(vectors), STRIP):
        cosine = np.asarray(vectors[start : start + STRIP] @ vectors.T, np.float32)
        cosine[np.arange(len(cosine)), np.arange(start, start + len(cosine))] = 0.0
        if limit < len(vectors):
            least = np.partition(cosine, len(vectors) - limit, axis=1)[:, len(vectors) - limit]
            more = limit - (cosine > least[:, None]).sum(axis=1)
            ties = cosine == least[:, None]
            cosine[(cosine < least[:, None]) | (ties & (ties.cumsum(axis=1) > more[:, None]))] = 0.0
        parts.append(sp.csr_matrix(np.maximum(cosine, 0.0)))
    return sp.vstack(parts, format="csr") if parts else sp.csr_matrix((0, 0), dtype=np.float32)
