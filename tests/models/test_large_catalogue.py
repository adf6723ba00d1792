"""Catalogues whose items nobody looks at one by one: the same lists as from the whole array, to the index's recall."""

import numpy as np
import pytest
import scipy.sparse as sp

from interestlake.interactions.batch import UserBatch
from interestlake.models import information, inverted_lists
from interestlake.models.by_length import ByLength, counted, order_by_length
from interestlake.models.factors import FactorScorer
from interestlake.models.graph_filter import GraphFilter
from interestlake.models.information import InformationScorer, SharedOpinions
from interestlake.models.inverted_lists import RECALL, InvertedLists, build_lists
from interestlake.models.item_index import LISTED
from interestlake.models.nearest import NearOpinions, build_index
from interestlake.models.summed import SummedOpinions
from interestlake.models.text import TextScorer
from interestlake.models.top import SCORE_STEPS, top_columns

from ..planted_histories import histories_of

PEOPLE, ITEMS, WIDTH = 40, 6_000, 16


def batch_of(vectors: np.ndarray | None = None, seed: int = 1) -> UserBatch:
    history = histories_of(PEOPLE, ITEMS, 12, seed)
    nothing = sp.csr_matrix(history.shape, dtype=np.float32)
    return UserBatch(history, nothing, nothing, {} if vectors is None else {"factors": vectors})


def drawn_vectors(rows: int, seed: int) -> np.ndarray:
    """Around sixty centres, as items of a catalogue lie, some without a vector."""
    random = np.random.default_rng(seed)
    centres = np.random.default_rng(9).normal(size=(60, WIDTH))
    vectors = centres[random.integers(0, 60, rows)] + 0.4 * random.normal(size=(rows, WIDTH))
    vectors[random.random(rows) < 0.02] = 0
    return vectors.astype(np.float32)


@pytest.mark.parametrize("kind", ["factors", "text", "lengths"])
def test_an_index_finds_the_exact_best_and_scores_them_exactly(kind, monkeypatch):
    """Factors around centres, texts of one length, and factors of which few are long."""
    monkeypatch.setattr(inverted_lists, "GATHERED", 1)  # a small catalogue is as quickly looked at as a whole
    items, users = drawn_vectors(ITEMS, 2), drawn_vectors(PEOPLE, 3)
    if kind == "lengths":
        items *= np.random.default_rng(4).pareto(1.5, (ITEMS, 1)).astype(np.float32)
    plain = TextScorer("text", items) if kind == "text" else FactorScorer("factors", items)
    batch = batch_of(users)
    large = plain.indexed(batch, 1, least=ITEMS)
    assert plain.indexed(batch, 1, least=ITEMS + 1) is plain
    assert isinstance(large.index, ByLength if kind == "lengths" else InvertedLists)
    assert large.index.looked_at < 0.3 * ITEMS
    opinions, scores = large.opinions(batch), plain.score(batch)
    assert isinstance(opinions, NearOpinions) and large.nbytes > plain.nbytes > items.nbytes - 1
    columns, values = opinions.top(batch.history, 100)
    expected, exact = top_columns(scores, batch.history, 100)
    share = [len(set(mine) & set(best)) / len(best) for mine, best in zip(columns, expected, strict=True)]
    assert np.mean(share) >= (1 if kind == "lengths" else RECALL)
    listed = columns >= 0
    person = np.nonzero(listed)[0]
    steps = np.abs(scores).max() / SCORE_STEPS
    np.testing.assert_allclose(values[listed], scores[person, columns[listed]], rtol=1e-4, atol=10 * steps)
    np.testing.assert_allclose(
        opinions.at(person, columns[listed]), scores[person, columns[listed]], rtol=1e-4, atol=1e-6
    )
    assert not batch.history[person, columns[listed]].any()
    nobody = ~users.any(axis=1) if kind != "text" else np.zeros(PEOPLE, bool)
    assert (columns[nobody] < 0).all()
    np.testing.assert_array_equal(
        np.where(exact[:, 0] > 0, columns[:, 0], -1), np.where(exact[:, 0] > 0, expected[:, 0], -1)
    )


@pytest.mark.parametrize("rank", [4, 32])
def test_a_sum_of_a_product_and_of_vectors_is_looked_up_in_both(rank):
    """Few dimensions leave items alike, many tell them apart: both parts bring items that the other has not."""
    plain = GraphFilter.of("filter", histories_of(400, ITEMS, 12, 1), rank, 3.0, seed=1)
    batch = batch_of()
    large = plain.indexed(batch, 1, least=ITEMS)
    opinions, scores = large.opinions(batch), plain.score(batch)
    assert isinstance(opinions, SummedOpinions)
    columns, values = opinions.top(batch.history, 100)
    expected, _ = top_columns(scores, batch.history, 100)
    share = [len(set(mine) & set(best)) / len(best) for mine, best in zip(columns, expected, strict=True)]
    assert np.mean(share) >= RECALL
    listed = columns >= 0
    person = np.nonzero(listed)[0]
    stored = np.asarray(opinions.near[person, columns[listed]]).ravel() > 0
    assert stored.any() and not stored.all()
    np.testing.assert_allclose(values[listed], scores[person, columns[listed]], rtol=1e-3, atol=1e-6)
    at = opinions.at(person, columns[listed])
    np.testing.assert_allclose(at, scores[person, columns[listed]], rtol=1e-4, atol=1e-7)
    assert not batch.history[person, columns[listed]].any()


