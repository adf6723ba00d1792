"""The feed of a lake on another file system: Petastorm reads copies that the session fetched, and every row of them."""

import gc
from pathlib import Path
from urllib.parse import unquote, urlparse

import numpy as np
import pytest

from interestlake.core.errors import BadInput
from interestlake.core.lake import Lake
from interestlake.training import snapshot
from interestlake.training.reader import read_all
from interestlake.training.snapshot import take_snapshot

TABLE = "models.training_examples"


@pytest.fixture
def far(spark, elsewhere):
    """A lake under another file system's address, with 40 pairs in several files."""
    lake = Lake(spark, elsewhere[0])
    rows = [(user, 10 * user + n, n / 10) for user in range(4) for n in range(10)]
    frame = spark.createDataFrame(rows, "user_index int, item_index int, weight float")
    lake.write(TABLE, frame.repartitionByRange(4, "user_index").sortWithinPartitions("user_index", "item_index"), "r1")
    return lake


def paths(taken) -> list[Path]:
    return [Path(unquote(urlparse(file).path)) for file in taken.files]


def test_every_row_is_read_in_the_order_of_the_table(far):
    taken = take_snapshot(far, TABLE)
    assert len(taken.files) == len(far.input_files(TABLE)) > 1
    assert all(file.startswith("file:///") for file in taken.files)
    batch = read_all(taken)
    assert batch["item_index"].tolist() == list(range(40))
    assert np.allclose(batch["weight"], [n / 10 for _ in range(4) for n in range(10)])


def test_the_copies_are_gone_with_the_snapshot(far):
    taken = take_snapshot(far, TABLE)
    folder = paths(taken)[0].parent
    assert folder.is_dir()
    del taken
    gc.collect()
    assert not folder.exists()


def test_a_lake_of_this_disk_is_read_where_it_lies(lake):
    lake.write(TABLE, lake.spark.createDataFrame([(0, 1, 0.5)], "user_index int, item_index int, weight float"), "r1")
    taken = take_snapshot(lake, TABLE)
    assert taken.copies is None
    assert Path(lake.path(TABLE)) in paths(taken)[0].parents


def test_more_than_is_free_is_said_before_anything_is_copied(far, monkeypatch):
    monkeypatch.setattr(snapshot, "size_of", lambda spark, address: 1 << 60)
    with pytest.raises(BadInput, match="spark.local.dir"):
        take_snapshot(far, TABLE)
