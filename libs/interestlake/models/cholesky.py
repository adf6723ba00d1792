"""The inverse of a positive definite matrix in its own memory, by panels that no single LAPACK call outgrows.

LAPACK's own routines end the process on matrices of more than 2 GiB in some builds; here they only ever see a block.
"""

import numpy as np
from scipy.linalg import lapack, solve_triangular

PANEL = 512  # columns of a block: wide enough for BLAS (1,024 takes 10 % longer), and 20,000 rows are 40 MB in float32


def inverse_in_place(matrix: np.ndarray, panel: int = PANEL) -> bool:
    """A (n, n) symmetric positive definite, float32 or float64, C order -> A^-1 in the same memory, both halves.

    A = LL' by columns of blocks, then M = L^-1 and A^-1 = M'M, each over what it was made from (Cholesky's method;
    the order of the blocks is LAPACK's potrf, trtri and lauum). Only the lower half is read. Beside the matrix three
    panels of (n, `panel`) are held. False, and the matrix in pieces, where A is not positive definite.
    """
    spans = [slice(start, min(start + panel, len(matrix))) for start in range(0, len(matrix), panel)]
    if not _factor(matrix, spans):
        return False
    _invert_factor(matrix, spans)
    for span in spans:  # row of blocks i of M'M needs the rows of M from i on, which are still there
        matrix[span, : span.stop] = matrix[span.start :, span].T @ matrix[span.start :, : span.stop]
    for span in spans:
        matrix[: span.start, span] = matrix[span, : span.start].T
    return True


def _factor(matrix: np.ndarray, spans: list[slice]) -> bool:
    """The lower half becomes L; above the diagonal only the blocks on it are set, to zeros."""
    (potrf,) = lapack.get_lapack_funcs(("potrf",), (matrix,))
    for span in spans:
        before, below = slice(0, span.start), slice(span.stop, None)
        if span.start:
            matrix[span.start :, span] -= matrix[span.start :, before] @ matrix[span, before].T
        lower, failed = potrf(matrix[span, span], lower=1, clean=1)
        if failed:
            return False
        matrix[span, span] = lower
        if span.stop < len(matrix):
            matrix[below, span] = solve_triangular(lower, matrix[below, span].T, lower=True, check_finite=False).T
    return True


def _invert_factor(matrix: np.ndarray, spans: list[slice]) -> None:
    """L -> L^-1 over it, the last column of blocks first: M_ij = -(sum of M_im L_mj over j < m <= i) L_jj^-1."""
    (trtri,) = lapack.get_lapack_funcs(("trtri",), (matrix,))
    for place in range(len(spans) - 1, -1, -1):
        span = spans[place]
        inverse = trtri(matrix[span, span], lower=1)[0]
        matrix[span, span] = inverse
        for row in reversed(spans[place + 1 :]):  # the lowest first: those above it are not read again
            between = slice(span.stop, row.stop)
            product: np.ndarray = matrix[row, between] @ matrix[between, span]
            matrix[row, span] = -product @ inverse
