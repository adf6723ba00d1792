"""Facts that a knowledge command puts into silver.facts beside those there."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ...core.stage import StageContext

FACTS, CHANGES = "silver.facts", "silver.fact_changes"
KEY = ("subject", "predicate", "object")


def put_facts(context: StageContext, rows: DataFrame, run_id: str) -> int:
    """rows: the columns of silver.facts -> put by key, marked in silver.fact_changes. Returns the facts changed."""
    rows = rows.persist()
    marked = rows.select(F.lit(run_id).alias("run_id"), *KEY, F.lit("put").alias("change"))
    context.write(CHANGES, marked)
    written = context.note(context.lake.change(FACTS, rows.withColumn("gone", F.lit(False)), run_id))
    rows.unpersist()
    return written.rows
