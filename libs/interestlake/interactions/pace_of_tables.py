"""`pace.in_sequence` of a table, by Spark."""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from ..core.only_row import only_row
from .pace import APART_S, LEAST_APART


def in_sequence_of(interactions: DataFrame) -> bool:
    """`in_sequence` of silver.interactions(user_id, position, first_ts); one Spark job."""
    before = F.lag("first_ts").over(Window.partitionBy("user_id").orderBy("position"))
    steps = interactions.select("first_ts", (F.col("first_ts").cast("double") - before.cast("double")).alias("step"))
    row = only_row(steps.agg(
        F.count_if(F.col("first_ts").isNull()).alias("untimed"),
        F.avg(F.when(F.col("step").isNotNull(), (F.col("step") >= APART_S).cast("double"))).alias("apart"),
    ))  # fmt: skip
    return not row["untimed"] and (row["apart"] or 0.0) >= LEAST_APART
