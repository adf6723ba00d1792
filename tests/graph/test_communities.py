"""GraphFrames' answers against networkx on random graphs, and planted communities found again."""

import networkx as nx
import numpy as np
import pytest
from pyspark.sql import functions as F
from sklearn.metrics import adjusted_rand_score

from interestlake.core.params.all import Graph
from interestlake.graph.communities import find_communities, merge_communities, modularity
from interestlake.graph.describe import describe_graph
from interestlake.graph.engine import components, degrees, pagerank, weighted_graph

EDGES = "src string, dst string, weight double, pair_count bigint"


def spark_edges(spark, graph: nx.Graph):
    rows = [(*sorted((str(a), str(b))), float(data["weight"]), 1) for a, b, data in graph.edges(data=True)]
    return spark.createDataFrame(rows, EDGES).coalesce(2)


def random_graph(seed: int, prefix: str) -> nx.Graph:
    generator = np.random.default_rng(seed)
    graph = nx.gnp_random_graph(12, 0.2, seed=seed)
    graph.remove_nodes_from(list(nx.isolates(graph)))
    for _, _, data in graph.edges(data=True):
        data["weight"] = float(generator.uniform(0.1, 2))
    return nx.relabel_nodes(graph, {node: f"{prefix}{node:02d}" for node in graph})


@pytest.fixture(scope="module")
def union(spark):
    """Twenty random graphs as one disjoint union: networkx and Spark see the same nodes and weights."""
    whole = nx.union_all([random_graph(seed, f"g{seed:02d}_") for seed in range(20)])
    return whole, weighted_graph(spark_edges(spark, whole))


def named(graph, frame, column):
    return {row["node"]: row[column] for row in graph.vertices.join(frame, "id").collect()}


def test_components_and_degrees(union):
    oracle, graph = union
    found = named(graph, components(graph), "component")
    names = {row["id"]: row["node"] for row in graph.vertices.collect()}
    expected = {node: min(part) for part in nx.connected_components(oracle) for node in part}
    assert {node: names[component] for node, component in found.items()} == expected
    counted = degrees(graph)
    assert named(graph, counted, "degree") == dict(oracle.degree())
    weighted = named(graph, counted, "weighted_degree")
    assert weighted == pytest.approx(dict(oracle.degree(weight="weight")), abs=1e-9)


def test_weighted_pagerank_and_personal_walks(union):
    oracle, graph = union
    ids = {row["node"]: row["id"] for row in graph.vertices.collect()}
    source = min(oracle)
    ranks, walks = pagerank(graph, 60, (ids[source],))
    expected = nx.pagerank(oracle, alpha=0.85, weight="weight", tol=1e-12, max_iter=1000)
    assert named(graph, ranks, "pagerank") == pytest.approx(expected, abs=1e-5)
    personal = nx.pagerank(oracle, alpha=0.85, weight="weight", personalization={source: 1}, tol=1e-12, max_iter=1000)
    found = named(graph, walks.select("id", "score"), "score")
    assert found == pytest.approx({node: score for node, score in personal.items() if node in found}, abs=1e-4)
    assert sum(found.values()) == pytest.approx(1.0)


def test_modularity(spark, union):
    oracle, graph = union
    parts = list(nx.connected_components(oracle))
    member = {node: number for number, part in enumerate(parts) for node in part}
    rows = [(row["id"], member[row["node"]]) for row in graph.vertices.collect()]
    found = modularity(graph, spark.createDataFrame(rows, "id bigint, community bigint"))
    assert found == pytest.approx(nx.community.modularity(oracle, parts, weight="weight"), abs=1e-9)


@pytest.fixture(scope="module")
def planted(spark):
    """Four blocks of 12 nodes: dense inside, sparse and weak between."""
    generator = np.random.default_rng(1)
    graph = nx.Graph()
    for a in range(48):
        for b in range(a):
            same = a // 12 == b // 12
            if generator.random() < (0.6 if same else 0.04):
                graph.add_edge(f"n{a:02d}", f"n{b:02d}", weight=1.0 if same else 0.2)
    return graph, weighted_graph(spark_edges(spark, graph))


@pytest.mark.parametrize("method", ["auto", "label_propagation"])
def test_planted_blocks_are_found(planted, method):
    _, graph = planted
    found = find_communities(graph, method, max_communities=4, seed=1)
    rows = graph.vertices.join(found.members, "id").collect()
    truth = [int(row["node"][1:]) // 12 for row in rows]
    assert adjusted_rand_score(truth, [row["community"] for row in rows]) >= 0.9
    assert found.modularity > 0.5


def test_communities_that_belong_together_are_merged(spark, planted):
    oracle, graph = planted
    nodes = graph.vertices.collect()
    thirds = [(row["id"], int(row["node"][1:]) // 4) for row in nodes]  # twelve, three in each block
    merged, gained = merge_communities(graph, spark.createDataFrame(thirds, "id bigint, community bigint"))
    found = {row["id"]: row["community"] for row in merged.collect()}
    assert found == {row["id"]: int(row["node"][1:]) // 12 * 3 for row in nodes}
    parts = [{f"n{node:02d}" for node in range(start, start + 12)} for start in range(0, 48, 12)]
    assert gained == pytest.approx(nx.community.modularity(oracle, parts, weight="weight"), abs=1e-9)
    assert gained == pytest.approx(modularity(graph, merged), abs=1e-9)


def test_power_iteration_is_one_way_of_two(planted):
    _, graph = planted
    found = find_communities(graph, "pic", max_communities=12, seed=1)
    rows = graph.vertices.join(found.members, "id").collect()
    truth = [int(row["node"][1:]) // 12 for row in rows]
    assert found.method == "pic" and len(rows) == 48
    assert adjusted_rand_score(truth, [row["community"] for row in rows]) >= 0.9
    assert found.modularity == pytest.approx(modularity(graph, found.members), abs=1e-9)


def test_every_node_is_described_once_and_walks_have_names(spark, planted):
    oracle, graph = planted
    described = describe_graph(graph, Graph(max_communities=4, pagerank_iterations=5), seed=1, hubs=2)
    rows = described.nodes.collect()
    assert sorted(row["node"] for row in rows) == sorted(oracle)
    assert {row["component"] for row in rows} == {min(oracle)}
    assert {row["community"] for row in rows} <= set(oracle)
    hubs = {row["source_name"] for row in described.walks.select("source_name").distinct().collect()}
    strongest = sorted(oracle, key=lambda node: (-round(oracle.degree(node, weight="weight"), 9), node))[:2]
    assert hubs == set(strongest)
    totals = described.walks.groupBy("source_name").agg(F.sum("score").alias("total")).collect()
    assert [row["total"] for row in totals] == pytest.approx([1.0, 1.0])
