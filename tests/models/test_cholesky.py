"""The inverse by panels against scipy, with panels narrower, as wide and wider than the matrix."""

import numpy as np
import pytest
import scipy.linalg
import scipy.sparse as sp

from interestlake.models import ease, item_matrix
from interestlake.models.cholesky import inverse_in_place
from interestlake.models.item_matrix import ease_weights, frugal_ease_weights, off_diagonal


def gram_of(size: int, seed: int = 0) -> np.ndarray:
    chosen = (np.random.default_rng(seed).random((3 * size, size)) < 0.2).astype(float)
    return chosen.T @ chosen + 3.0 * np.eye(size)


@pytest.mark.parametrize("size", [1, 7, 16, 50])
@pytest.mark.parametrize("panel", [1, 5, 16, 64])
def test_any_panel_gives_scipy_s_inverse(size, panel):
    matrix = gram_of(size)
    expected = scipy.linalg.inv(matrix)
    assert inverse_in_place(matrix, panel)
    np.testing.assert_allclose(matrix, expected, atol=1e-12)


def test_float32_stays_float32():
    matrix = gram_of(40).astype(np.float32)
    assert inverse_in_place(matrix, 16) and matrix.dtype == np.float32
    np.testing.assert_allclose(matrix, scipy.linalg.inv(gram_of(40)), atol=1e-5)


def test_only_the_lower_half_is_read():
    expected, matrix = scipy.linalg.inv(gram_of(20)), np.tril(gram_of(20))
    assert inverse_in_place(matrix, 6)
    np.testing.assert_allclose(matrix, expected, atol=1e-12)


@pytest.mark.parametrize("panel", [2, 8])
def test_a_matrix_that_is_not_positive_definite_is_told(panel):
    matrix = np.diag([1.0, 2.0, 3.0, -1.0, 5.0])
    assert not inverse_in_place(matrix, panel)


def test_ease_over_several_panels_is_ease_over_one(monkeypatch):
    whole = ease_weights(gram_of(60), 4.0)
    monkeypatch.setattr(item_matrix, "inverse_in_place", lambda matrix: inverse_in_place(matrix, 7))
    np.testing.assert_allclose(ease_weights(gram_of(60), 4.0), whole, atol=1e-7)
    np.testing.assert_allclose(whole, off_diagonal(scipy.linalg.inv(gram_of(60) + 4.0 * np.eye(60))), atol=1e-6)


def test_a_gram_matrix_by_strips_is_the_whole_one(monkeypatch):
    monkeypatch.setattr(ease, "STRIP", 7)
    chosen = sp.random(40, 25, 0.3, format="csr", random_state=4)
    np.testing.assert_allclose(ease.dense_gram(chosen), (chosen.T @ chosen).toarray())
    binary = sp.csr_matrix((chosen > 0).T, dtype=np.float64)  # fewer people than items
    expected = ease_weights((binary.T @ binary).toarray(), 2.0)
    np.testing.assert_allclose(ease.ease_weights_by_people(binary, 2.0), expected, atol=1e-6)


@pytest.mark.parametrize(("l2", "exact"), [(3.0, False), (1e-9, True)])
def test_float32_is_checked_and_float64_takes_over(l2, exact):
    """Twelve people of thirty items: all but the ridge is singular, which float32 cannot invert for a tiny one."""
    chosen = (np.random.default_rng(6).random((12, 30)) < 0.5).astype(float)
    asked = []

    def gram_in(precision: type) -> np.ndarray:
        asked.append(precision)
        return (chosen.T @ chosen).astype(precision)

    found = frugal_ease_weights(gram_in, l2)
    assert asked == ([np.float32, np.float64] if exact else [np.float32]) and found.dtype == np.float32
    np.testing.assert_allclose(found, ease_weights(chosen.T @ chosen, l2), atol=1e-5)
