"""Stage embed: each distinct text once -> its vector."""

import time

from pyspark.sql import functions as F

from ..text.embed import embed_texts, resolve_engine
from ..text.encoder import model_id
from .stage import Stage, StageContext

EMBEDDED_KINDS = ("item", "review")
TEXTS_PER_TASK = 20_000


def _run(context: StageContext) -> dict[str, float]:
    params, spark = context.params.embed, context.spark
    engine = resolve_engine(params, float(spark.conf.get("spark.task.resource.gpu.amount", "0")) > 0)
    encoder = model_id(params)
    documents = context.read("silver.documents").where(F.col("kind").isin(*EMBEDDED_KINDS))
    texts = documents.groupBy("text_hash").agg(F.min("text").alias("text"))
    context.lake.create("silver.embeddings")
    known = context.read("silver.embeddings").where(F.col("model_id") == encoder)
    new = texts.join(known.select("text_hash"), "text_hash", "left_anti").persist()
    total, fresh = texts.count(), new.count()
    tasks = max(spark.sparkContext.defaultParallelism, -(-fresh // TEXTS_PER_TASK))
    # a thread for each core that a task holds: tasks x threads = cores
    threads = int(spark.conf.get("spark.task.cpus", "1"))
    context.log.info("      %d texts, %d new; engine %s, encoder %s, %d tasks", total, fresh, engine, encoder, tasks)
    began = time.perf_counter()
    context.write("silver.embeddings", new.transform(embed_texts(params, engine, tasks, threads)))
    seconds = time.perf_counter() - began
    new.unpersist()
    if fresh:
        context.log.info("      %.0f texts per second", fresh / seconds)
    return {"texts": total, "texts_embedded": fresh, "embed_seconds": seconds, "texts_per_second": fresh / seconds}


EMBED = Stage(
    name="embed",
    summary="one vector per distinct text",
    reads=("silver.documents", "silver.embeddings"),
    writes=("silver.embeddings",),
    section="embed",
    run=_run,
)
