"""Shared steps against dense products, and a new item that is come to through one that is described like it."""

import numpy as np
import pytest
import scipy.sparse as sp

from interestlake.core.vectors import nearest_rows, unit_rows
from interestlake.interactions.side_information import SideInformation
from interestlake.models.content_evidence import CONTENT_EVIDENCE, shared_steps

from ..benchmark.world import feedback, pairs


def test_shared_steps_are_the_formula_s():
    random = np.random.default_rng(3)
    counts, alike = (random.random((9, 9)) * (random.random((9, 9)) < share) for share in (0.4, 0.3))
    for matrix in (counts, alike):
        np.fill_diagonal(matrix, 0)
    alike[4] = 0  # an item like no other
    share = alike / np.where(alike.sum(axis=1, keepdims=True) > 0, alike.sum(axis=1, keepdims=True), 1)
    expected = counts + 0.3 * share @ counts + 2.0 * counts @ share.T + 0.5 * alike
    np.fill_diagonal(expected, 0)
    found = shared_steps(*(sp.csr_matrix(m.astype(np.float32)) for m in (counts, alike)), 0.3, 2.0, 0.5)
    np.testing.assert_allclose(found.toarray(), expected, atol=1e-5)
    alone = shared_steps(*(sp.csr_matrix(m.astype(np.float32)) for m in (counts, alike)), 0.0, 0.0, 0.0)
    np.testing.assert_allclose(alone.toarray(), counts, atol=1e-6)


def test_a_new_item_is_reached_where_the_one_like_it_is():
    frame = pairs()
    world = feedback(frame[frame["item_id"] != "i05"])
    frame = frame[frame["item_id"] != "i05"].rename(columns={"timestamp": "time"}).assign(weight=1.0)
    items = np.array(sorted({*world.item_ids, "i05"}), object)
    known = type(world).of(frame, world.user_ids, items, True)
    new, twin = items.tolist().index("i05"), items.tolist().index("i06")
    content = np.eye(len(items), dtype=np.float32)
    content[new] = content[twin]
    side = SideInformation(content=np.hstack([content, np.ones((len(items), 1), np.float32)]))
    scorer = CONTENT_EVIDENCE.fit(known, side, {**CONTENT_EVIDENCE.quick, "direct": 0.0}, 0).scorer
    people = np.flatnonzero(np.diff(known.starts))
    scores = scorer.score(known.batch(people))
    reaching = scores[:, twin] > 0
    assert reaching.any() and (scores[reaching, new] > 0).all()
    silent = CONTENT_EVIDENCE.fit(known, side, {**CONTENT_EVIDENCE.quick, "direct": 0.0, "reached": 0.0}, 0).scorer
    assert not silent.score(known.batch(people))[:, new].any()


@pytest.mark.parametrize("limit", [3, 50])
def test_nearest_rows_equal_a_full_sort(limit, monkeypatch):
    from interestlake.core import vectors

    monkeypatch.setattr(vectors, "STRIP", 7)
    random = np.random.default_rng(1)
    given = unit_rows(random.integers(-1, 3, (20, 3)).astype(float))  # many equal cosines
    cosine = given @ given.T
    np.fill_diagonal(cosine, 0)
    found = nearest_rows(given, limit)
    for row in range(20):
        order = [c for c in np.lexsort((np.arange(20), -cosine[row])) if cosine[row, c] > 0][:limit]
        assert sorted(found[row].indices.tolist()) == sorted(order)
        np.testing.assert_allclose(found[row].toarray().ravel()[order], cosine[row, order], rtol=1e-6)
    few = np.array([2, 3, 7, 11])
    np.testing.assert_array_equal(nearest_rows(given, 50, few).toarray(), np.maximum(cosine, 0)[:, few])
    best = nearest_rows(given, 1, few)
    assert (best.getnnz(axis=1) == (cosine[:, few].max(axis=1) > 0)).all()
    np.testing.assert_allclose(best.max(axis=1).toarray().ravel(), np.maximum(cosine[:, few].max(axis=1), 0))
