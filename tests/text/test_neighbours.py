"""Exact search against numpy's sort, ties included; approximate search against exact; saved and loaded."""

import numpy as np
import pytest
from bench.ann import clustered

from interestlake.core.errors import BadInput
from interestlake.text import neighbours
from interestlake.text.neighbours import ApproximateNeighbours, ExactNeighbours, neighbours_of, overlap


def sorted_rows(vectors, queries, k):
    return np.argsort(-(queries @ vectors.T), axis=1, kind="stable")[:, :k]


@pytest.mark.parametrize("seed", range(20))
def test_exact_is_the_sorted_product(seed, monkeypatch):
    random = np.random.default_rng(seed)
    monkeypatch.setattr(neighbours, "BLOCK_BYTES", 1000)  # several blocks
    # small whole numbers: many scores tie
    vectors = random.integers(-2, 3, (int(random.integers(1, 60)), 4)).astype(np.float32)
    queries = random.integers(-2, 3, (7, 4)).astype(np.float32)
    k = int(random.integers(1, 12))
    scores, rows = ExactNeighbours(vectors).search(queries, k)
    wanted = sorted_rows(vectors, queries, k)
    assert np.array_equal(rows[:, : wanted.shape[1]], wanted)
    assert np.allclose(scores[:, : wanted.shape[1]], np.take_along_axis(queries @ vectors.T, wanted, axis=1))
    assert (rows[:, wanted.shape[1] :] == -1).all()


@pytest.fixture(scope="module")
def planted():
    drawn = clustered(20_200, 64, 300, seed=3)
    return drawn[200:], drawn[:200]


def test_approximate_finds_nearly_all_that_exact_finds(planted, tmp_path):
    vectors, queries = planted
    index = ApproximateNeighbours.build(vectors, recall=0.99, seed=1, cells=200)
    scores, rows = index.search(queries, 10)
    exact_scores, exact_rows = ExactNeighbours(vectors).search(queries, 10)
    assert overlap(rows, exact_rows) >= 0.98
    assert index.probes < 200 / 4, "a search that looks into every cell is no index"
    same = rows[:, 0] == exact_rows[:, 0]
    assert np.allclose(scores[same, 0], exact_scores[same, 0], atol=1e-5), "scores are exact, not those of 8 bits"
    index.save(tmp_path / "index")
    loaded = ApproximateNeighbours.load(tmp_path / "index")
    assert np.array_equal(loaded.search(queries, 10)[1], rows)


def test_the_same_seed_gives_the_same_rows(planted):
    vectors, queries = planted
    one, other = (ApproximateNeighbours.build(vectors[:5000], seed=7, cells=50) for _ in range(2))
    assert one.probes == other.probes and np.array_equal(one.search(queries, 5)[1], other.search(queries, 5)[1])


def test_few_vectors_are_searched_exactly(planted):
    assert isinstance(neighbours_of(planted[0][:100]), ExactNeighbours)


def test_faults_are_explained(planted, tmp_path):
    with pytest.raises(BadInput, match=r"queries \(1, 3\).*expected \(q, 64\)"):
        ExactNeighbours(planted[0]).search(np.zeros((1, 3)), 5)
    with pytest.raises(BadInput, match="found 10; expected >= 50 cells"):
        ApproximateNeighbours.build(planted[0][:10], cells=50)
    with pytest.raises(BadInput, match="without index.json"):
        ApproximateNeighbours.load(tmp_path)
