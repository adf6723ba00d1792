"""The Petastorm feed: every row once, in order, and never fewer than the table holds."""

import dataclasses

import numpy as np
import pytest

from interestlake.core.errors import BadInput, ShortRead
from interestlake.core.lake import Lake
from interestlake.training.ranks import Ranks
from interestlake.training.reader import read_all, read_batches, shuffled
from interestlake.training.snapshot import take_snapshot
from interestlake.training.tensors import side_tensor

EXAMPLES = ("cast(id % 40 as int) user_index", "cast(id as int) item_index", "cast(id / 1000 as float) weight")


def examples(spark, lake, rows, files, run_id="r"):
    frame = spark.range(rows).selectExpr(*EXAMPLES).repartitionByRange(files, "item_index")
    lake.write("models.training_examples", frame.sortWithinPartitions("item_index"), run_id)
    return take_snapshot(lake, "models.training_examples")


@pytest.mark.parametrize("files", [1, 3, 7])
def test_every_row_comes_once_and_in_key_order(spark, lake, files):
    snapshot = examples(spark, lake, 1000, files)
    read = read_all(snapshot)
    assert len(snapshot.files) == files
    assert read["item_index"].tolist() == list(range(1000))
    np.testing.assert_allclose(read["weight"], np.arange(1000) / 1000, rtol=1e-6)


def test_only_the_files_of_the_version_are_read(spark, lake):
    examples(spark, lake, 500, 2, "r1")
    second = examples(spark, lake, 30, 2, "r2")
    assert len(read_all(second)["item_index"]) == 30
    assert len(read_all(take_snapshot(lake, "models.training_examples", 0))["item_index"]) == 500


def test_a_lost_file_stops_the_run(spark, lake):
    snapshot = examples(spark, lake, 1000, 4)
    short = dataclasses.replace(snapshot, files=snapshot.files[:-1])
    with pytest.raises(ShortRead, match=r"delivered \d+ rows; expected 1000"):
        for _ in read_batches(short):
            pass


def test_a_lost_row_group_stops_the_run(spark, lake, monkeypatch):
    from interestlake.training import reader

    real = reader.make_batch_reader

    def losing(*args, **kwargs):
        made = real(*args, **kwargs)
        made.__next__()
        return made

    snapshot = examples(spark, lake, 1000, 4)
    monkeypatch.setattr(reader, "make_batch_reader", losing)
    with pytest.raises(ShortRead):
        list(read_batches(snapshot))


def test_a_path_with_blanks_and_percent_signs_is_read(spark, tmp_path):
    snapshot = examples(spark, Lake(spark, str(tmp_path / "my lake 100%25")), 100, 2)
    assert read_all(snapshot)["item_index"].tolist() == list(range(100))


def test_vectors_arrive_as_matrices(spark, lake):
    rows = [(i, [float(i), 1.0], [0.5]) for i in range(10)]
    schema = "item_index int, text_vector array<float>, graph_vector array<float>"
    lake.write("models.item_features", spark.createDataFrame(rows, schema).coalesce(1), "r")
    read = read_all(take_snapshot(lake, "models.item_features"))
    assert read["text_vector"].shape == (10, 2) and read["graph_vector"].shape == (10, 1)
    assert read["text_vector"][:, 0].tolist() == read["item_index"].tolist()


def features(spark, lake, indexes):
    rows = [(i, [3.0, 4.0], [float(i + 1)]) for i in indexes]
    schema = "item_index int, text_vector array<float>, graph_vector array<float>"
    lake.write("models.item_features", spark.createDataFrame(rows, schema).coalesce(1), "r")
    return take_snapshot(lake, "models.item_features")


def test_a_gap_is_a_row_of_zeros(spark, lake):
    table = features(spark, lake, [6, 0, 3])
    side = side_tensor(table, "item_index")
    assert side.listed.tolist() == [0, 3, 6] and side.rows == 7
    np.testing.assert_allclose(side.features[side.listed], [[0.6, 0.8, 1.0]] * 3, rtol=1e-6)
    assert side.features.shape == (7, 3) and not side.features[[1, 2, 4, 5]].any()
    for rank in range(9):  # more processes than rows
        ranks = Ranks()
        ranks.rank, ranks.count = rank, 9
        own = side_tensor(table, "item_index", ranks)
        assert own.rows == 7 and own.listed.tolist() == [one for one in (0, 3, 6) if one == rank]
        assert own.features.equal(side.features[rank::9]) and own.features.shape == (int(rank < 7), 3)


@pytest.mark.parametrize(("indexes", "found"), [([0, 2, 2], "2 2 times"), ([-1, 0], "-1")])
def test_an_index_twice_or_below_zero_is_one_message(spark, lake, indexes, found):
    with pytest.raises(BadInput, match=f"item_index: found {found}; expected numbers from 0"):
        side_tensor(features(spark, lake, indexes), "item_index")


def test_an_empty_table_is_refused(spark, lake):
    lake.create("models.training_examples")
    with pytest.raises(BadInput, match="no rows"):
        take_snapshot(lake, "models.training_examples")


@pytest.mark.parametrize("window", [100, 130, 10_000])
def test_shuffled_batches_do_not_depend_on_how_files_cut_the_rows(window):
    def order(cuts):
        batches = ({"a": part} for part in np.split(np.arange(500), cuts))
        return [batch["a"].tolist() for batch in shuffled(batches, 64, window, 7)]

    assert order([500]) == order([1, 2, 130, 131, 400]) == order(list(range(50, 500, 50)))


@pytest.mark.parametrize("window", [64, 100, 10_000])
def test_shuffled_keeps_every_row_once_and_depends_on_the_seed_only(window):
    def batches():
        return ({"a": np.arange(start, start + 50)} for start in range(0, 500, 50))

    orders = [np.concatenate([b["a"] for b in shuffled(batches(), 64, window, seed)]).tolist() for seed in (1, 1, 2)]
    assert sorted(orders[0]) == list(range(500))
    assert orders[0] == orders[1] != orders[2]
    assert max(len(b["a"]) for b in shuffled(batches(), 64, window, 1)) <= 64