def test_lists_are_left_where_vectors_cannot_be_told_apart():
    """Noise has no neighbourhoods: the lists that keep the promise take longer than one product with all items."""
    items = np.random.default_rng(4).normal(size=(2_000, 64)).astype(np.float32)
    users = np.random.default_rng(5).normal(size=(PEOPLE, 64)).astype(np.float32)
    exact = order_by_length(items).search(users, items, LISTED)
    lists = build_lists(items, users, exact, 10**9, 1)
    assert isinstance(lists, InvertedLists) and lists.recall >= RECALL and lists.probes > 20
    assert f"{lists.probes} of 44 lists" in str(lists) and lists.looked_at > 1_000
    assert build_lists(items, users, exact, len(items), 1) is None
    assert isinstance(build_index(items, users, 1), ByLength)


def test_items_without_any_vector_and_a_batch_of_nobody():
    items = np.zeros((3_000, WIDTH), np.float32)
    index = build_index(items, drawn_vectors(PEOPLE, 3), 1)
    columns, values = NearOpinions(drawn_vectors(PEOPLE, 3), items, index).top(sp.csr_matrix((PEOPLE, 3_000)), 5)
    assert (columns == -1).all() and not values.any()
    index = build_index(drawn_vectors(3_000, 2), np.zeros((0, WIDTH)), 1)
    columns, _ = NearOpinions(np.zeros((0, WIDTH)), items, index).top(sp.csr_matrix((0, 3_000)), 5)
    assert columns.shape == (0, 5)


@pytest.mark.parametrize(("smoothing", "features"), [(0.0, 200), (10.0, 200), (10.0, 4_000)])
def test_features_in_common_are_looked_up_and_the_rest_only_where_they_are_few(smoothing, features, monkeypatch):
    random = np.random.default_rng(6)
    carried = sp.csr_matrix((random.random((ITEMS, features)) < 6 / features).astype(np.float32))
    scorer = InformationScorer.of("information", carried, smoothing, 0.5)
    batch = batch_of()
    scores = scorer.score(batch)
    monkeypatch.setattr(information, "LARGE", ITEMS)
    opinions = scorer.opinions(batch)
    assert isinstance(opinions, SharedOpinions) and scorer.cells(ITEMS) >= 1
    columns, values = opinions.top(batch.history, 100)
    expected, exact = top_columns(scores, batch.history, 100)
    np.testing.assert_array_equal(columns, expected)
    np.testing.assert_allclose(values, exact, rtol=1e-4, atol=1e-6)
    person, column = (place.ravel() for place in np.indices(scores.shape))
    np.testing.assert_array_equal(opinions.at(person, column), scores.ravel())


def test_the_longest_vectors_are_enough_and_nothing_is_lost():
    """Planted: 300 long vectors among 20,000 short ones, so that nobody's best is a short one; blocks of people."""
    random = np.random.default_rng(7)
    items = random.normal(size=(20_000, WIDTH)).astype(np.float32)
    items /= np.linalg.norm(items, axis=1, keepdims=True)
    items[random.permutation(len(items))[:300]] *= 50
    users = random.normal(size=(600, WIDTH)).astype(np.float32)
    index = order_by_length(items)
    index = counted(index, users[:50], index.search(users[:50], items, LISTED))
    assert index.looked_at == 300 and str(index).startswith("300 of 20,000 items")
    row, column, value = index.search(users, items, 20)
    exact = users @ items.T
    assert (np.diff(row) >= 0).all() and (np.bincount(row) == 20).all()
    np.testing.assert_allclose(value, exact[row, column], rtol=1e-4)
    best = np.sort(exact, axis=1)[:, -20:]
    np.testing.assert_allclose(np.sort(value.reshape(600, 20), axis=1), best, rtol=1e-4)


def test_who_likes_nothing_is_given_the_least_disliked_and_few_items_are_all_found():
    items = np.abs(drawn_vectors(3_000, 2))
    users = np.stack([-np.ones(WIDTH), np.zeros(WIDTH)]).astype(np.float32)
    row, column, value = order_by_length(items).search(users, items, 5)
    assert (row == 0).all()
    there = items.any(axis=1)
    np.testing.assert_allclose(np.sort(value), np.sort(items[there] @ users[0])[-5:], rtol=1e-5)
    row, _, _ = order_by_length(items[:3]).search(users, items[:3], 50)
    assert len(row) == np.count_nonzero(items[:3].any(axis=1))
