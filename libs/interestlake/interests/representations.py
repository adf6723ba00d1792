"""One profile in three shapes, and the way from each to the others.

vector     (user_id, interest, weight): weights sum to 1 per person; the shape the others hold whole.
clusters   (user_id, cluster, medoid, share, members array<struct<interest, weight>>), members largest first.
sub-graph  (user_id, nodes array<struct<interest, weight>>, edges array<struct<src, dst, weight>>), src < dst.
"""

from collections.abc import Callable

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from .clusters import cluster_interests

Transform = Callable[[DataFrame], DataFrame]


def _largest_first(weight: str) -> Column:
    ordered = F.sort_array(F.collect_list(F.struct((-F.round(weight, 9)).alias("order"), "interest", weight)))
    return F.transform(ordered, lambda m: F.struct(m["interest"].alias("interest"), m[weight].alias("weight")))


def clusters_of_vector(vectors: DataFrame, distance: float) -> Transform:
    """vector -> clusters, by `cluster_interests`. Lazy."""

    def transform(vector: DataFrame) -> DataFrame:
        placed = vector.transform(cluster_interests(vectors, distance))
        return vector.join(placed, ["user_id", "interest"]).transform(gathered)

    return transform


def gathered(placed: DataFrame) -> DataFrame:
    """(user_id, interest, weight, cluster, medoid) -> clusters. Lazy."""
    return placed.groupBy("user_id", "cluster", "medoid").agg(
        F.sum("weight").alias("share"), _largest_first("weight").alias("members")
    )


def subgraph_of_vector(edges: DataFrame) -> Transform:
    """vector -> sub-graph: the person's interests and the edges(src, dst, weight) of the interest graph among them.

    A person without such an edge has an empty array. Lazy.
    """

    def transform(vector: DataFrame) -> DataFrame:
        nodes = vector.groupBy("user_id").agg(_largest_first("weight").alias("nodes"))
        src = vector.select("user_id", F.col("interest").alias("src"))
        dst = vector.select("user_id", F.col("interest").alias("dst"))
        inside = src.join(edges.select("src", "dst", "weight"), "src").join(dst, ["user_id", "dst"])
        sorted_edges = F.sort_array(F.collect_list(F.struct("src", "dst", "weight"))).alias("edges")
        joined = nodes.join(inside.groupBy("user_id").agg(sorted_edges), "user_id", "left")
        none = F.array().cast("array<struct<src:string,dst:string,weight:double>>")
        return joined.select("user_id", "nodes", F.coalesce("edges", none).alias("edges"))

    return transform


def vector_of_clusters(clusters: DataFrame) -> DataFrame:
    """clusters -> vector; the exact inverse of `clusters_of_vector`. Lazy."""
    return clusters.select("user_id", F.explode("members").alias("m")).select("user_id", "m.interest", "m.weight")


def vector_of_subgraph(subgraph: DataFrame) -> DataFrame:
    """sub-graph -> vector; the exact inverse of `subgraph_of_vector`. Lazy."""
    return subgraph.select("user_id", F.explode("nodes").alias("n")).select("user_id", "n.interest", "n.weight")


def clusters_of_subgraph(vectors: DataFrame, distance: float) -> Transform:
    """sub-graph -> clusters: its nodes, clustered. Lazy."""
    return lambda subgraph: vector_of_subgraph(subgraph).transform(clusters_of_vector(vectors, distance))


def subgraph_of_clusters(edges: DataFrame) -> Transform:
    """clusters -> sub-graph: all members, with the edges of the interest graph among them. Lazy."""
    return lambda clusters: vector_of_clusters(clusters).transform(subgraph_of_vector(edges))
