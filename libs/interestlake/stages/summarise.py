"""The command summarise: titles, descriptions and summaries of every item, made of its own texts and replayed."""

from pyspark.sql import functions as F

from ..core.partitions import partitions_for
from ..core.stage import Stage, StageContext
from ..serving.summaries.command import NEEDED, plan_of, tables_of
from ..serving.summaries.job import item_rows, replayed, summarise

ITEMS_PER_TASK = 2000


def _run(context: StageContext) -> dict[str, float]:
    plan = plan_of(context)
    tables = tables_of(context)
    rows = item_rows(tables)
    slots = context.spark.sparkContext.defaultParallelism
    partitions = max(slots, partitions_for(tables["silver.items"].count(), ITEMS_PER_TASK))
    made = rows.repartition(partitions, "item_id").transform(summarise(plan))
    context.write("gold.summaries", made.withColumn("run_id", F.lit(context.options.run_id)))
    judged = replayed(context.lake.read("gold.summaries"), rows)
    sums = F.count("*").alias("n"), F.count_if("true").alias("t")
    counts = judged.groupBy("part").agg(*sums).orderBy("part").collect()
    total, true = sum(row["n"] for row in counts), sum(row["t"] for row in counts)
    figures = {"statements": float(total), "true": float(true), "false": float(total - true)}
    figures |= {f"statements.{row['part']}": float(row["n"]) for row in counts}
    return figures | {f"true.{row['part']}": float(row["t"]) for row in counts}


SUMMARISE = Stage(
    name="summarise",
    summary="titles, descriptions and summaries of every item, replayed",
    reads=(*NEEDED, "silver.facts"),
    writes=("gold.summaries",),
    section="summarise",
    run=_run,
)
