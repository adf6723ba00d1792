"""Low rank against numpy's SVD, text for items without people, and the bound."""

import numpy as np
import pytest

from interestlake.graph import factorise
from interestlake.graph.factorise import BehaviourMatrix, centred_text, truncated_svd
from interestlake.graph.low_rank_plan import planned_gigabytes


@pytest.fixture(scope="module")
def world(spark):
    generator = np.random.default_rng(5)
    dense = (generator.random((40, 25)) < 0.2) * generator.random((40, 25))
    dense[:, 24] = 0.0
    dense[np.arange(40), np.arange(40) % 24] += 0.5
    rows = [(f"u{u:02d}", int(i), float(dense[u, i])) for u, i in zip(*dense.nonzero(), strict=True)]
    pairs = spark.createDataFrame(rows, "user_id string, column int, weight double")
    text = centred_text(generator.normal(size=(25, 4)), np.ones(25, bool))
    scaled = dense / np.linalg.norm(dense, axis=1, keepdims=True)
    behaviour = BehaviourMatrix(pairs, 25)
    yield behaviour, scaled, text
    behaviour.release()


def test_gram_product_is_exact(world):
    behaviour, dense, _ = world
    block = np.random.default_rng(0).normal(size=(25, 3))
    np.testing.assert_allclose(behaviour.gram_times(block), dense.T @ dense @ block, atol=1e-12)


@pytest.mark.parametrize("text_share", [0.0, 0.3, 1.0])
def test_singular_values_and_projections_agree_with_numpy(world, text_share):
    behaviour, dense, text = world
    found = truncated_svd(behaviour, text, 4, text_share, seed=1)
    mixed = dense @ np.hstack([(1 - text_share) * np.eye(25), text_share * text])
    left, values, _ = np.linalg.svd(mixed, full_matrices=False)
    np.testing.assert_allclose(found.values, values[:4], rtol=1e-4)
    rows = {r["user_id"]: r["vector"] for r in behaviour.user_vectors(found.items / found.values).collect()}
    users = np.array([rows[name] for name in sorted(rows)])
    overlap = np.linalg.svd(users.T @ left[:, :4])[1]
    np.testing.assert_allclose(overlap, 1.0, atol=1e-3)


def test_an_item_without_people_is_placed_by_its_text(world):
    behaviour, _, text = world
    assert np.abs(truncated_svd(behaviour, text, 4, 0.3, seed=1).items[24]).max() > 1e-3
    assert np.abs(truncated_svd(behaviour, text, 4, 0.0, seed=1).items[24]).max() == 0.0


def test_the_sign_is_fixed_and_rank_is_cut(world):
    behaviour, _, text = world
    found = truncated_svd(behaviour, text, 400, 0.0, seed=1)
    assert len(found.values) <= 24 and (np.diff(found.values) <= 1e-12).all()
    strongest = np.abs(found.items).argmax(axis=0)
    assert (found.items[strongest, np.arange(found.items.shape[1])] > 0).all()


def test_slices_of_items_and_blocks_of_people_add_up_to_the_same_product(spark, monkeypatch):
    """Blocks of people in several partitions, items in several slices, the last one shorter."""
    monkeypatch.setattr(factorise, "PAIRS_PER_BLOCK", 100)
    monkeypatch.setattr(factorise, "ITEMS_PER_SLICE", 4)
    generator = np.random.default_rng(6)
    dense = (generator.random((90, 11)) < 0.4) * (0.1 + generator.random((90, 11)))
    rows = [(f"u{u:02d}", int(i), float(dense[u, i])) for u, i in zip(*dense.nonzero(), strict=True)]
    behaviour = BehaviourMatrix(spark.createDataFrame(rows, "user_id string, column int, weight double"), 11)
    try:
        assert behaviour.rows.rdd.getNumPartitions() > 2
        unit = dense / np.maximum(np.linalg.norm(dense, axis=1, keepdims=True), 1e-12)
        block = generator.normal(size=(11, 3))
        product = behaviour.gram_times(block)
        np.testing.assert_allclose(product, unit.T @ unit @ block, atol=1e-12)
        np.testing.assert_array_equal(behaviour.gram_times(block), product)
    finally:
        behaviour.release()


def test_memory_is_planned_by_items_and_not_by_people():
    assert planned_gigabytes(260_000, 32, 384) == pytest.approx(1.83, abs=0.01)
    assert planned_gigabytes(1_000_000, 32, 1) == pytest.approx(1.33, abs=0.01)
