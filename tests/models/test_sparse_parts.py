"""Parts of sparse matrices by their pointers are those that scipy takes."""

import numpy as np
import pytest
import scipy.sparse as sp

from interestlake.interactions.sparse_parts import block_of, row_of, rows_of, values_of


@pytest.mark.parametrize("density", [0.0, 0.02, 0.5, 1.0])
@pytest.mark.parametrize("seed", range(4))
def test_parts_are_those_of_scipy(density, seed):
    random = np.random.default_rng(seed)
    matrix = sp.random(40, 70, density, format="csr", random_state=seed, dtype=np.float32)
    rows = random.permutation(40)[: random.integers(0, 40)]
    columns = random.permutation(70)[: random.integers(0, 70)]
    expected = matrix[rows][:, columns].toarray()
    np.testing.assert_array_equal(block_of(matrix, rows, columns), expected)
    assert block_of(matrix, rows, columns).dtype == np.float32
    shuffled = matrix.copy()
    for row in range(40):
        span = slice(shuffled.indptr[row], shuffled.indptr[row + 1])
        order = random.permutation(span.stop - span.start)
        shuffled.indices[span], shuffled.data[span] = shuffled.indices[span][order], shuffled.data[span][order]
    shuffled.has_sorted_indices = False
    np.testing.assert_array_equal(block_of(shuffled, rows, columns), expected)
    place, column, value = rows_of(matrix, rows)
    picked = matrix[rows]
    np.testing.assert_array_equal(place, np.repeat(np.arange(len(rows)), np.diff(picked.indptr)))
    np.testing.assert_array_equal(column, picked.indices)
    np.testing.assert_array_equal(value, picked.data)
    for row in range(40):
        own = row_of(matrix, row)
        np.testing.assert_array_equal(own[0], matrix[row].indices)
        np.testing.assert_array_equal(values_of(*own, columns), matrix[row].toarray()[0, columns])
