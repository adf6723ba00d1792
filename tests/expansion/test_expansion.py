"""Walks beside networkx, planted neighbours and facts found with their paths, duplicates and surprise."""

import logging

import networkx as nx
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from interestlake.interests.expansion.build import entity_edges, named_facts
from interestlake.interests.expansion.choose import Selection, expand_block, plain
from interestlake.interests.expansion.measure import best_nodes, found_shares, settings, try_settings
from interestlake.interests.expansion.model import (
    ExpansionModel,
    Setting,
    noisy_or,
    relative,
    stochastic_rows,
    unit_rows,
)
from interestlake.interests.expansion.paths import unlikeness

NODES = np.array(["category:Jazz", "keyword:chess", "tag:Blues", "tag:bebop", "tag:jazz", "tag:swing"], object)
LABELS = np.array(["Jazz", "chess", "Blues", "bebop", "jazz", "swing"], object)
SETTING = Setting(0.5, 6, 2, (0.5, 0.5, 0.5))


def model(edges=(), facts=(), references=(), vectors=None) -> ExpansionModel:
    size = len(NODES)
    half = sp.csr_matrix(([e[2] for e in edges], ([e[0] for e in edges], [e[1] for e in edges])), (size, size))
    forth = sp.csr_matrix((np.ones(len(facts)), ([f[0] for f in facts], range(len(facts)))), (size, len(facts)))
    back = sp.csr_matrix((np.ones(len(facts)), (range(len(facts)), [f[1] for f in facts])), (len(facts), size))
    rows = sp.csr_matrix(np.array(references, float).reshape(-1, size))
    ids = np.array([f"r{n}" for n in range(rows.shape[0])], object)
    kinds = np.array([name.split(":")[0] for name in NODES], object)
    holders = np.asarray((rows > 0).sum(axis=0)).ravel().astype(float)
    vectors = np.eye(size) if vectors is None else vectors
    return ExpansionModel(NODES, LABELS, kinds, stochastic_rows(half + half.T), forth, back,
                          np.array([f[2] for f in facts], object), unit_rows(rows), ids, holders, vectors)  # fmt: skip


def people(nodes, held=None, user="u"):
    held = nodes if held is None else held
    return pd.DataFrame({"user_id": [user], "nodes": [np.array(nodes)], "weights": [np.ones(len(nodes))],
                         "held": [np.array(held)]})  # fmt: skip


def test_walk_is_personalised_pagerank():
    rng = np.random.default_rng(2)
    edges = [(a, b, float(rng.uniform(0.1, 1))) for a in range(6) for b in range(a + 1, 6) if rng.random() < 0.8]
    start = np.array([0.5, 0, 0.5, 0, 0, 0])
    walked = model(edges).context(sp.csr_matrix(start[None, :]), 0.85, 200)[0]
    graph = nx.Graph()
    graph.add_weighted_edges_from(edges)
    truth = nx.pagerank(graph, 0.85, dict(enumerate(start)), tol=1e-12, max_iter=1000)
    # PageRank = (1 - damping) (start + walk)
    assert 0.15 * (start + walked) == pytest.approx([truth[n] for n in range(6)], abs=1e-9)


def test_each_source_finds_what_only_it_knows_and_says_how():
    world = model(edges=[(0, 3, 1.0)], facts=[(0, 2, "Miles Davis")],
                  references=[[1, 0, 0, 0, 0, 1], [0, 1, 0, 0, 0, 0]])  # fmt: skip
    found = expand_block(world, people([0]), SETTING, Selection(10, 0.0)).set_index("interest")
    assert set(found.index) == {"tag:bebop", "tag:Blues", "tag:swing"}
    assert found.loc["tag:bebop", ["source", "path"]].tolist() == ["context", ["Jazz", "bebop"]]
    assert found.loc["tag:Blues", ["source", "path"]].tolist() == ["knowledge", ["Jazz", "Miles Davis", "Blues"]]
    assert found.loc["tag:swing", ["source", "path"]].tolist() == ["people", ["Jazz", "1 similar person", "swing"]]
    assert found["confidence"].tolist() == pytest.approx([0.5] * 3)


def test_two_steps_go_over_the_node_between_and_are_damped():
    world = model(edges=[(0, 3, 1.0), (3, 5, 0.5)])
    found = expand_block(world, people([0]), SETTING, Selection(10, 0.0)).set_index("interest")
    assert found.loc["tag:swing", "path"] == ["Jazz", "bebop", "swing"]
    assert found.loc["tag:swing", "confidence"] < found.loc["tag:bebop", "confidence"]


def test_what_is_held_under_another_name_is_not_new():
    world = model(edges=[(0, 4, 1.0), (0, 3, 0.1)])
    assert expand_block(world, people([0]), SETTING, Selection(10, 0.0))["interest"].tolist() == ["tag:bebop"]
    assert plain(" Board_Games ") == plain("board games") == "board games"


