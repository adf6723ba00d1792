"""What holds at any size is seen in plans: partitions follow rows, and no task is asked for every row of a table."""

import re

import numpy as np
import pytest
from pyspark.sql import functions as F
from scipy import stats

from interestlake.core.params.all import Als, Interests
from interestlake.evaluation.readability import read_list, reasons_read
from interestlake.evaluation.table import spread
from interestlake.graph import als, cooccurrence
from interestlake.graph.engine import label_propagation, weighted_graph
from interestlake.interests.clusters import cluster_interests, ward_clusters
from interestlake.interests.item_interests import choose_interests
from interestlake.interests.significance import benjamini_hochberg
from interestlake.knowledge.divergence import contributions, rank_items
from interestlake.recommending.explaining.reasons import _friends
from interestlake.text import clusters, topics
from interestlake.text.sentiment import label_by_rating
from interestlake.text.terms import count_terms

from .plans import plan_of


@pytest.fixture
def no_small_tables(spark):
    """Every table is too large to be sent to all executors, unless the code says that it is not."""
    name = "spark.sql.autoBroadcastJoinThreshold"
    before = spark.conf.get(name)
    spark.conf.set(name, "-1")
    yield spark
    spark.conf.set(name, before)


class Recorder:
    """An estimator that notes what it was given and how the rows lay, and fits nothing."""

    def __init__(self, *given, **settings):
        self.settings = settings

    def __getattr__(self, name):
        return lambda *given, **settings: self

    def fit(self, rows):
        return self, rows.rdd.getNumPartitions()


def test_blocks_of_als_follow_the_pairs(spark, monkeypatch):
    monkeypatch.setattr(als, "ALS", Recorder)
    monkeypatch.setattr(als, "PAIRS_PER_BLOCK", 10)
    pairs = spark.range(95).selectExpr("cast(id AS int) AS user_index", "0 AS item_index", "1d AS weight")
    for params, blocks in ((Als(), 10), (Als(blocks=3), 3)):
        made, partitions = als.fit_als(params, 1)(pairs)
        assert partitions == made.settings["numUserBlocks"] == made.settings["numItemBlocks"] == blocks
    assert als.fit_als(Als(), 1)(pairs.limit(9))[1] == 4


def test_partitions_of_topics_and_clusters_follow_the_texts(spark, monkeypatch):
    monkeypatch.setattr(topics, "LDA", Recorder)
    monkeypatch.setattr(clusters, "KMeans", Recorder)
    rows = [(f"{n:04x}", ["a", "b"], [1.0, float(n)]) for n in range(60)]
    texts = spark.createDataFrame(rows, "text_hash string, tokens array<string>, vector array<double>")
    counted = texts.transform(count_terms(["a", "b"]))
    for each, partitions in ((25_000, 4), (10, 6)):
        monkeypatch.setattr(topics, "TEXTS_PER_PARTITION", each)
        monkeypatch.setattr(clusters, "TEXTS_PER_PARTITION", each)
        assert topics.fit_topics(counted, ["a", "b"], 2, 1, 1).model[1] == partitions
        assert clusters.fit_clusters(texts, 2, 1, 1)[1] == partitions


def test_tasks_that_count_pairs_follow_the_histories(spark, monkeypatch):
    monkeypatch.setattr(cooccurrence, "ROWS_PER_PARTITION", 10)
    rows = [(f"u{n:03}", f"i{k}", 1.0, k) for n in range(30) for k in range(3)]
    histories = spark.createDataFrame(rows, "user_id string, node string, weight double, position int")
    limits = {"min_pair_count": 1, "max_history": 9, "max_neighbours": 9, "popularity_discount": 0.0}
    edges = histories.transform(cooccurrence.build_edges(measure="cosine", seed=1, **limits))
    assert re.search(r"hashpartitioning\(user_id#\d+, 9\)", plan_of(edges))
    assert edges.count() == 3


def test_the_first_texts_of_a_label_are_cut_in_every_task(spark):
    rows = [(f"{(n * 7919) % 1000:04x}", "review", "train", float(1 + 4 * (n % 2))) for n in range(1000)]
    documents = spark.createDataFrame(rows, "text_hash string, kind string, split string, rating double")
    labels = documents.transform(label_by_rating(60))
    assert re.search(r"WindowGroupLimit \[label#\d+\].* 30, Partial", plan_of(labels))
    found = {(row["label"], row["text_hash"]) for row in labels.collect()}
    for label, rating in (("negative", 1.0), ("positive", 5.0)):
        mine = sorted(text for text, _, _, given in rows if given == rating)[:30]
        assert {text for one, text in found if one == label} == set(mine)


def test_the_most_carried_interests_of_a_kind_are_cut_in_every_task(spark):
    schema = "item_id string, kind string, name string, score double"
    chosen = spark.createDataFrame([("i", "tag", "x", 1.0)], schema).transform(choose_interests(Interests()))
    assert re.search(rf"WindowGroupLimit \[kind#\d+\].* {Interests().max_interests}, Partial", plan_of(chosen))


