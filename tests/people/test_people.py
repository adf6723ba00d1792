"""Shared friends and interests by networkx and by hand; planted experts and groups."""

import networkx as nx
import numpy as np
import pytest
import scipy.sparse as sp

from interestlake.interests.people.experts import name_groups, rank_experts
from interestlake.interests.people.model import PeopleModel, evaluate_people, lists, tastes

USERS = np.array([f"u{n}" for n in range(8)], object)
LINKS = [(0, 1), (0, 2), (1, 2), (2, 3), (3, 4), (4, 5), (5, 3), (6, 0)]


def model(links=LINKS, interests=None) -> PeopleModel:
    one, other = zip(*[*links, *((b, a) for a, b in links)], strict=True)
    friends = sp.csr_matrix((np.ones(len(one)), (one, other)), (8, 8))
    held = np.eye(8)[:, :3] if interests is None else interests
    # items nobody chose: likeness is that of the interests
    taste = tastes(sp.csr_matrix(held), sp.csr_matrix((8, 2)))
    return PeopleModel(USERS, taste, np.array(["jazz", "clay", "trail"], object), friends)


def test_adamic_adar_and_common_friends_are_networkxs():
    graph = nx.Graph(LINKS)
    graph.add_node(7)
    pairs = [(a, b) for a in range(8) for b in range(8) if a != b and not graph.has_edge(a, b)]
    found, common = model().adamic_adar(np.arange(8)), model().common_friends(np.arange(8))
    for a, b, score in nx.adamic_adar_index(graph, pairs):
        assert found[a, b] == pytest.approx(score)
        assert common[a, b] == len(list(nx.common_neighbors(graph, a, b)))


def test_a_list_says_what_is_shared_and_leaves_out_whom_one_knows():
    interests = np.zeros((8, 3))
    interests[[0, 7], 1] = 1.0
    rows = lists(model(interests=interests), np.array([0]), 0.5, 3).set_index("other_id")
    assert "u1" not in rows.index and "u0" not in rows.index
    assert rows.loc["u7", "shared"] == ["clay"] and rows.loc["u7", "common_friends"] == 0
    assert rows.loc["u3", "common_friends"] == 1 and rows.loc["u3", "shared"] == []


def test_interests_and_items_count_alike():
    rows = tastes(sp.csr_matrix(np.array([[2.0, 0], [1, 1]])), sp.csr_matrix(np.array([[3.0, 0], [0, 1]])))
    assert (rows @ rows.T).toarray()[0, 1] == pytest.approx((1 / np.sqrt(2) + 0) / 2)


def test_a_hidden_friendship_is_found_by_the_part_that_knows():
    hidden = sp.csr_matrix(([1.0, 1.0], ([0, 7], [7, 0])), (8, 8))
    interests = np.zeros((8, 3))
    interests[[0, 7], 1] = 1.0
    rows = evaluate_people(model(interests=interests), np.arange(8), hidden, np.zeros(8, bool))
    at5 = rows[(rows["metric"] == "recall") & (rows["k"] == 5)].groupby("model")["value"].mean()
    assert at5["interests"] == 1.0 and at5["common_friends"] == 0.0 and at5["mix+0.5"] == 1.0


def test_experts_are_sure_and_experienced(spark):
    rows = [("jazz", "old", 0.99, 50), ("jazz", "new", 0.99, 2), ("jazz", "unsure", 0.1, 60), ("clay", "new", 0.5, 1)]
    profiles = spark.createDataFrame(rows, "interest string, user_id string, confidence double, events bigint")
    found = profiles.transform(rank_experts(2)).orderBy("interest", "rank").collect()
    assert [(r["interest"], r["user_id"]) for r in found] == [("clay", "new"), ("jazz", "old"), ("jazz", "new")]


def test_groups_are_named_by_what_sets_them_apart(spark):
    held = [("a", "jazz", 0.6), ("a", "news", 0.4), ("b", "jazz", 0.5), ("b", "news", 0.5), ("c", "clay", 0.5),
            ("c", "news", 0.5)]  # fmt: skip
    profiles = spark.createDataFrame(held, "user_id string, label string, share double")
    members = spark.createDataFrame([("a", "a"), ("b", "a"), ("c", "c")], "user_id string, `group` string")
    found = {r["user_id"]: (r["size"], r["label"]) for r in members.transform(name_groups(profiles, 1)).collect()}
    assert found == {"a": (2, "jazz"), "b": (2, "jazz"), "c": (1, "clay")}
