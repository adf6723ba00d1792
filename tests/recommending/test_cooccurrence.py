"""The Gram matrix in strips against numpy; batches, sizes and the blocks of people."""

import numpy as np
import pandas as pd
import pytest

from interestlake.graph import gram as cooccurrence
from interestlake.graph.gram import collect_strips, partial_strips, summed_strips
from interestlake.recommending.blocks import Catalogue, blocks, sparse_rows, to_batch


@pytest.mark.parametrize("partitions", [1, 3])
def test_gram_and_neighbours_equal_numpy(spark, monkeypatch, partitions):
    monkeypatch.setattr(cooccurrence, "STRIP_ITEMS", 8)
    random = np.random.default_rng(4)
    chosen = random.random((30, 20)) < 0.3
    place = np.where(np.arange(20) % 5 == 4, -1, np.cumsum(np.arange(20) % 5 != 4) - 1)
    kept = chosen[:, place >= 0].astype(float)
    rows = [(u, [int(i) for i in np.flatnonzero(chosen[u])]) for u in range(30)]
    histories = spark.createDataFrame(rows, "user_index int, items array<int>")
    gram, norms = kept.T @ kept, np.sqrt(kept.sum(axis=0))
    strips = histories.transform(partial_strips(place, 16, 100, partitions)).transform(summed_strips(norms, 3, True))
    found = collect_strips(strips, 16, True)
    assert np.array_equal(found.gram, gram)
    cosine = gram / np.outer(norms, norms)
    np.fill_diagonal(cosine, 0)
    for item in range(16):
        best = np.lexsort((np.arange(16), -cosine[item]))[:3]
        best = best[cosine[item, best] > 0]
        column = found.neighbours[:, [item]].toarray().ravel()
        assert sorted(np.flatnonzero(column)) == sorted(best)
        np.testing.assert_allclose(column[best], cosine[item, best], rtol=1e-6)


def test_only_the_newest_items_of_a_long_history_enter(spark):
    histories = spark.createDataFrame([(0, [0, 1, 2, 3])], "user_index int, items array<int>")
    strips = histories.transform(partial_strips(np.arange(4), 4, 2, 1)).transform(summed_strips(np.ones(4), 5, True))
    gram = collect_strips(strips, 4, True).gram
    assert np.flatnonzero(gram.diagonal()).tolist() == [2, 3]


def catalogue() -> Catalogue:
    return Catalogue.of(pd.DataFrame({"item_id": ["b", "a", "c"], "item_index": [0, 2, 5], "title": ["B", "A", "C"]}))


def test_columns_are_in_item_id_order():
    items = catalogue()
    assert items.item_ids.tolist() == ["a", "b", "c"]
    assert items.column_of_index.tolist() == [1, -1, 0, -1, -1, 2]
    assert items.index_of_column.tolist() == [2, 0, 5]
    assert items.columns_of(["c", "zz", "a", ""]).tolist() == [2, -1, 0, -1]


def test_stored_zeros_stay_seen():
    rows = sparse_rows([[0, 5], None], [[0.0, 1.0], None], catalogue().column_of_index, 3)
    assert rows.indices.tolist() == [1, 2] and rows.shape == (2, 3) and rows[1].nnz == 0


def test_recency_vectors_and_missing_parts():
    people = pd.DataFrame(
        {
            "items": [[2, 0, 5], None],
            "weights": [[1.0, 0.5, 0.2], None],
            "friend_items": [None, [5]],
            "friend_weights": [None, [2.0]],
        }
    )
    batch = to_batch(people, catalogue(), {"two_tower": np.array([[1.0, 2.0], [3.0, 4.0]])})
    np.testing.assert_allclose(batch.recent.toarray(), [[1 / 3, 1 / 2, 1], [0, 0, 0]], rtol=1e-6)
    assert batch.friends.toarray().tolist() == [[0, 0, 0], [0, 0, 2]]
    assert batch.vectors["two_tower"].tolist() == [[1, 2], [0, 0]]


def test_blocks_keep_order_and_shrink_with_what_a_person_takes():
    frames = [pd.DataFrame({"n": range(700)}), pd.DataFrame({"n": range(700, 900)})]
    small = list(blocks(iter(frames), 900))
    assert [len(block) for block in small] == [512, 188, 200]
    assert pd.concat(small)["n"].tolist() == list(range(900))
    assert {len(block) for block in blocks(iter(frames[:1]), 90_000_000)} == {1}
