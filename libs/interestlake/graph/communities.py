"""Communities of a weighted graph: two methods, and the modularity that chooses between their results."""

from dataclasses import dataclass

from pyspark.ml.clustering import PowerIterationClustering
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

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


def modularity(graph: WeightedGraph, members: DataFrame) -> float:
    """Newman's weighted modularity Q = sum_c (w_c / m - (d_c / 2m)^2) (Newman, 2004), each edge once.

    w_c: weight inside community c, d_c: sum of its nodes' weighted degrees, m: all weight. members(id, community).
    0.0 for a graph without edges. Runs one Spark job.
    """
    src = members.select(F.col("id").alias("src"), F.col("community").alias("src_community"))
    dst = members.select(F.col("id").alias("dst"), F.col("community").alias("dst_community"))
    joined = graph.edges.join(src, "src").join(dst, "dst")
    inside = F.when(F.col("src_community") == F.col("dst_community"), F.col("weight")).otherwise(0.0)
    ends = F.explode(
        F.array(
            F.struct(F.col("src_community").alias("community"), inside.alias("inside"), F.col("weight").alias("w")),
            F.struct(F.col("dst_community").alias("community"), F.lit(0.0).alias("inside"), F.col("weight").alias("w")),
        )
    )
    sums = joined.select(ends.alias("end")).groupBy("end.community")
    sums = sums.agg(F.sum("end.inside").alias("inside"), F.sum("end.w").alias("degree"))
    row = sums.agg(F.sum("inside"), F.sum(F.col("degree") ** 2), F.sum("degree")).first()
    if not row[2]:
        return 0.0
    return row[0] / (row[2] / 2) - row[1] / row[2] ** 2


def _named(members: DataFrame) -> DataFrame:
    """(id, label) -> (id, community = smallest id with the label), held by Spark."""
    smallest = members.groupBy("label").agg(F.min("id").alias("community"))
    return members.join(smallest, "label").select("id", "community").localCheckpoint()


def power_iteration(graph: WeightedGraph, k: int) -> DataFrame:
    """(id, label) by power iteration clustering (Lin and Cohen, 2010) of the weighted edges; at most `k` labels.

    Nodes without edges keep a label of their own (-1 - id). It starts from the degrees, so there is no chance in it.
    """
    clustering = PowerIterationClustering(
        k=k, maxIter=PIC_ITERATIONS, initMode="degree", srcCol="src", dstCol="dst", weightCol="weight"
    )
    found = clustering.assignClusters(graph.edges).select("id", F.col("cluster").cast("bigint").alias("label"))
    alone = graph.vertices.select("id").join(found, "id", "left_anti")
    return found.unionByName(alone.select("id", (-1 - F.col("id")).alias("label")))


def find_communities(graph: WeightedGraph, method: str, max_communities: int, seed: int) -> Communities:
    """The communities of `method`; "auto" is label propagation, and power iteration where its modularity is unclear.

    Below `CLEAR_MODULARITY` both are tried and the higher modularity is kept; equal: label_propagation before pic.
    Power iteration clustering is tried with `max_communities` and half of it. Runs the Pregel rounds of label
    propagation and a job per round and clustering tried.
    """
    found = []
    if method in ("auto", "label_propagation"):
        members = _named(label_propagation(graph, PROPAGATION_ROUNDS, seed))
        found.append(Communities(members, "label_propagation", modularity(graph, members)))
    if method == "pic" or method == "auto" and found[0].modularity < CLEAR_MODULARITY:
        nodes = graph.vertices.count()
        for k in sorted({max(2, max_communities // 2), max_communities}):
            if k < nodes:
                members = _named(power_iteration(graph, k))
                found.append(Communities(members, f"pic_{k}", modularity(graph, members)))
    if not found:
        members = _named(graph.vertices.select("id", F.lit(0).cast("bigint").alias("label")))
        found.append(Communities(members, "one", modularity(graph, members)))
    return max(found, key=lambda communities: communities.modularity)
