"""The speed comparison compares like with like: both sides of each case give the same numbers."""

import numpy as np
import pytest
from bench import plain
from bench.alternate import Compared, alternate
from bench.generated import generated
from bench.speed import cases, line, movielens

from interestlake.models.transitions import transition_edges


@pytest.fixture(scope="module")
def data():
    return generated(150, 90, 2000, seed=3)


def test_generated_feedback_is_seeded_sorted_and_of_the_size_asked_for(data):
    assert data.matrix.shape == (150, 90) and data.matrix.nnz == len(data) == 2000
    assert (np.diff(data.users) >= 0).all()
    assert (np.diff(data.times)[np.diff(data.users) == 0] >= 0).all()
    again = generated(150, 90, 2000, seed=3)
    np.testing.assert_array_equal(again.items, data.items)
    counts = np.sort(np.bincount(data.items, minlength=90))[::-1]
    assert counts[:9].mean() > 2 * counts[-45:].mean()


def test_both_sides_of_each_case_give_the_same(data):
    found = {(case.name, case.theirs_name): case for case in cases(data)}
    knn = found["item co-occurrence, top 100", "scipy X'X, top 100"]
    np.testing.assert_allclose(knn.ours().toarray().T, knn.theirs().toarray(), atol=1e-6)
    steps = found["transitions, window 10", "scipy S'BS"]
    np.testing.assert_allclose(steps.ours().toarray(), steps.theirs().toarray(), atol=1e-6)
    given = found["top 10 of given factors", "implicit recommend"]
    columns, scores = given.ours()
    theirs, their_scores = given.theirs()
    np.testing.assert_allclose(scores, their_scores, atol=1e-5)
    assert (columns == theirs).mean() > 0.99  # ties are broken otherwise
    folded = found["ALS fold-in and top 10", "implicit recommend, recalculate_user"]
    np.testing.assert_allclose(folded.ours()[1], folded.theirs()[1], atol=1e-3)


def test_plain_transitions_keep_to_one_person():
    users, items = np.array([0, 0, 1, 1]), np.array([0, 1, 2, 0])
    plainly = plain.transitions(users, items, 3, 2, 0.0, 0.0).toarray()
    ours = transition_edges(users, items, None, 3, window=2, gap_power=1.0, backward=0.0, discount=0.0)
    assert plainly.tolist() == ours.toarray().tolist() == [[0, 1, 0], [0, 0, 0], [1, 0, 0]]


def test_rounds_alternate_and_ratios_are_of_one_round(data):
    called = []
    found = alternate(lambda: called.append("a"), lambda: called.append("b"), 3)
    assert called == ["a", "b", "b", "a", "a", "b", "b", "a"]
    assert len(found.ours) == len(found.theirs) == 3
    told = Compared((1.0, 2.0, 9.0), (1.0, 1.0, 3.0))
    assert told.ratio == 2.0 and told.spread == (1.0, 3.0)
    first = next(iter(cases(data)))
    assert line(first, told).endswith("2.00 (1.00-3.00) <= 1.2 MISS")


def test_movielens_is_read(tmp_path):
    (tmp_path / "ratings.csv").write_text("userId,movieId,rating,timestamp\n1,10,4.0,5\n1,9,3.0,4\n2,10,1.0,1\n")
    data = movielens(tmp_path)
    assert data.shape == (2, 2) and data.item_ids[data.items[:2]].tolist() == ["9", "10"]
