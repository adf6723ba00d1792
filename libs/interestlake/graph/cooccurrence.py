"""Undirected co-occurrence: nodes that the same people hold, with a measure of association on each edge."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F
from scipy import sparse

from ..core.errors import BadInput
from ..core.lineage import cut
from ..core.only_row import only_row
from ..core.partitions import partitions_for
from .histories import Transform, cap_histories, quantised
from .nodes import index_nodes, name_ends

MEASURES = ("cosine", "jaccard", "lift", "pmi", "llr")
PAIR_COLUMNS = "src bigint, dst bigint, pair_count bigint, dot double"

# Pair cells that one block of users may make before its partial counts are sent on: about 200 MB.
BLOCK_CELLS = 8_000_000
ROWS_PER_PARTITION = 250_000


def build_edges(
    *,
    measure: str,
    min_pair_count: int,
    max_history: int,
    max_neighbours: int,
    popularity_discount: float,
    seed: int,
) -> Transform:
    """histories(user_id, node, weight in [0,1], position) -> edges(src < dst, weight > 0, pair_count).

    One row per pair of nodes that at least `min_pair_count` users hold. `weight` is the measure (docs/graph.md) over
    (n_src * n_dst)^(popularity_discount / 2), n = users of a node; pairs whose measure is not positive are no edges.
    An edge stays if it is among the `max_neighbours` strongest of either end, ties by node id. Histories above
    `max_history` are sampled by `seed`, so cost is linear in events. Runs 3 Spark jobs to number the nodes; the edges
    themselves are lazy. Raises BadInput for an unknown measure.
    """
    if measure not in MEASURES:
        raise BadInput.of("measure", found=measure, expected=f"one of {MEASURES}", where="conf/params/graph.yml")

    def transform(histories: DataFrame) -> DataFrame:
        capped = histories.where(F.col("weight") > 0).transform(cap_histories(max_history, seed))
        capped = capped.select("user_id", "node", quantised(F.col("weight")).alias("weight")).where(F.col("weight") > 0)
        capped = cut(capped)
        size = only_row(capped.agg(F.countDistinct("user_id").alias("users"), F.count(F.lit(1)).alias("rows")))
        nodes = _node_sizes(capped, min_pair_count)
        slots = capped.sparkSession.sparkContext.defaultParallelism
        partitions = max(slots, partitions_for(size["rows"], ROWS_PER_PARTITION))
        pairs = capped.transform(count_pairs(nodes.select("id", "node"), min_pair_count, partitions))
        weighed = pairs.transform(weigh_pairs(nodes, size["users"], measure, popularity_discount))
        strongest = weighed.transform(keep_strongest(max_neighbours))
        return strongest.transform(name_ends(nodes.select("id", "node")))

    return transform


def _node_sizes(histories: DataFrame, min_pair_count: int) -> DataFrame:
    """Nodes that enough users hold to be in a pair: id (place in node order), node, holders, square_sum."""
    sizes = histories.groupBy("node").agg(
        F.count("*").alias("holders"), F.sum(F.col("weight") * F.col("weight")).alias("square_sum")
    )
    return index_nodes(sizes.where(F.col("holders") >= min_pair_count), "node")


def count_pairs(nodes: DataFrame, min_pair_count: int, partitions: int) -> Transform:
    """histories(user_id, node, weight), nodes(id, node) -> pairs(src < dst as ids, pair_count, dot = sum w_i * w_j).

    Each of `partitions` tasks multiplies sparse blocks of users and sends partial counts; Spark adds them up. Lazy.
    A pair can be judged only once it is summed; nodes that too few people hold are to be left out of `nodes`.
    """

    def transform(histories: DataFrame) -> DataFrame:
        numbered = histories.join(nodes, "node").select("user_id", "id", "weight")
        # a number of partitions: otherwise adaptive execution joins them into one small task
        grouped = numbered.repartition(partitions, "user_id").sortWithinPartitions("user_id", "id")
        partial = grouped.mapInPandas(_partial_pairs, PAIR_COLUMNS)
        whole = partial.groupBy("src", "dst").agg(F.sum("pair_count").alias("pair_count"), F.sum("dot").alias("dot"))
        return whole.where(F.col("pair_count") >= min_pair_count)

    return transform


def _partial_pairs(batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    for block in _user_blocks(batches):
        rows, _ = pd.factorize(block["user_id"])
        nodes, columns = np.unique(block["id"].to_numpy(), return_inverse=True)
        shape = (rows.max() + 1, len(nodes))
        weights = sparse.csr_matrix((block["weight"].to_numpy(), (rows, columns)), shape=shape)
        ones = sparse.csr_matrix((np.ones(len(block), dtype=np.int64), (rows, columns)), shape=shape)
        # weights are positive, so both products have the same pattern
        dots = sparse.triu(weights.T @ weights, k=1).tocsr()
        counts = sparse.triu(ones.T @ ones, k=1).tocsr()
        dots.sort_indices()
        counts.sort_indices()
        dots, counts = dots.tocoo(), counts.tocoo()
        yield pd.DataFrame(
            {"src": nodes[dots.row], "dst": nodes[dots.col], "pair_count": counts.data, "dot": dots.data}
        )


def _user_blocks(batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Rows sorted by user -> blocks of whole users, each of about BLOCK_CELLS pair cells."""
    waiting: list[pd.DataFrame] = []
    cells = 0
    for batch in batches:
        last_user = batch["user_id"].iloc[-1] if len(batch) else None
        closed = batch["user_id"] != last_user
        if cells > BLOCK_CELLS and closed.any():
            yield pd.concat([*waiting, batch[closed]], ignore_index=True)
            waiting, cells, batch = [], 0, batch[~closed]
        waiting.append(batch)
        cells += int((batch.groupby("user_id").size() ** 2).sum())
    if waiting and sum(map(len, waiting)):
        yield pd.concat(waiting, ignore_index=True)