def test_oneself_is_no_neighbour():
    world = model(references=[[1, 0, 0, 0, 0, 1]])
    assert expand_block(world, people([0], user="r0"), SETTING, Selection(10, 0.0)).empty


def test_surprise_prefers_what_is_far():
    vectors = np.eye(6)
    vectors[3] = vectors[0]
    world = model(edges=[(0, 3, 1.0), (0, 1, 0.3)], vectors=vectors)
    sure = expand_block(world, people([0]), SETTING, Selection(1, 0.0))
    strange = expand_block(world, people([0]), SETTING, Selection(1, 1.0))
    assert (sure["label"][0], strange["label"][0]) == ("bebop", "chess")
    assert unlikeness(world, np.array([0]), np.array([3, 1])).tolist() == [0.0, 1.0]


def test_shares_of_what_was_hidden():
    held, hidden = (sp.csr_matrix(np.array([row], float)) for row in ([1, 0, 0, 0, 0, 0], [0, 1, 0, 1, 0, 0]))
    lists = best_nodes(np.array([[9.0, 0.0, 3.0, 2.0, 0.0, 0.0]]), held, 3)
    assert lists.tolist() == [[2, 3, -1]]
    recall, precision = found_shares(lists, hidden, 2)
    assert (recall[0], precision[0]) == (0.5, 0.5)


def test_validation_picks_the_source_that_finds():
    world = model(edges=[(0, 1, 1.0)], facts=[(0, 2, "x")])
    row = people([0]).assign(hidden=[np.array([2])])
    tries = settings(4)
    values = try_settings(world, row, tries, 1).groupby("setting")["value"].mean()
    assert all(values[n] == 1 for n, s in enumerate(tries) if s.weights == (0.0, 0.0, 0.8))
    assert all(values[n] == 0 for n, s in enumerate(tries) if s.weights == (0.8, 0.0, 0.0))


def test_sources_join_as_noisy_or_and_held_nodes_score_nothing():
    parts = relative(np.array([[[4.0, 2.0, 1.0]], [[0.0, 0.0, 3.0]]]), sp.csr_matrix(np.array([[1.0, 0, 0]])))
    assert parts[0, 0].tolist() == [0.0, 1.0, 0.5]
    assert noisy_or(parts, (0.5, 0.2))[0] == pytest.approx([0, 0.5, 1 - 0.75 * 0.8])


def test_entities_get_edges_from_the_people_who_hold_them():
    held = unit_rows(sp.csr_matrix(np.array([[1, 1, 0], [1, 1, 0], [1, 0, 1]], float)))
    plain_edges, discounted = (entity_edges(held, np.array([False, True, True]), discount, 50) for discount in (0, 0.5))
    assert list(zip(*plain_edges.nonzero(), strict=True)) == [(0, 1)]  # one person holds 0 and 2: too few
    # over three unit rows of two nodes each: 2 x 1/2 / (sqrt(3/2) x sqrt(2/2)); three people hold 0, two hold 1
    assert plain_edges[0, 1] == pytest.approx(1 / np.sqrt(1.5))
    assert discounted[0, 1] == pytest.approx(plain_edges[0, 1] / 6**0.25)


def test_an_entity_keeps_its_strongest_edges():
    held = unit_rows(sp.csr_matrix(np.array([[1, 1, 1], [1, 1, 1], [1, 1, 0]], float)))
    found = entity_edges(held, np.array([True, False, False]), 0.0, 1)
    assert list(zip(*found.nonzero(), strict=True)) == [(0, 1)]


def test_facts_that_name_two_nodes_are_read_up_to_a_bound_that_is_told(spark, caplog):
    names = pd.DataFrame({"interest_id": NODES, "name": LABELS})
    facts = [("urn:x/Blues", "urn:y/part_of", "Jazz", None), ("urn:x/chess", "is", "swing", None),
             ("bebop", "is", "Jazz", "item-1"), ("nobody", "is", "Jazz", None)]  # fmt: skip
    frame = spark.createDataFrame(facts, "subject string, predicate string, object string, subject_item_id string")
    found = named_facts(frame, names, 3, logging.getLogger("interestlake"))
    pairs = {("tag:Blues", "category:Jazz"), ("tag:Blues", "tag:jazz"), ("keyword:chess", "tag:swing")}
    assert {(row.src, row.dst) for row in found.itertuples()} == pairs | {(b, a) for a, b in pairs}
    assert "left out" not in caplog.text
    cut = named_facts(frame, names, 2, logging.getLogger("interestlake"))
    assert "1 of 3 facts about no item left out: expand.max_facts" in caplog.text
    pairs -= {("keyword:chess", "tag:swing")}  # the last by subject
    assert {(row.src, row.dst) for row in cut.itertuples()} == pairs | {(b, a) for a, b in pairs}
