"""Feature snapshots: means by hand, principal axes against scikit-learn, nothing from held-out texts."""

import numpy as np
from sklearn.decomposition import PCA

from interestlake.graph.features import (
    fit_reduction,
    item_features,
    mean_text_vectors,
    project,
    training_examples,
    user_features,
)
from interestlake.interactions.sample_holdout import people_to_judge, sample_holdout

VECTORS = "item_id string, vector array<float>"


def test_mean_of_visible_texts_only(spark):
    rows = [("a", "h1", "all"), ("a", "h2", "train"), ("a", "h3", "test"), ("b", "h3", "validation")]
    documents = spark.createDataFrame(rows, "item_id string, text_hash string, split string")
    vectors = [("h1", [1.0, 0.0]), ("h2", [0.0, 1.0]), ("h3", [9.0, 9.0])]
    embeddings = spark.createDataFrame(vectors, "text_hash string, vector array<float>")
    found = {r["item_id"]: r["vector"] for r in mean_text_vectors(documents, embeddings).collect()}
    assert found == {"a": [0.5, 0.5]}


def test_principal_axes_agree_with_scikit_learn(spark):
    data = np.random.default_rng(0).normal(size=(60, 5)) * [5, 3, 2, 1, 0.5]
    frame = spark.createDataFrame([(str(i), row.tolist()) for i, row in enumerate(data)], VECTORS)
    reduction = fit_reduction(frame, 3)
    axes = reduction.axes
    oracle = PCA(3, svd_solver="full").fit(data.astype(np.float32).astype(float)).components_.T
    np.testing.assert_allclose(np.abs(np.sum(axes * oracle, axis=0)), 1.0, atol=1e-6)
    assert (axes[np.abs(axes).argmax(axis=0), np.arange(3)] > 0).all()
    found = {int(r["item_id"]): r["vector"] for r in frame.transform(project(reduction)).collect()}
    expected = (data - data.mean(axis=0)) @ axes
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    np.testing.assert_allclose([found[i] for i in range(60)], expected, atol=1e-5)


def test_one_vector_is_nothing_to_reduce(spark):
    assert fit_reduction(spark.createDataFrame([], VECTORS), 3) is None
    assert fit_reduction(spark.createDataFrame([("a", [1.0, 2.0])], VECTORS), 3) is None


def test_every_item_and_person_has_a_row_and_zeros_where_nothing_is_known(spark):
    items = spark.createDataFrame([("a", 0), ("b", 1)], "item_id string, item_index int")
    text = spark.createDataFrame([("a", [1.0, 0.0])], VECTORS)
    graph = spark.createDataFrame([("b", [2.0])], VECTORS)
    features = item_features(items, text, graph, 2, 1)
    found = {r["item_index"]: (r["text_vector"], r["graph_vector"]) for r in features.collect()}
    assert found == {0: ([1.0, 0.0], [0.0]), 1: ([0.0, 0.0], [2.0])}
    users = spark.createDataFrame([("u", 0), ("v", 1), ("w", 2)], "user_id string, user_index int")
    pairs = [(0, 0, 0.75), (0, 1, 0.25), (2, 0, 0.0)]
    train = spark.createDataFrame(pairs, "user_index int, item_index int, weight double")
    none = spark.createDataFrame([], "user_id string, vector array<float>")
    found = {r["user_index"]: tuple(r)[1:] for r in user_features(users, train, features, none, 2, 1).collect()}
    assert found == {0: ([0.75, 0.0], [0.0]), 1: ([0.0, 0.0], [0.0]), 2: ([0.0, 0.0], [0.0])}


def test_no_text_at_all_gives_zeros(spark):
    items = spark.createDataFrame([("a", 0)], "item_id string, item_index int")
    graph = spark.createDataFrame([], VECTORS)
    assert item_features(items, None, graph, 1, 1).first()["text_vector"] == [0.0]


def interactions(spark):
    rows = [(0, 0, 1.0, "train"), (0, 1, 1.0, "validation"), (0, 2, 1.0, "test")]
    rows += [(1, 0, 0.5, "train"), (2, 1, 1.0, "test")]
    return spark.createDataFrame(rows, "user_index int, item_index int, weight double, split string")


def test_examples_hold_train_pairs_only(spark):
    rows = interactions(spark).transform(training_examples).collect()
    assert [tuple(row) for row in rows] == [(0, 0, 1.0), (1, 0, 0.5)]


def test_holdout_holds_people_with_both_splits_and_no_test_pair(spark):
    holdout = sample_holdout(interactions(spark), seed=1)
    assert holdout.users.tolist() == [0]
    assert [part.tolist() for part in (*holdout.seen, *holdout.relevant)] == [[0], [0], [0], [1]]


def test_as_many_people_are_counted_to_judge_as_are_then_held(spark):
    rows = [(u, i, split) for u in range(7) for i, split in enumerate(("train", "validation"))]
    rows += [(7, 0, "train"), (8, 0, "validation")]
    given = spark.createDataFrame(rows, "user_index int, item_index int, split string")
    for most in (3, 7, 20):
        assert people_to_judge(given, most).count() == len(sample_holdout(given, 1, most).users) == min(most, 7)
