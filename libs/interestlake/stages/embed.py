"""The vector of each distinct text, computed once per encoder."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from ..core.cache import cache_folder
from ..core.lake import MISSING, Written, empty
from ..core.lineage import shared_folder, slices
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
        context.lake.create(EMBEDDINGS, f"{context.options.run_id}/{EMBEDDINGS}/made")
        context.tell(context.note(Written(EMBEDDINGS, context.lake.version(EMBEDDINGS), 0)))
        marked.unpersist()
        return figures
    new = marked.where("embedded IS NULL").select("text_hash", "text")
    began = time.perf_counter()
    chosen = _choose(context, encoder, new, total - done)
    log.info("      %s: engine %s in %s (%s)", encoder.model_id, chosen.engine, chosen.precision, chosen.why)
    with _in_slices(context, new, total - done) as parts:
        if len(parts) > 1:
            marked.unpersist()  # the slices lie in files
        _embed(context, encoder, chosen, parts, done, total)
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


@contextmanager
def _in_slices(context: StageContext, new: DataFrame, count: int) -> Iterator[list[DataFrame]]:
    """`new`, `count` texts, in parts of about embed.texts_per_commit, which are ranges of text_hash in files."""
    number = -(-count // context.params.embed.texts_per_commit)
    if number == 1:
        yield [new]
        return
    with shared_folder(context.spark, context.lake.root, f"{context.options.run_id}-texts") as folder:
        yield slices(new, "text_hash", number, -(-count // (number * TEXTS_PER_TASK)), folder)


def _embed(
    context: StageContext, encoder: EncoderFiles, chosen: Choice, parts: list[DataFrame], done: int, total: int
) -> None:
    """Embed and append one part after the other: a killed run has lost no more than the part it was at."""
    params, spark = context.params.embed, context.spark
    folder = _folder(encoder, chosen.engine, chosen.precision)
    partitions = max(spark.sparkContext.defaultParallelism, (total - done) // (len(parts) * TEXTS_PER_TASK))
    vectors = embed(spark, chosen.engine, encoder, folder, params.batch_size, partitions, chosen.precision)
    version = context.read_versions.get(EMBEDDINGS, MISSING)
    began, finished = time.perf_counter(), 0
    for texts in parts:
        # the version names the commit: no later one, of this run id resumed either, comes after the same
        name = f"{context.options.run_id}/after-{version}"
        written = context.note(context.lake.write(EMBEDDINGS, texts.transform(vectors), name))
        version, finished = written.version, finished + written.rows
        speed = finished / (time.perf_counter() - began)
        left = (total - done - finished) / speed if speed else 0.0
        context.log.info(
            "      %d of %d texts embedded, %.0f rows/s, about %.0f s left", done + finished, total, speed, left
        )
    context.tell(context.written[EMBEDDINGS])


EMBED = Stage(
    name="embed",
    summary="the vector of each distinct text, by content hash",
    reads=("silver.documents",),
    writes=(EMBEDDINGS,),
    section="embed",
    run=_run,
)
