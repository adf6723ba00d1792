"""Hubs and bridges of a graph whose nodes fit one machine."""

import networkx as nx
import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.errors import BadInput

BACKBONE = 10  # strongest edges of a node that shortest paths may use
HUB_SHARE, BRIDGE_SHARE = 0.05, 0.05  # of the nodes, by PageRank and by betweenness


def check_nodes(count: int, most: int) -> None:
    """Raises BadInput where betweenness would hold more than `most` nodes on one machine."""
    if count > most:
        raise BadInput.of(
            "interest graph",
            found=f"{count:,} nodes",
            expected=f"at most {most:,}",
            where="profiles.bridge_max_nodes, or interests.max_interests for a smaller vocabulary",
        )


def betweenness(edges: pd.DataFrame, nodes: list[str], pivots: int, seed: int) -> dict[str, float]:
    """Share of shortest paths through each node, in [0,1] (Brandes, 2001).

    From `pivots` sampled nodes where there are more (Brandes and Pich, 2007). Paths use each node's BACKBONE strongest
    edges(src, dst, weight), every edge one step.
    """
    both = pd.concat([edges, edges.rename(columns={"src": "dst", "dst": "src"})])
    both = both.assign(order=-both["weight"].round(9)).sort_values(["src", "order", "dst"])
    strongest = both.groupby("src", sort=True).head(BACKBONE)
    graph = nx.Graph()
    graph.add_nodes_from(sorted(nodes))
    graph.add_edges_from(strongest[["src", "dst"]].itertuples(index=False))
    return nx.betweenness_centrality(graph, k=pivots if pivots < len(graph) else None, seed=seed)


def participation(edges: DataFrame, nodes: DataFrame) -> DataFrame:
    """edges(src, dst, weight), nodes(node, community) -> (node, participation) in [0,1) (Guimera and Amaral, 2005).

    1 - sum over communities c of (weight to c / weighted degree)^2: 0 where all neighbours share one community. Lazy.
    """
    ends = edges.select("src", "dst", "weight").toDF("node", "other", "weight")
    ends = ends.unionByName(edges.select("dst", "src", "weight").toDF("node", "other", "weight"))
    into = ends.join(nodes.select(F.col("node").alias("other"), "community"), "other")
    sums = into.groupBy("node", "community").agg(F.sum("weight").alias("w"))
    return sums.groupBy("node").agg((1 - F.sum(F.col("w") * F.col("w")) / F.pow(F.sum("w"), 2)).alias("participation"))


def name_roles(rows: pd.DataFrame) -> pd.DataFrame:
    """rows(pagerank, betweenness, ...) -> with role: hub among the top 5 % by PageRank, bridge among the top 5 % by
    betweenness (and above 0), both, or member. Ties by the order of the rows."""
    top = max(1, round(len(rows) * HUB_SHARE))
    hub = rows["pagerank"].rank(method="first", ascending=False) <= top
    bridge = rows["betweenness"].rank(method="first", ascending=False) <= max(1, round(len(rows) * BRIDGE_SHARE))
    bridge &= rows["betweenness"] > 0
    role = pd.Series("member", index=rows.index).mask(hub, "hub").mask(bridge, "bridge").mask(hub & bridge, "both")
    return rows.assign(role=role)
