"""EASE by neighbourhoods: the regressions one by one, blocks of any size, executors, and its cost beside the whole."""

import numpy as np
import pytest
import scipy.sparse as sp

from interestlake.evaluation.arrays import mean_list_ndcg
from interestlake.graph import gram as strips_of
from interestlake.graph import neighbourhoods as on_executors
from interestlake.graph.gram import partial_strips, summed_strips
from interestlake.models import ease, neighbourhoods
from interestlake.models.ease import EASE, dense_gram, fit_ease
from interestlake.models.item_matrix import Ease, EdgeScorer, ease_weights
from interestlake.models.model import Size
from interestlake.models.neighbourhoods import nearest_by_gram, sparse_ease_weights

from .contract import CHECKS, Case
from .planted import planted


def choices(people: int, items: int, share: float, seed: int) -> np.ndarray:
    """(people, items) of 0 and 1, item 0 chosen by nobody, item 1 with no other item."""
    chosen = (np.random.default_rng(seed).random((people, items)) < share).astype(float)
    chosen[:, 0] = 0
    chosen[0], chosen[1:, 1] = 0, 0
    chosen[0, 1] = 1
    return chosen


def one_by_one(gram: np.ndarray, l2: float, neighbours: int) -> np.ndarray:
    """Each item's regression on the items it was chosen together with most often, ties by the lower column."""
    weights = np.zeros(gram.shape)
    for item in range(len(gram)):
        others = gram[item].copy()
        others[item] = 0
        near = np.sort(np.lexsort((np.arange(len(gram)), -others))[:neighbours])
        near = near[others[near] > 0]
        left = gram[np.ix_(near, near)] + l2 * np.eye(len(near))
        weights[near, item] = np.linalg.solve(left, gram[near, item])
    return weights


@pytest.mark.parametrize("neighbours", [1, 4, 100])
@pytest.mark.parametrize(("union", "cells"), [(4_000, 8_000_000), (9, 8_000_000), (4_000, 40), (1, 1)])
def test_blocks_of_any_size_solve_each_regression(monkeypatch, neighbours, union, cells):
    monkeypatch.setattr(neighbourhoods, "UNION_ITEMS", union)
    monkeypatch.setattr(neighbourhoods, "STACK_CELLS", cells)
    monkeypatch.setattr(neighbourhoods, "STRIP", 7)
    chosen = choices(60, 31, 0.15, 3)
    gram = chosen.T @ chosen
    found = sparse_ease_weights(sp.csr_matrix(gram), 2.0, neighbours)
    np.testing.assert_allclose(found.toarray(), one_by_one(gram, 2.0, neighbours), atol=1e-6)
    assert not found[[0, 1]].nnz and not found[:, [0, 1]].nnz and not found.diagonal().any()


def test_nearest_are_in_order_and_filled_with_none():
    gram = np.array([[9.0, 2, 2, 3], [2, 5, 0, 0], [2, 0, 4, 1], [3, 0, 1, 6]])
    assert nearest_by_gram(sp.csr_matrix(gram), 2).tolist() == [[1, 3], [0, -1], [0, 3], [0, 2]]
    assert nearest_by_gram(sp.csr_matrix(np.diag([2.0, 1.0])), 5).tolist() == [[-1], [-1]]


@pytest.mark.parametrize(("neighbours", "partitions"), [(3, 1), (3, 4), (50, 2)])
def test_executors_give_the_weights_of_one_process(spark, monkeypatch, neighbours, partitions):
    for module in (strips_of, on_executors):
        monkeypatch.setattr(module, "STRIP_ITEMS", 8)
    monkeypatch.setattr(on_executors, "BLOCK_ITEMS", 5)
    monkeypatch.setattr(on_executors, "PART_CELLS", 10)
    chosen = choices(70, 37, 0.2, 5)
    rows = [(person, [int(item) for item in np.flatnonzero(chosen[person])]) for person in range(70)]
    histories = spark.createDataFrame(rows, "user_index int, items array<int>")
    norms = np.sqrt(np.maximum(chosen.sum(axis=0), 1))
    summed = histories.transform(partial_strips(np.arange(37), 37, 100, partitions))
    summed = summed.transform(summed_strips(norms, 3, True)).cache()
    found = on_executors.neighbourhood_weights(summed, 37, 4.0, neighbours)
    summed.unpersist()
    expected = sparse_ease_weights(sp.csr_matrix(chosen.T @ chosen), 4.0, neighbours)
    np.testing.assert_allclose(found.toarray(), expected.toarray(), atol=1e-6)
    assert found.nnz == expected.nnz


@pytest.fixture(scope="module")
def groups():
    """(train, held out) of 600 people x 800 items: eight in ten choices fall into one of the person's three groups of
    twenty items; two of each person's choices are held out."""
    random = np.random.default_rng(11)
    people, items, size = 600, 800, 20
    train, held_out = np.zeros((people, items)), []
    for person in range(people):
        own = random.choice(items // size, 3, replace=False)
        liked = (own[:, None] * size + np.arange(size)).ravel()
        own_share = np.where(np.isin(np.arange(items), liked), 0.8 / len(liked), 0.2 / (items - len(liked)))
        chosen = random.choice(items, 25, replace=False, p=own_share)
        train[person, chosen[2:]] = 1
        held_out.append(chosen[:2])
    return sp.csr_matrix(train), held_out


def test_the_neighbourhoods_cost_less_than_one_per_cent_of_the_ndcg(groups):
    train, held_out = groups

    def ndcg(scores: np.ndarray) -> float:
        scores = np.where(train.toarray() > 0, -np.inf, scores)
        return mean_list_ndcg(np.argsort(-scores, axis=1, kind="stable")[:, :10], held_out)

    gram = dense_gram(train)
    whole = ndcg(train @ ease_weights(gram.copy(), 20.0))
    near = {
        n: ndcg(np.asarray((train @ sparse_ease_weights(sp.csr_matrix(gram), 20.0, n)).todense())) for n in (1, 100)
    }
    popular = ndcg(np.tile(gram.diagonal(), (train.shape[0], 1)))
    assert near[100] > 0.99 * whole > 0.99 * 2 * popular
    assert near[1] < 0.9 * whole  # so few lose: the world tells neighbourhoods apart


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_past_the_bound_of_the_inverse_the_contract_holds(monkeypatch, check):
    monkeypatch.setattr(ease, "MAX_DENSE_ITEMS", 5)
    world = planted()
    fitted = EASE.fit(world.pairs, world.side, EASE.quick, 1)
    assert isinstance(fitted.scorer, EdgeScorer)
    check(Case(fitted, world, False, True))


def test_the_way_and_its_cost_follow_the_bound():
    chosen = sp.csr_matrix(choices(60, 31, 0.15, 3))
    assert isinstance(fit_ease("ease", chosen, 2.0), Ease)
    few, many = (EASE.cost(Size(10 * items, items, items)) for items in (20_001, 40_002))
    assert 1.5 < many.seconds / few.seconds < 2.5  # linear in items
