"""Communities of a weighted graph: two methods, and the modularity that chooses between their results."""

from dataclasses import dataclass

import networkx as nx
from pyspark.ml.clustering import PowerIterationClustering
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.lineage import cut
from ..core.only_row import only_row
from .engine import WeightedGraph, label_propagation

PROPAGATION_ROUNDS = 8
PIC_ITERATIONS = 15
# partitions above this are held to be well separated (Newman and Girvan, 2004)
CLEAR_MODULARITY = 0.3


@dataclass(frozen=True)
class Communities:
    """members(id, community = smallest id of the community); the method's name and its modularity."""

    members: DataFrame
    method: str
    modularity: float


def between(graph: WeightedGraph, members: DataFrame) -> DataFrame:
    """members(id, community) -> (a, b, weight) with a <= b: weight of the edges between two communities. Lazy.

    a = b is the weight inside. Each edge counts once; a community without edges has no row.
    """
    src = members.select(F.col("id").alias("src"), F.col("community").alias("from"))
    dst = members.select(F.col("id").alias("dst"), F.col("community").alias("to"))
    pair = F.least("from", "to").alias("a"), F.greatest("from", "to").alias("b")
    return graph.edges.join(src, "src").join(dst, "dst").groupBy(*pair).agg(F.sum("weight").alias("weight"))


def modularity(graph: WeightedGraph, members: DataFrame) -> float:
    """Newman's weighted modularity Q = sum_c (w_c / m - (d_c / 2m)^2) (Newman, 2004), each edge once.

    w_c: weight inside community c, d_c: sum of its nodes' weighted degrees, m: all weight. members(id, community).
    0.0 for a graph without edges. Runs one Spark job.
    """
    inside = F.when(F.col("a") == F.col("b"), F.col("weight")).otherwise(0.0)
    ends = F.explode(
        F.array(
            F.struct(F.col("a").alias("community"), inside.alias("inside"), F.col("weight").alias("w")),
            F.struct(F.col("b").alias("community"), F.lit(0.0).alias("inside"), F.col("weight").alias("w")),
        )
    )
    sums = between(graph, members).select(ends.alias("end")).groupBy("end.community")
    sums = sums.agg(F.sum("end.inside").alias("inside"), F.sum("end.w").alias("degree"))
    row = only_row(sums.agg(F.sum("inside"), F.sum(F.col("degree") ** 2), F.sum("degree")))
    if not row[2]:
        return 0.0
    return row[0] / (row[2] / 2) - row[1] / row[2] ** 2


def merge_communities(graph: WeightedGraph, members: DataFrame) -> tuple[DataFrame, float]:
    """Join communities for as long as modularity grows (Clauset, Newman and Moore, 2004) -> members, modularity.

    members(id, community) of few communities, as many as `max_communities` and at least one with an edge: their pairs,
    at most half of the square, are gathered by one Spark job.
    """
    pairs = between(graph, members).orderBy("a", "b").collect()
    # free summation order leaves noise in the last digits, which must not decide between equal gains
    few = nx.Graph()
    few.add_weighted_edges_from((row["a"], row["b"], round(row["weight"], 9)) for row in pairs)
    groups = [set(group) for group in nx.community.greedy_modularity_communities(few, weight="weight")]
    joined = {old: min(group) for group in groups for old in group}
    return members.replace(joined, subset=["community"]), nx.community.modularity(few, groups, weight="weight")


def _named(members: DataFrame) -> DataFrame:
    """(id, label) -> (id, community = smallest id with the label), held by Spark."""
    smallest = members.groupBy("label").agg(F.min("id").alias("community"))
    return cut(members.join(smallest, "label").select("id", "community"))


def power_iteration(graph: WeightedGraph, k: int) -> DataFrame:
    """(id, label) by power iteration clustering (Lin and Cohen, 2010) of the weighted edges; at most `k` labels.

    Nodes without edges keep a label of their own (-1 - id). It starts from the degrees, so there is no chance in it.
    """
    clustering = PowerIterationClustering(
        k=k, maxIter=PIC_ITERATIONS, initMode="degree", srcCol="src", dstCol="dst", weightCol="weight"
    )
    labels = clustering.assignClusters(graph.edges).select("id", F.col("cluster").cast("bigint").alias("label"))
    alone = graph.vertices.select("id").join(labels, "id", "left_anti")
    return labels.unionByName(alone.select("id", (-1 - F.col("id")).alias("label")))


def find_communities(graph: WeightedGraph, method: str, max_communities: int, seed: int) -> Communities:
    """The communities of `method`; "auto" is label propagation, and power iteration where its modularity is unclear.

    Below `CLEAR_MODULARITY` both are tried and the higher modularity is kept; equal: label_propagation before pic.
    Power iteration clustering is asked for `max_communities`, which are then merged. Runs the Pregel rounds of label
    propagation and a job per round of power iteration.
    """
    tries = []
    if method in ("auto", "label_propagation"):
        members = _named(label_propagation(graph, PROPAGATION_ROUNDS, seed))
        tries.append(Communities(members, "label_propagation", modularity(graph, members)))
    unclear = method == "auto" and tries[0].modularity < CLEAR_MODULARITY
    if (method == "pic" or unclear) and (k := min(max_communities, graph.vertices.count() - 1)) > 1:
        merged, gained = merge_communities(graph, _named(power_iteration(graph, k)))
        tries.append(Communities(merged, "pic", gained))
    if not tries:
        members = _named(graph.vertices.select("id", F.lit(0).cast("bigint").alias("label")))
        tries.append(Communities(members, "one", modularity(graph, members)))
    return max(tries, key=lambda communities: communities.modularity)