def weigh_pairs(nodes: DataFrame, users: int, measure: str, popularity_discount: float) -> Transform:
    """pairs(src, dst, pair_count, dot) -> edges(src, dst, weight > 0, pair_count) among `users` people. Lazy."""

    def transform(pairs: DataFrame) -> DataFrame:
        sizes = nodes.select("id", "holders", "square_sum")
        ends = [
            sizes.selectExpr(f"id AS {end}", f"holders AS n_{end}", f"square_sum AS q_{end}") for end in ("src", "dst")
        ]
        joined = pairs.join(ends[0], "src").join(ends[1], "dst")
        size_product = F.col("n_src") * F.col("n_dst").cast("double")
        discount = F.pow(size_product, F.lit(popularity_discount / 2))
        weight = _association(measure, users) / discount
        return joined.select("src", "dst", weight.alias("weight"), "pair_count").where(F.col("weight") > 0)

    return transform


def _association(measure: str, people: int) -> Column:
    both, dot = F.col("pair_count").cast("double"), F.col("dot")
    left, right = F.col("n_src").cast("double"), F.col("n_dst").cast("double")
    users = F.lit(float(people))
    if measure == "cosine":
        return dot / F.sqrt(F.col("q_src") * F.col("q_dst"))
    if measure == "jaccard":
        return both / (left + right - both)
    if measure == "lift":
        return both * users / (left * right)
    if measure == "pmi":
        return F.log(both * users / (left * right))
    cells = [
        (both, left * right),
        (left - both, left * (users - right)),
        (right - both, (users - left) * right),
        (users - left - right + both, (users - left) * (users - right)),
    ]
    terms = [F.when(seen > 0, seen * F.log(seen * users / product)).otherwise(0.0) for seen, product in cells]
    ratio = 2 * (terms[0] + terms[1] + terms[2] + terms[3])
    return F.when(both * users > left * right, ratio).otherwise(0.0)


def keep_strongest(max_neighbours: int) -> Transform:
    """Edges that are among the `max_neighbours` strongest of either end; ties go to the smaller neighbour. Lazy."""

    def transform(edges: DataFrame) -> DataFrame:
        both_ways = F.array(
            F.struct(F.col("src").alias("node"), F.col("dst").alias("other")),
            F.struct(F.col("dst").alias("node"), F.col("src").alias("other")),
        )
        # exploding, unlike a union, computes the edges once
        ends = edges.select(F.explode(both_ways).alias("end"), "weight", "pair_count")
        strongest = Window.partitionBy("node").orderBy(F.desc("weight"), "other")
        ranked = ends.select("end.*", "weight", "pair_count").withColumn("place", F.row_number().over(strongest))
        nearest = ranked.where(F.col("place") <= max_neighbours)
        ordered = F.least("node", "other").alias("src"), F.greatest("node", "other").alias("dst")
        return nearest.select(*ordered, "weight", "pair_count").dropDuplicates(["src", "dst"])

    return transform


def keep_strongest_out(max_neighbours: int) -> Transform:
    """Directed edges that are among the `max_neighbours` strongest of their src; ties go to the smaller dst. Lazy."""

    def transform(edges: DataFrame) -> DataFrame:
        strongest = Window.partitionBy("src").orderBy(F.desc("weight"), "dst")
        ranked = edges.withColumn("place", F.row_number().over(strongest))
        return ranked.where(F.col("place") <= max_neighbours).drop("place")

    return transform
