"""What the algorithms say of every node, in the columns of the node tables."""

from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.params.all import Graph
from .communities import Communities, find_communities
from .engine import WeightedGraph, components, degrees, pagerank


@dataclass(frozen=True)
class Description:
    """nodes(node, degree, weighted_degree, component, community, pagerank), and the personalised walks by node name."""

    nodes: DataFrame
    walks: DataFrame
    communities: Communities


def strongest_nodes(graph: WeightedGraph, count: int) -> tuple[int, ...]:
    """Ids of the `count` nodes of greatest weighted degree, ties to the smaller id. Runs one Spark job."""
    rows = degrees(graph).orderBy(F.desc(F.round("weighted_degree", 9)), "id").limit(count).collect()
    return tuple(row["id"] for row in rows)


def describe_graph(graph: WeightedGraph, params: Graph, seed: int, hubs: int = 0) -> Description:
    """A WeightedGraph with edges -> its Description; `hubs` > 0 adds personalised PageRank from that many hubs."""
    communities = find_communities(graph, params.community_method, params.max_communities, seed)
    sources = strongest_nodes(graph, hubs) if hubs else ()
    ranks, walks = pagerank(graph, params.pagerank_iterations, sources)
    names = graph.vertices.select("id", "node")
    component = components(graph).join(names.toDF("component", "component_name"), "component")
    community = communities.members.join(names.toDF("community", "community_name"), "community")
    nodes = (
        names.join(degrees(graph), "id")
        .join(component.select("id", "component_name"), "id")
        .join(community.select("id", "community_name"), "id")
        .join(ranks, "id")
        .select(
            "node",
            "degree",
            "weighted_degree",
            F.col("component_name").alias("component"),
            F.col("community_name").alias("community"),
            "pagerank",
        )
    )
    named = walks.join(names.toDF("source", "source_name"), "source").join(names, "id")
    return Description(nodes, named.select("source_name", "node", "score"), communities)
