"""The vector of each distinct text, computed once per encoder."""

import time

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..tables import empty
from ..text.annotate import distinct_texts
from ..text.embed import choose_engine, embed
from ..text.encoder_files import cache_folder, export_onnx, find_encoder
from .stage import Stage, StageContext

EMBEDDINGS = "silver.embeddings"
TEXTS_PER_TASK = 20_000


def _run(context: StageContext) -> dict[str, float]:
    return embed_texts(context, context.read("silver.documents").transform(distinct_texts).select("text_hash", "text"))


def embed_texts(context: StageContext, texts: DataFrame) -> dict[str, float]:
    """texts(text_hash, text), each once -> rows of silver.embeddings for those without a vector; figures."""
    params, spark = context.params.embed, context.spark
    encoder = find_encoder(params.model_path, params.max_tokens)
    known = empty(spark, EMBEDDINGS)
    if context.lake.exists(EMBEDDINGS):
        known = context.read(EMBEDDINGS).where(F.col("model_id") == encoder.model_id)
    marked = texts.join(known.select("text_hash", F.lit(True).alias("known")), "text_hash", "left").cache()
    total, done = marked.agg(F.count("*"), F.count("known")).first()
    figures = {"texts_total": float(total), "texts_embedded": 0.0}
    if total == done:
        context.log.info("      all of %d texts have their vector of %s already", total, encoder.model_id)
        context.write(EMBEDDINGS, empty(spark, EMBEDDINGS))
        marked.unpersist()
        return figures
    engine = choose_engine(params.engine, _gpu_per_task(spark) > 0)
    onnx_folder = "" if engine == "torch" else export_onnx(encoder, cache_folder())
    slots = spark.sparkContext.defaultParallelism
    partitions = max(slots, -(-(total - done) // TEXTS_PER_TASK))
    context.log.info("      %d texts by %s, engine %s, %d tasks", total - done, encoder.model_id, engine, partitions)
    began = time.perf_counter()
    new = marked.where("known IS NULL")
    vectors = new.transform(embed(spark, engine, encoder, onnx_folder, params.batch_size, partitions))
    written = context.write(EMBEDDINGS, vectors)
    seconds = time.perf_counter() - began
    marked.unpersist()
    embedded = {"texts_embedded": float(written.rows), "embed_seconds": seconds}
    return figures | embedded | {"texts_per_second": written.rows / seconds}


def _gpu_per_task(spark) -> float:
    return float(spark.sparkContext.getConf().get("spark.task.resource.gpu.amount", "0"))


EMBED = Stage(
    name="embed",
    summary="the vector of each distinct text, by content hash",
    reads=("silver.documents",),
    writes=(EMBEDDINGS,),
    section="embed",
    run=_run,
)
