"""Stage build_graph: train histories -> item and interest graphs, what GraphFrames finds in them, low-rank vectors."""

from functools import reduce
from operator import or_

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.lake import empty
from ..core.room import has_room
from ..core.stage import Stage, StageContext, side_by_side
from ..graph.cooccurrence import build_edges
from ..graph.describe import describe_graph
from ..graph.engine import weighted_graph
from ..graph.factorise import BehaviourMatrix, centred_text, truncated_svd
from ..graph.histories import interest_histories, item_histories
from ..graph.item_texts import mean_item_texts
from ..graph.low_rank_plan import planned_gigabytes
from ..graph.transitions import build_transitions
from ..graph.uneven import uneven_remarks
from .embed import own_vectors

INTERESTS_PER_PERSON = 30
INTEREST_WALKS = "graph.interest_pagerank"
VECTORS = ("graph.item_vectors", "graph.user_vectors")


def _run(context: StageContext) -> dict[str, float]:
    items = context.read("silver.interactions").transform(item_histories()).persist()
    for line in uneven_remarks(items, context.params.graph):
        context.log.info("      %s", line)
    carried = context.read("silver.item_interests")
    histories = items.transform(interest_histories(carried, INTERESTS_PER_PERSON)).persist()
    parts = side_by_side(
        lambda: _graph(context, "item", items, hubs=0),
        lambda: _graph(context, "interest", histories, hubs=context.params.graph.hub_interests),
        lambda: low_rank_vectors(context),
    )
    items.unpersist()
    histories.unpersist()
    return reduce(or_, parts)


def _graph(context: StageContext, name: str, histories: DataFrame, hubs: int) -> dict[str, float]:
    params, seed = context.params.graph, context.options.seed
    limits = {"min_pair_count": params.min_pair_count, "max_neighbours": params.max_neighbours}
    edges = histories.transform(
        build_edges(
            measure=params.measure,
            max_history=params.max_history,
            popularity_discount=params.popularity_discount,
            seed=seed,
            **limits,
        )
    )
    transitions = histories.transform(build_transitions(transition_window=params.transition_window, **limits))
    written, followed = context.write_all({f"graph.{name}_edges": edges, f"graph.{name}_transitions": transitions})
    counts: dict[str, float] = {f"{name}_edges": written.rows, f"{name}_transitions": followed.rows}
    edges = context.lake.read(f"graph.{name}_edges", written.version)
    if edges.isEmpty():
        context.log.info("      no two people share a pair of %ss: the graph is empty", name)
        context.write(f"graph.{name}_nodes", empty(context.spark, f"graph.{name}_nodes"))
        if hubs:
            context.write(INTEREST_WALKS, empty(context.spark, INTEREST_WALKS))
        return counts
    described = describe_graph(weighted_graph(edges), params, seed, hubs)
    nodes = context.write(f"graph.{name}_nodes", described.nodes.withColumnRenamed("node", f"{name}_id"))
    if hubs:
        context.write(INTEREST_WALKS, described.walks.toDF("source_interest_id", "interest_id", "score"))
    parts = described.communities
    groups = parts.members.select("community").distinct().count()
    context.log.info("      %d communities of %ss by %s, modularity %.3f", groups, name, parts.method, parts.modularity)
    return counts | {f"{name}_nodes": nodes.rows, f"{name}_communities": groups, f"{name}_modularity": parts.modularity}


def low_rank_vectors(context: StageContext) -> dict[str, float]:
    """Write VECTORS, empty where the driver has no room for their item-sized blocks -> counts."""
    params = context.params.graph
    catalogue = context.read("silver.items").select("item_id", "item_index")
    count = catalogue.count()
    texts = own_vectors(context)
    width = texts.select(F.size("vector").alias("width")).first()
    planned = planned_gigabytes(count, params.svd_rank, width["width"] if width else 1)
    if not has_room("low-rank vectors", planned, params.svd_max_gigabytes, "graph.svd_max_gigabytes", context.log):
        context.write_all({name: empty(context.spark, name) for name in VECTORS})
        return {"item_vectors": 0, "user_vectors": 0, "svd_rank": 0}
    ids = catalogue.toPandas().sort_values("item_index")["item_id"].to_numpy()
    vectors, with_text = mean_item_texts(context.read("silver.documents"), texts, catalogue, count)
    train = context.read("silver.interactions").where("split = 'train' AND weight > 0")
    behaviour = BehaviourMatrix(train.select("user_id", F.col("item_index").alias("column"), "weight"), count)
    factors = truncated_svd(
        behaviour, centred_text(vectors, with_text), params.svd_rank, params.text_share, context.options.seed
    )
    half = np.sqrt(factors.values)
    placed = np.abs(factors.items).max(axis=1) > 1e-9
    frame = pd.DataFrame({"item_id": ids[placed], "vector": list((factors.items[placed] / half).astype(np.float32))})
    rows = context.spark.createDataFrame(frame, "item_id string, vector array<float>")
    users = behaviour.user_vectors(factors.items / half)
    written, users = context.write_all(dict(zip(VECTORS, (rows, users), strict=True)))
    behaviour.release()
    return {"item_vectors": written.rows, "user_vectors": users.rows, "svd_rank": len(factors.values)}


BUILD_GRAPH = Stage(
    name="build_graph",
    summary="co-occurrence graphs of items and interests, communities, PageRank, low-rank vectors",
    reads=("silver.interactions", "silver.items", "silver.item_interests", "silver.documents", "silver.embeddings"),
    writes=(
        "graph.item_edges",
        "graph.item_transitions",
        "graph.item_nodes",
        "graph.interest_edges",
        "graph.interest_transitions",
        "graph.interest_nodes",
        INTEREST_WALKS,
        *VECTORS,
    ),
    section="graph",
    run=_run,
    pure=True,
)
