"""The only module that speaks GraphFrames, in words that 0.8 and 0.9+ share: components, degrees, votes, walks."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce

from graphframes import GraphFrame
from graphframes.lib import AggregateMessages as AM
from py4j.protocol import Py4JJavaError
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from ..core.errors import BadInput
from ..core.lineage import cut
from ..core.only_row import only_row
from ..core.storage import jvm
from .nodes import index_nodes

PROBE = "org.graphframes.GraphFramePythonAPI"
DAMPING = 0.85

# One run of rounds carries this many walks; wider rows make the plan slow to compile.
WALKS_PER_RUN = 16


@dataclass(frozen=True)
class WeightedGraph:
    """vertices(id bigint, node string), edges(src, dst as ids, weight > 0), each edge once; both held by Spark.

    Undirected: an edge counts at both ends. Ids follow the order of the names, so a smaller id is a smaller name.
    """

    vertices: DataFrame
    edges: DataFrame
    directed: bool = False


def require_graphframes(spark: SparkSession) -> None:
    """Raises BadInput where the JVM side of GraphFrames is not on the class path."""
    try:
        jvm(spark).java.lang.Thread.currentThread().getContextClassLoader().loadClass(PROBE)
    except Py4JJavaError as error:
        raise BadInput.of(
            "GraphFrames",
            found=f"no class {PROBE} in the JVM",
            expected="the jar that the pinned wheel carries (make setup links it), or the package "
            "io.graphframes:graphframes-spark3_2.12 with the graphframes-py of the same version",
            where="spark.jars or spark.jars.packages of conf/spark/<profile>.properties",
        ) from error


def weighted_graph(edges: DataFrame, isolated: DataFrame | None = None, directed: bool = False) -> WeightedGraph:
    """edges(src, dst, weight, ... as names) -> a WeightedGraph; `isolated`(node) adds nodes without edges.

    Runs 5 Spark jobs and holds the numbered graph by checkpoints (`core/lineage.py`). Raises BadInput without
    GraphFrames' jar.
    """
    require_graphframes(edges.sparkSession)
    ends = edges.select(F.explode(F.array("src", "dst")).alias("node"))
    nodes = (ends if isolated is None else ends.unionByName(isolated.select("node"))).distinct()
    vertices = index_nodes(nodes, "node")
    src = vertices.select(F.col("id").alias("src_id"), F.col("node").alias("src"))
    dst = vertices.select(F.col("id").alias("dst_id"), F.col("node").alias("dst"))
    numbered = edges.select("src", "dst", "weight").join(src, "src").join(dst, "dst")
    numbered = numbered.select(F.col("src_id").alias("src"), F.col("dst_id").alias("dst"), "weight")
    return WeightedGraph(vertices, cut(numbered), directed)


def degrees(graph: WeightedGraph) -> DataFrame:
    """(id, degree int = edges at the node, weighted_degree double = sum of their weights); 0 for isolated nodes. Lazy.

    The sum's order is free: weighted_degree holds to 1e-12 of its value.
    """
    frame = GraphFrame(graph.vertices.select("id"), graph.edges)
    weights = frame.aggregateMessages(
        F.sum(AM.msg).alias("weighted_degree"), sendToSrc=AM.edge["weight"], sendToDst=AM.edge["weight"]
    )
    joined = graph.vertices.select("id").join(frame.degrees, "id", "left").join(weights, "id", "left")
    return joined.select(
        "id",
        F.coalesce(F.col("degree").cast("int"), F.lit(0)).alias("degree"),
        F.coalesce("weighted_degree", F.lit(0.0)).alias("weighted_degree"),
    )


def components(graph: WeightedGraph) -> DataFrame:
    """(id, component = smallest id that the node reaches when edges have no direction). Runs GraphX's jobs."""
    frame = GraphFrame(graph.vertices.select("id"), graph.edges.select("src", "dst"))
    # the other algorithm needs fewer rounds on long paths, and ten times as long on graphs that fit few machines
    labels = frame.connectedComponents(algorithm="graphx")
    smallest = labels.groupBy("component").agg(F.min("id").alias("smallest"))
    return labels.join(smallest, "component").select("id", F.col("smallest").alias("component"))


def label_propagation(graph: WeightedGraph, rounds: int, seed: int) -> DataFrame:
    """(id, label = id of a node) after `rounds` rounds of weighted label propagation (Raghavan et al. 2007).

    A node takes the label whose neighbours' edges weigh most, ties to the smaller label. In each round only the half
    of the nodes that a hash of seed, node and round picks may change: neighbours that change at once would swap labels
    for ever (Cordasco and Gargano 2010). Votes are sorted before they are added up, so sums have one order.
    """
    vote = F.struct(AM.src["label"].alias("label"), AM.edge["weight"].alias("weight"))
    heaviest = _heaviest_label(F.sort_array("votes"))

    def change(round_number: int, state: DataFrame) -> DataFrame:
        awake = F.pmod(F.xxhash64(F.lit(seed), F.col("id"), F.lit(round_number)), F.lit(2)) == 0
        label = F.when(F.col("votes").isNotNull() & awake, heaviest).otherwise(F.col("label"))
        return state.select("id", label.alias("label"))

    start = graph.vertices.select("id", F.col("id").alias("label"))
    return _message_rounds(graph, start, rounds, vote, F.collect_list(AM.msg).alias("votes"), change)


