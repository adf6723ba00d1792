"""Directed co-occurrence: which node follows which in people's histories."""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from .cooccurrence import keep_strongest_out
from .histories import Transform, quantised, ranked_by_position


def build_transitions(*, transition_window: int, min_pair_count: int, max_neighbours: int) -> Transform:
    """histories(user_id, node, weight in [0,1], position) -> transitions(src, dst, weight in (0,1], pair_count).

    A user's nodes are put in order (position, then node) and renumbered; i -> j counts where j comes 1 to
    `transition_window` steps after i: t(i, j) = sum over users of w_i * w_j / gap. `weight` = t(i, j) / sum over all
    j of t(i, j), the chance that the walk goes to j; it sums to at most 1 per src, since pairs of fewer than
    `min_pair_count` users and all but the `max_neighbours` strongest per src (ties by dst) are left out afterwards.
    Linear in events: no history is sampled. Lazy.
    """

    def transform(histories: DataFrame) -> DataFrame:
        steps = histories.where(F.col("weight") > 0).transform(_followers(transition_window))
        # per gap the sums are exact in any order; dividing by the gap comes last
        gaps = range(1, transition_window + 1)
        by_gap = [F.sum(F.when(F.col("gap") == gap, F.col("product"))).alias(f"gap_{gap}") for gap in gaps]
        flow = sum((F.coalesce(F.col(f"gap_{gap}"), F.lit(0.0)) / gap for gap in gaps), F.lit(0.0))
        pairs = steps.groupBy("src", "dst").agg(F.count("*").alias("pair_count"), *by_gap)
        total = [F.sum(f"gap_{gap}").over(Window.partitionBy("src")).alias(f"gap_{gap}") for gap in gaps]
        flows = pairs.select("src", "dst", "pair_count", flow.alias("flow"), F.struct(*total).alias("total"))
        out_flow = sum((F.coalesce(F.col(f"total.gap_{gap}"), F.lit(0.0)) / gap for gap in gaps), F.lit(0.0))
        shares = flows.withColumn("weight", F.col("flow") / out_flow)
        frequent = shares.where((F.col("pair_count") >= min_pair_count) & (F.col("weight") > 0))
        return frequent.select("src", "dst", "weight", "pair_count").transform(keep_strongest_out(max_neighbours))

    return transform


def _followers(transition_window: int) -> Transform:
    """histories -> (src, dst, gap, product = w_src * w_dst), one row per user and pair of near nodes. Lazy."""

    def transform(histories: DataFrame) -> DataFrame:
        in_order = Window.partitionBy("user_id").orderBy("step")
        rows = ranked_by_position(histories).withColumn("weight", quantised(F.col("weight")))
        later = [
            F.struct(
                F.lit(gap).alias("gap"),
                F.lead("node", gap).over(in_order).alias("dst"),
                F.lead("weight", gap).over(in_order).alias("dst_weight"),
            )
            for gap in range(1, transition_window + 1)
        ]
        paired = rows.select(F.col("node").alias("src"), "weight", F.array(*later).alias("later"))
        each = paired.select("src", "weight", F.explode("later").alias("next")).where(F.col("next.dst").isNotNull())
        product = (F.col("weight") * F.col("next.dst_weight")).alias("product")
        return each.select("src", F.col("next.dst").alias("dst"), F.col("next.gap").alias("gap"), product)

    return transform