def test_people_reach_python_by_the_batch(spark):
    points = {"a": [0.0, 0.0], "b": [0.1, 0.0], "c": [9.0, 9.0]}
    vectors = spark.createDataFrame(list(points.items()), "interest_id string, vector array<double>")
    rows = [(f"u{n}", name, share) for n in range(3) for name, share in (("a", 0.5), ("b", 0.3), ("c", 0.2))]
    weights = spark.createDataFrame([*rows, ("v", "unplaced", 1.0)], "user_id string, interest string, weight double")
    placed = weights.transform(cluster_interests(vectors, 1.0))
    lists = spark.createDataFrame(
        [("u", 2, "b b"), ("u", 1, "a"), ("v", 1, "c")], "user_id string, rank int, reason string"
    )
    read = reasons_read(lists)
    assert "FlatMapGroupsInPandas" not in plan_of(placed) + plan_of(read)
    found = {(row["user_id"], row["interest"]): (row["cluster"], row["medoid"]) for row in placed.collect()}
    expected, medoids = ward_clusters(np.array(list(points.values())), np.array([0.5, 0.3, 0.2]), 1.0)
    names = list(points)
    for n in range(3):
        assert [found[f"u{n}", name] for name in names] == [(c, names[medoids[c]]) for c in expected]
    assert found["v", "unplaced"] == (0, "unplaced") and len(found) == 10
    values = {row["metric"]: (row["value"], row["users"]) for row in read.collect()}
    own = [read_list(["a", "b b"]), read_list(["c"])]
    assert values["reason_words"] == (pytest.approx(sum(one["reason_words"] for one in own) / 2), 2)


def test_p_values_are_ranked_by_steps(spark):
    rng = np.random.default_rng(5)
    p = np.r_[rng.uniform(0, 1, 300) ** 6, np.zeros(3), np.ones(40), np.full(20, 0.01), 5e-324, 1e-200]
    rows = spark.createDataFrame([(n, float(v)) for n, v in enumerate(p)] + [(-1, None), (-2, float("nan"))],
                                 "n int, p_value double")  # fmt: skip
    judged = rows.repartition(5).transform(benjamini_hochberg)
    assert (
        {"step"} <= set(re.findall(r"windowspecdefinition\((\w+)", plan_of(judged))) <= {"step", "specifiedwindowframe"}
    )
    found = {row["n"]: row["q_value"] for row in judged.collect()}
    assert found.pop(-1) is None and found.pop(-2) is None
    assert [found[n] for n in range(len(p))] == pytest.approx(list(stats.false_discovery_control(p)), rel=1e-12)


def test_friends_are_asked_about_what_is_listed(no_small_tables):
    spark = no_small_tables
    recs = spark.createDataFrame([("u", "a", "A"), ("u", "b", "B")], "user_id string, item_id string, title string")
    friends = spark.createDataFrame([("u", "f"), ("u", "g"), ("w", "f")], "user_id string, friend_id string")
    pairs = spark.createDataFrame([("f", "a"), ("g", "a"), ("g", "z")], "user_id string, item_id string")
    reasons = _friends(recs, friends, pairs)
    assert not re.search(r"Join \[friend_id#\d+\]", plan_of(reasons))
    assert re.search(r"Join \[friend_id#\d+, item_id#\d+\]", plan_of(reasons))
    assert [(row["item_id"], row["count"]) for row in reasons.collect()] == [("a", 2)]


def test_tables_of_features_and_items_are_sent_to_all_only_where_they_are_small(no_small_tables):
    spark = no_small_tables
    features = spark.createDataFrame([("i", "genre", "sf")], "item_id string, predicate string, object string")
    shares = spark.createDataFrame([("genre", "sf", 1.0)], "predicate string, object string, share double")
    history = spark.createDataFrame([("u", "i", 1.0)], "user_id string, item_id string, weight double")
    told = history.transform(contributions(features, shares, 1.0))
    ranked = told.transform(rank_items(features, shares, history.select("user_id", "item_id"), 0.5, 9, 9))
    schema = "split string, model string, user_id string, rank int, item_id string"
    lists = spark.createDataFrame([("test", "m", "u", 1, "i")], schema)
    items = spark.createDataFrame([("i", 0, 1)], "item_id string, item_index int, user_count int")
    people = spark.createDataFrame([("test", "u", "warm")], "split string, user_id string, segment string")
    for frame in (told, ranked, lists.transform(spread(items, people, 1, [1]))):
        assert "BroadcastHashJoin" not in plan_of(frame)


def test_a_hub_hears_each_of_its_many_neighbours(spark):
    """A star of 20,000 leaves: the hub's votes are one row, and all take one label."""
    leaves = spark.range(20_000).select(F.lit("hub").alias("src"), F.format_string("leaf%05d", "id").alias("dst"))
    graph = weighted_graph(leaves.withColumn("weight", F.lit(1.0)))
    labels = label_propagation(graph, 3, 1)
    assert labels.count() == 20_001 and labels.where("label <> id").count() > 9_000
