"""The command embed-media: the vector of each distinct picture and sound, computed once per encoder."""

import time
from contextlib import contextmanager
from dataclasses import replace

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from ..core.lake import empty
from ..core.only_row import only_row
from ..core.present import present
from ..core.stage import Stage, StageContext
from ..core.task_files import for_tasks
from ..media.embed import embed_media, hash_media
from ..media.encoders import find_encoders, probe
from ..sources.media import MediaRows, read_media
from ..sources.quarantined import quarantined

EMBEDDINGS = "silver.media_embeddings"
FILES_PER_TASK = 2_000
ARROW_ROWS = "spark.sql.execution.arrow.maxRecordsPerBatch"


def _run(context: StageContext) -> dict[str, float]:
    params, spark = context.params.embed_media, context.spark
    encoders = find_encoders(params)
    source = read_media(spark, context.options.inputs[0], context.params.ingest.max_quarantine_share)
    slots = spark.sparkContext.defaultParallelism
    with _small_batches(spark, params.batch_size, source.with_bytes):
        hashed = source.rows.repartition(slots, "file", "line").transform(hash_media(params.max_megabytes)).persist()
        hashes_before = _known(context, [encoder.model_id for encoder in encoders.values()])
        new_contents = _new_contents(hashed, hashes_before).persist()
        broken = F.count_if(F.col("media_hash").isNull())
        counts = only_row(hashed.agg(F.count_distinct("media_hash"), broken, F.count(F.lit(1))))
        contents, unreadable, files = counts
        new = {row["kind"]: row["count"] for row in new_contents.groupBy("kind").count().collect()}
        for kind in sorted(new):
            width = probe(encoders[kind])
            described = (new[kind], kind, encoders[kind].model_id, width)
            context.log.info("      %d new of kind %s by %s, %d coordinates", *described)
        began = time.perf_counter()
        partitions = max(slots, -(-sum(new.values()) // FILES_PER_TASK))
        brought = {
            kind: replace(one, path=for_tasks(spark, one.path) if one.path else "") for kind, one in encoders.items()
        }
        transform = embed_media(brought, params.batch_size, params.max_megabytes, partitions)
        made = _with_content(new_contents, source).transform(transform).persist()
        vectors = made.where("reason IS NULL").drop("reason")
        embedded = context.write(EMBEDDINGS, vectors.select("media_hash", "model_id", "kind", "engine", "vector")).rows
        seconds = time.perf_counter() - began
        broken = made.where("reason IS NOT NULL").select("media_hash", F.col("reason").alias("broken"))
        judged = hashed.join(broken, "media_hash", "left").withColumn("reason", F.coalesce("reason", "broken"))
        judged = judged.drop("broken").persist()
        context.write_all(
            {
                "silver.media": judged.transform(_media_rows),
                "bronze.quarantine": judged.transform(_quarantine(source)),
            }
        )
        bad = judged.where("reason IS NOT NULL").count()
    for frame in (hashed, new_contents, made, judged, *filter(None, [source.held])):
        frame.unpersist()
    if bad:
        context.log.info("      %d of %d files cannot be used: see bronze.quarantine", bad, files)
    speed = {"files_per_second": embedded / seconds} if embedded else {}
    return {"files": files, "contents": contents, "embedded": embedded, "quarantined": bad, **speed}


@contextmanager
def _small_batches(spark: SparkSession, rows: int, with_bytes: bool):
    # Arrow's ten thousand rows of whole files would not fit a worker
    before = spark.conf.get(ARROW_ROWS)
    if with_bytes:
        spark.conf.set(ARROW_ROWS, str(rows))
    try:
        yield
    finally:
        spark.conf.set(ARROW_ROWS, present(before))


def _known(context: StageContext, model_ids: list[str]) -> DataFrame:
    vectors = context.read(EMBEDDINGS) if context.lake.exists(EMBEDDINGS) else empty(context.spark, EMBEDDINGS)
    return vectors.where(F.col("model_id").isin(model_ids)).select("media_hash", "kind")


def _new_contents(hashed: DataFrame, vectors: DataFrame) -> DataFrame:
    """HASHED -> (media_hash, kind, path, file, line) of contents without a vector, the first place of each. Lazy."""
    first = F.min_by(F.struct("path", "file", "line"), F.struct("file", "line", "path")).alias("first")
    contents = hashed.where("media_hash IS NOT NULL").groupBy("media_hash", "kind").agg(first)
    return contents.join(vectors, ["media_hash", "kind"], "left_anti").select("media_hash", "kind", "first.*")


def _with_content(contents: DataFrame, source: MediaRows) -> DataFrame:
    if not source.with_bytes:
        return contents.withColumn("content", F.lit(None).cast("binary"))
    return contents.drop("path").join(source.rows.select("path", "content", "file", "line"), ["file", "line"])


def _media_rows(judged: DataFrame) -> DataFrame:
    usable = judged.where("reason IS NULL").groupBy("item_id", "media_hash")
    first = F.min_by(F.struct("kind", "file", "line"), F.struct("file", "line", "kind")).alias("first")
    return usable.agg(first).select("item_id", "media_hash", "first.kind", "first.file", "first.line")


def _quarantine(source: MediaRows):
    def transform(judged: DataFrame) -> DataFrame:
        bad = judged.where("reason IS NOT NULL").select("file", "line", "reason")
        bad = bad if source.quarantine is None else bad.unionByName(source.quarantine.select(*bad.columns))
        return bad.distinct().transform(quarantined("media"))

    return transform


EMBED_MEDIA = Stage(
    name="embed_media",
    summary="the vector of each distinct picture and sound, by content hash",
    reads=(EMBEDDINGS,),
    writes=(EMBEDDINGS, "silver.media", "bronze.quarantine"),
    section="embed_media",
    run=_run,
)
