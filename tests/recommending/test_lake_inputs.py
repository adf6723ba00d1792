"""Tables of a lake as the frames that models are fitted on: which facts, which texts, which order, which people."""

from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from interestlake.interactions.lake_inputs import collect_frames, item_facts, item_vectors
from interestlake.recommending.export import frames_of

ITEMS = "item_id string, title string, description string, categories array<string>"
PAIRS = "user_id string, item_id string, weight double, first_ts timestamp, position int, split string"
FACTS = "subject string, predicate string, object string, subject_item_id string, valid_to timestamp"


def day(number):
    return datetime(2024, 1, number)


@pytest.fixture(scope="module")
def tables(spark):
    items = [("b", "Bee", None, ["x"]), ("a", None, "An ant.", []), ("c", "Sea", "", ["x", "y"]), ("d", "d", None, [])]
    pairs = [("ann", "b", 1.0, day(2), 2, "train"), ("ann", "a", 0.5, day(1), 1, "train"),
             ("ann", "c", 1.0, day(3), 3, "validation"), ("bob", "a", 1.0, day(1), 1, "train"),
             ("bob", "c", 0.0, day(4), 2, "test"), ("cid", "c", 1.0, day(2), 1, "test")]  # fmt: skip
    facts = [("e:a", "maker", "M", "a", None), ("again:a", "maker", "M", "a", None), ("e:b", "maker", "M", "b", None),
             ("e:b", "owner", "O", "b", day(1)), ("e:x", "maker", "M", "not in the catalogue", None),
             ("M", "born", "1950", None, None), ("e:c", "note", "", "c", None)]  # fmt: skip
    friends = [("ann", "bob"), ("bob", "ann"), ("ann", "cid"), ("cid", "ann"), ("ann", "bob")]
    return {
        "silver.items": spark.createDataFrame(items, ITEMS), "silver.facts": spark.createDataFrame(facts, FACTS),
        "silver.interactions": spark.createDataFrame(pairs, PAIRS),
        "silver.documents": spark.createDataFrame([("a", "item"), ("b", "item"), ("c", "item"), ("d", "review")],
                                                  "item_id string, kind string"),
        "silver.friends": spark.createDataFrame(friends, "user_id string, friend_id string"),
    }  # fmt: skip


@pytest.fixture(scope="module")
def frames(tables):
    return collect_frames(tables)


def test_facts_are_those_that_hold_of_items_and_every_category(tables):
    """Each once; not what has ended, what says nothing, and what is of no item of the catalogue."""
    rows = tables["silver.facts"].transform(item_facts(tables["silver.items"])).collect()
    assert sorted(tuple(row) for row in rows) == [
        ("a", "maker", "M"), ("b", "category", "x"), ("b", "maker", "M"), ("c", "category", "x"),
        ("c", "category", "y"),
    ]  # fmt: skip


def test_pairs_are_in_the_order_of_the_history(frames):
    assert frames.timed and frames.pairs[["user_id", "item_id"]].values.tolist() == [
        ["ann", "a"], ["ann", "b"], ["ann", "c"], ["bob", "a"], ["bob", "c"], ["cid", "c"]
    ]  # fmt: skip
    # d, which nothing describes, has its id where a title would be
    written = [["a", "", "An ant."], ["b", "Bee", ""], ["c", "Sea", ""], ["d", "", ""]]
    assert frames.items.values.tolist() == written
    assert len(frames.friends) == 4


def test_a_split_knows_the_people_and_items_it_may(frames):
    """Train and validation people, all items of the catalogue; cid, of test alone, is nobody, also as a friend."""
    inputs = frames.split()
    assert inputs.train.user_ids.tolist() == ["", "ann", "bob"] and inputs.train.item_ids.tolist() == [
        "a",
        "b",
        "c",
        "d",
    ]
    assert (len(inputs.train), len(inputs.validation), len(inputs.test)) == (3, 1, 2)
    assert inputs.friends.toarray().tolist() == [[0, 0, 0], [0, 0, 1], [0, 1, 0]]
    assert inputs.facts.shape[0] == 4 and inputs.facts.toarray().sum() == 5
    whole = frames.whole()
    assert whole.train.user_ids.tolist() == ["", "ann", "bob", "cid"] and len(whole.train) == 6
    assert whole.friends.sum() == 4 and whole.validation is None and len(whole.test) == 0
    # what was seen and not liked is a stored zero
    assert whole.train.matrix[2].nnz == 2 and whole.train.matrix[2, 2] == 0


def test_a_pair_without_a_time_makes_the_place_the_time(spark, tables):
    some = tables["silver.interactions"].selectExpr(
        "user_id", "item_id", "weight", "IF(item_id = 'b', NULL, first_ts) AS first_ts", "position", "split"
    )
    frames = collect_frames(tables | {"silver.interactions": some})
    assert not frames.timed and not frames.split().train.timed
    assert frames.of("train")["time"].tolist() == [0, 1, 2]
    known = frames.split()
    both = known.train.plus(known.validation)
    assert both.items[both.users == 1].tolist() == [0, 1, 2]


def test_exported_files_hold_the_split(frames):
    files = frames_of(frames)
    assert {name: option for name, (option, _) in files.items()} == {
        name: f"--{name}" for name in ("train", "validation", "test", "items", "social", "facts")
    }  # fmt: skip
    train = files["train"][1]
    assert train.columns.tolist() == ["user_id", "item_id", "weight", "timestamp"]
    assert train["timestamp"].tolist() == [t.timestamp() for t in map(pd.Timestamp, (day(1), day(2), day(1)))]
    assert files["social"][1].values.tolist() == [["ann", "bob"], ["bob", "ann"]]


def test_vectors_are_of_the_item_s_own_text(spark):
    documents = spark.createDataFrame([("a", "h1", "item"), ("b", "h2", "item"), ("b", "h3", "review")],
                                      "item_id string, text_hash string, kind string")  # fmt: skip
    vectors = spark.createDataFrame([("h1", [3.0, 4.0]), ("h3", [1.0, 0.0])], "text_hash string, vector array<float>")
    ids = np.array(["a", "b", "c"], object)
    np.testing.assert_allclose(item_vectors(documents, vectors, ids), [[0.6, 0.8], [0, 0], [0, 0]], atol=1e-6)
    none = item_vectors(documents, vectors.limit(0), ids)
    assert none.shape == (3, 1) and not none.any()