def _message_rounds(
    graph: WeightedGraph,
    state: DataFrame,
    rounds: int,
    message: Column,
    gathered: Column,
    change: Callable[[int, DataFrame], DataFrame],
) -> DataFrame:
    """Pregel's rounds (Malewicz et al. 2010) on GraphFrames' aggregateMessages: send along edges, gather, change.

    `change(round, state with the gathered column, null where nothing came)` returns the next state. GraphFrames' own
    Pregel class shuffles every edge in every round; here the state is cached, so Spark knows its size and, where it is
    small, sends it to the edges instead. The result is cut from its lineage.
    """
    edges = graph.edges
    if not graph.directed:
        edges = edges.unionByName(edges.select(F.col("dst").alias("src"), F.col("src").alias("dst"), "weight"))
    edges, state = _held(edges), _held(state)
    try:
        for round_number in range(rounds):
            mail = GraphFrame(state, edges).aggregateMessages(gathered, sendToDst=message)
            changed = change(round_number, state.join(mail, "id", "left"))
            # one action cuts the lineage and fills the cache
            before, state = state, _held(cut(changed, eager=False))
            before.unpersist()
        return cut(state)
    finally:
        edges.unpersist()
        state.unpersist()


def _held(frame: DataFrame) -> DataFrame:
    frame = frame.persist()
    frame.count()
    return frame


def _heaviest_label(votes: Column) -> Column:
    """array<struct<label, weight>> sorted by label -> the label of greatest total weight, the smaller on a tie."""
    start = F.struct(
        F.lit(-1).cast("bigint").alias("label"),
        F.lit(0.0).alias("total"),
        F.lit(-1).cast("bigint").alias("best"),
        F.lit(-1.0).alias("best_total"),
    )

    def add(seen: Column, vote: Column) -> Column:
        total = F.when(seen["label"] == vote["label"], seen["total"] + vote["weight"]).otherwise(vote["weight"])
        better = total > seen["best_total"]
        return F.struct(
            vote["label"].alias("label"),
            total.alias("total"),
            F.when(better, vote["label"]).otherwise(seen["best"]).alias("best"),
            F.when(better, total).otherwise(seen["best_total"]).alias("best_total"),
        )

    return F.aggregate(votes, start, add, lambda seen: seen["best"])


def pagerank(graph: WeightedGraph, rounds: int, sources: tuple[int, ...] = ()) -> tuple[DataFrame, DataFrame]:
    """Weighted PageRank (Page et al. 1999) and, from each of `sources`, personalised PageRank (Haveliwala 2002).

    Returns (id, pagerank), summing to 1, and (source, id, score > 0), summing to 1 per source; damping 0.85, `rounds`
    rounds. A walk leaves a node by an edge with chance weight / sum of the weights. A node without a way out
    restarts the walk: its mass is dropped in the rounds and given back by scaling at the end, which has the same fixed
    point (Del Corso, Gulli and Romani 2005), so no round needs a global sum. Ends within 0.85^rounds of that point.
    """
    walks: list[int | None] = [None, *sources]
    personal, whole = [], graph.vertices
    vertices = _with_ways_out(graph)
    for first in range(0, len(walks), WALKS_PER_RUN):
        names = {f"walk_{n}": walks[n] for n in range(first, min(first + WALKS_PER_RUN, len(walks)))}
        ranks = _walk(graph, vertices, names, rounds)
        if first == 0:
            whole = ranks.select("id", F.col("walk_0").alias("pagerank"))
        # the general walk has no source and drops out
        each = [F.struct(F.lit(names[n]).cast("bigint").alias("source"), F.col(n).alias("score")) for n in names]
        long = ranks.select("id", F.explode(F.array(*each)).alias("walk")).select("walk.source", "id", "walk.score")
        personal.append(long.where("source IS NOT NULL AND score > 0"))
    return whole, reduce(DataFrame.unionByName, personal)


def _with_ways_out(graph: WeightedGraph) -> DataFrame:
    if graph.directed:
        out = graph.edges.groupBy(F.col("src").alias("id")).agg(F.sum("weight").alias("out_weight"))
    else:
        out = degrees(graph).select("id", F.col("weighted_degree").alias("out_weight"))
    return cut(graph.vertices.select("id").join(out, "id", "left"))


def _walk(graph: WeightedGraph, vertices: DataFrame, walks: dict[str, int | None], rounds: int) -> DataFrame:
    """(id, one column per walk, each summing to 1)."""
    restart = {
        name: F.lit(1.0) if source is None else F.when(F.col("id") == source, 1.0).otherwise(0.0)
        for name, source in walks.items()
    }
    chance = AM.edge["weight"] / AM.src["out_weight"]
    steps = F.struct(*((AM.src[name] * chance).alias(name) for name in walks))
    arrived = F.struct(*(F.sum(AM.msg[name]).alias(name) for name in walks)).alias("arrived")

    def change(_: int, state: DataFrame) -> DataFrame:
        ranks = [
            (DAMPING * F.coalesce(F.col(f"arrived.{name}"), F.lit(0.0)) + (1 - DAMPING) * start).alias(name)
            for name, start in restart.items()
        ]
        return state.select("id", "out_weight", *ranks)

    state = vertices.select("id", "out_weight", *(start.alias(name) for name, start in restart.items()))
    ranks = _message_rounds(graph, state, rounds, steps, arrived, change)
    totals = only_row(ranks.agg(*(F.sum(name).alias(name) for name in walks)))
    return ranks.select("id", *((F.col(name) / F.lit(totals[name])).alias(name) for name in walks))


__all__ = ["WeightedGraph", "components", "degrees", "label_propagation", "pagerank", "weighted_graph"]
