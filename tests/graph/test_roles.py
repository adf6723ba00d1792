"""Two cliques and a bridge: betweenness as networkx has it, participation by hand."""

from itertools import combinations

import networkx as nx
import pandas as pd
import pytest

from interestlake.core.errors import BadInput
from interestlake.graph.roles import betweenness, check_nodes, name_roles, participation

LEFT, RIGHT = [f"l{n}" for n in range(5)], [f"r{n}" for n in range(5)]
EDGES = [(a, b, 1.0) for side in (LEFT, RIGHT) for a, b in combinations(side, 2)] + [("l0", "m", 1.0), ("m", "r0", 1.0)]
NODES = [*LEFT, "m", *RIGHT]


def test_the_bridge_is_between():
    edges = pd.DataFrame(EDGES, columns=["src", "dst", "weight"])
    found = betweenness(edges, NODES, 100, 42)
    assert found == pytest.approx(nx.betweenness_centrality(nx.Graph([e[:2] for e in EDGES])))
    assert max(found, key=found.get) == "m"


def test_participation_is_zero_inside_and_half_on_the_bridge(spark):
    edges = spark.createDataFrame(EDGES, "src string, dst string, weight double")
    communities = [(n, "l" if n in LEFT else "r") for n in NODES]
    nodes = spark.createDataFrame(communities, "node string, community string")
    found = {row["node"]: row["participation"] for row in participation(edges, nodes).collect()}
    assert found["l1"] == pytest.approx(0.0) and found["m"] == pytest.approx(0.5)
    assert found["l0"] == pytest.approx(1 - (4 / 5) ** 2 - (1 / 5) ** 2)


def test_roles_and_the_size_that_is_refused():
    rows = pd.DataFrame({"pagerank": [0.5, 0.3, 0.2], "betweenness": [0.0, 0.9, 0.0]})
    assert name_roles(rows)["role"].tolist() == ["hub", "bridge", "member"]
    with pytest.raises(BadInput, match="11 nodes; expected at most 10"):
        check_nodes(11, 10)
