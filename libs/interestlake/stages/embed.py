"""The vector of each distinct text, computed once per encoder."""

import time
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from ..core.cache import cache_folder
from ..core.lake import empty
from ..core.only_row import only_row
from ..core.stage import Stage, StageContext
from ..text.annotate import distinct_texts
from ..text.choose import MEASURED_TEXTS, SAMPLE_TEXTS, Choice, candidates, choose_engine, fastest, precision_of
from ..text.choose import probe_engines as probe
from ..text.configured import configured_encoder
from ..text.embed import embed, has_words
from ..text.encoder_files import EncoderFiles, export_onnx
from ..text.onnx_files import int8_onnx
from ..text.own_vectors import gpu_per_task, vectors_of
from ..text.quantise import int8_model

EMBEDDINGS = "silver.embeddings"
TEXTS_PER_TASK = 20_000


def encoder_of(context: StageContext) -> EncoderFiles:
    """`configured_encoder` for a stage's parameters, MLflow store and session."""
    return configured_encoder(context.params.embed, context.tracker.uri, gpu_per_task(context.spark) > 0)


def own_vectors(context: StageContext, texts: DataFrame | None = None) -> DataFrame:
    """silver.embeddings(text_hash, ..., vector) of the configured encoder alone; jobs and faults of `vectors_of`."""
    return vectors_of(context.read(EMBEDDINGS), encoder_of(context).model_id, texts)


def _run(context: StageContext) -> dict[str, float]:
    return embed_texts(context, context.read("silver.documents").transform(distinct_texts).select("text_hash", "text"))


def embed_texts(context: StageContext, texts: DataFrame) -> dict[str, float]:
    """texts(text_hash, text), each once -> rows of silver.embeddings for those without a vector; figures."""
    spark, log = context.spark, context.log
    encoder = encoder_of(context)
    texts = texts.where(has_words(F.col("text")))
    embedded = empty(spark, EMBEDDINGS)
    if context.lake.exists(EMBEDDINGS):
        embedded = context.read(EMBEDDINGS).where(F.col("model_id") == encoder.model_id)
    marked = texts.join(embedded.select("text_hash", F.lit(True).alias("embedded")), "text_hash", "left").cache()
    total, done = only_row(marked.agg(F.count("*"), F.count("embedded")))
    figures = {"texts_total": float(total), "texts_embedded": 0.0}
    if total == done:
        log.info("      all of %d texts have their vector of %s already", total, encoder.model_id)
        context.write(EMBEDDINGS, empty(spark, EMBEDDINGS))
        marked.unpersist()
        return figures
    new = marked.where("embedded IS NULL").select("text_hash", "text")
    began = time.perf_counter()
    chosen = _choose(context, encoder, new, total - done)
    log.info("      %s: engine %s in %s (%s)", encoder.model_id, chosen.engine, chosen.precision, chosen.why)
    _embed(context, encoder, chosen, new, done, total)
    seconds = time.perf_counter() - began
    marked.unpersist()
    speed = {"embed_seconds": seconds, "texts_per_second": (total - done) / seconds}
    return figures | {"texts_embedded": float(total - done)} | speed


def _choose(context: StageContext, encoder: EncoderFiles, new: DataFrame, count: int) -> Choice:
    """What the configuration names; under "auto" what is measured, or for few texts the plain engine."""
    params, gpu = context.params.embed, gpu_per_task(context.spark) > 0
    if params.engine != "auto" or (count < MEASURED_TEXTS and params.precision != "fast"):
        engine = choose_engine(params.engine, gpu and encoder.family != "onnx")
        few = params.engine == "auto"
        precision = "f32" if few else precision_of(engine, params.precision, gpu)
        return Choice(engine, precision, f"{count} texts are too few to measure") if few else Choice(engine, precision)
    pairs = candidates(params.precision, gpu, encoder.family)
    folders = {precision: _folder(encoder, engine, precision) for engine, precision in pairs if engine != "torch"}
    texts = [row["text"] for row in new.orderBy("text_hash").select(F.substring("text", 1, 20_000).alias("text"))
             .limit(SAMPLE_TEXTS).collect()]  # fmt: skip
    probes = probe(context.spark, pairs, encoder, folders or {"f32": ""}, params.batch_size, texts)
    return fastest(probes, params.precision, count, task_slots(context.spark))


def task_slots(spark: SparkSession) -> int:
    """Tasks that can run at once by cores, GPUs and spark.task.*; spark.default.parallelism may say more."""
    java: Any = spark.sparkContext._jsc
    context = java.sc()
    return context.maxNumConcurrentTasks(context.resourceProfileManager().defaultResourceProfile())


def _folder(encoder: EncoderFiles, engine: str, precision: str) -> str:
    """Where an engine finds its model: the encoder's own folder, its ONNX export, or a quantised model."""
    if engine == "torch":
        return ""
    if precision != "int8":
        return export_onnx(encoder, cache_folder())
    return (int8_onnx if engine == "spark_nlp" else int8_model)(encoder, cache_folder())


def _embed(context: StageContext, encoder: EncoderFiles, chosen: Choice, new: DataFrame, done: int, total: int) -> None:
    """Embed and commit round after round: a killed run has lost no more than its unfinished round."""
    params, spark = context.params.embed, context.spark
    folder = _folder(encoder, chosen.engine, chosen.precision)
    rounds = -(-(total - done) // params.texts_per_commit)
    slots = spark.sparkContext.defaultParallelism
    began, finished = time.perf_counter(), 0
    for number in range(rounds):
        part = new.where(F.pmod(F.xxhash64("text_hash"), F.lit(rounds)) == number) if rounds > 1 else new
        partitions = max(slots, -(-(total - done) // rounds // TEXTS_PER_TASK))
        vectors = part.transform(
            embed(spark, chosen.engine, encoder, folder, params.batch_size, partitions, chosen.precision)
        )
        if number == rounds - 1:
            written = context.write(EMBEDDINGS, vectors)
        else:
            # the count names the commit: it has grown when a killed run starts again under the same run id
            name = f"{context.options.run_id}/after-{done + finished}"
            written = context.note(context.lake.write(EMBEDDINGS, vectors, name))
        finished += written.rows
        speed = finished / (time.perf_counter() - began)
        left = (total - done - finished) / speed if speed else 0.0
        context.log.info(
            "      %d of %d texts embedded, %.0f rows/s, about %.0f s left", done + finished, total, speed, left
        )


EMBED = Stage(
    name="embed",
    summary="the vector of each distinct text, by content hash",
    reads=("silver.documents",),
    writes=(EMBEDDINGS,),
    section="embed",
    run=_run,
)
