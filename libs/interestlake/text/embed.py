"""Vectors of texts by any engine with one output: Spark NLP on ONNX, or an engine in the Python workers."""

from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from pyspark import TaskContext
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from ..core.errors import BadInput
from ..core.present import present
from ..core.storage import sha256_of
from .encoder_files import EncoderFiles
from .engines.tokens import CHARACTERS_PER_TOKEN
from .task_encoder import encoder_for_tasks

VECTORS = "text_hash string, vector array<float>"
# more rows of full length leave the caches of a core
SPARK_NLP_BATCH = 32
CLAIMED = "interestlake.sparkNlpModel"


def has_words(text: Column) -> Column:
    """Whether a text holds a character that is neither white space nor control, format or replacement character."""
    return F.coalesce(text.rlike(r"[^\p{Z}\p{C}\uFFFD]"), F.lit(False))


def embed(
    spark: SparkSession,
    engine: str,
    encoder: EncoderFiles,
    onnx_folder: str,
    batch_size: int,
    partitions: int,
    precision: str = "f32",
) -> Callable[[DataFrame], DataFrame]:
    """texts(text_hash, text) -> rows of silver.embeddings, one per text, under the encoder's model_id. Lazy.

    `engine` is spark_nlp, onnx, openvino or torch; `precision` f32, bf16, f16 or int8 as far as the engine has it. The
    texts are spread over `partitions` tasks and ordered by length within each, so that a batch holds texts of like
    length. In f32 a vector does not depend on its batch beyond 1e-6. Of a text 50 characters per token asked for are
    read at most; bytes that are no UTF-8 are read as U+FFFD. A text without words (see `has_words`) gives no row.
    """
    vectors = (
        _by_spark_nlp(spark, encoder, onnx_folder, min(batch_size, SPARK_NLP_BATCH))
        if engine == "spark_nlp"
        else _by_workers(engine, *encoder_for_tasks(spark, engine, encoder, onnx_folder), batch_size, precision)
    )
    label = engine if precision == "f32" else f"{engine}-{precision}"
    reach = CHARACTERS_PER_TOKEN * encoder.max_tokens * encoder.max_windows

    def transform(texts: DataFrame) -> DataFrame:
        read = texts.where(has_words(F.col("text"))).select("text_hash", F.substring("text", 1, reach).alias("text"))
        ordered = read.repartition(partitions, "text_hash").sortWithinPartitions(F.length("text"), "text_hash")
        return vectors(ordered).select(
            "text_hash", F.lit(encoder.model_id).alias("model_id"), F.lit(label).alias("engine"), "vector"
        )

    return transform


def _by_spark_nlp(
    spark: SparkSession, encoder: EncoderFiles, onnx_folder: str, batch_size: int
) -> Callable[[DataFrame], DataFrame]:
    from sparknlp.annotator import BertSentenceEmbeddings
    from sparknlp.base import DocumentAssembler

    if encoder.max_windows > 1:
        raise BadInput.of("max_windows", found=encoder.max_windows, expected="1 with engine spark_nlp, which reads one "
                          "window", where="conf/params/embed.yml")  # fmt: skip
    if encoder.family not in ("bert", "onnx"):
        raise BadInput.of("engine spark_nlp", found=f"an encoder of family {encoder.family!r}", expected="a BERT",
                          where="conf/params/embed.yml")  # fmt: skip
    documents = DocumentAssembler().setInputCol("text").setOutputCol("document")
    _claim_session(spark, Path(onnx_folder) / "model.onnx")
    bert = BertSentenceEmbeddings.loadSavedModel(onnx_folder, spark)
    bert = bert.setInputCols(["document"]).setOutputCol("bert").setBatchSize(batch_size)
    bert = bert.setMaxSentenceLength(encoder.max_tokens).setCaseSensitive(False)
    vector = F.col("bert.embeddings")[0].alias("vector")
    return lambda texts: bert.transform(documents.transform(texts)).select("text_hash", vector)


def _claim_session(spark: SparkSession, model: Path) -> None:
    """Raises BadInput where Spark NLP has another model in this session.

    It hands each to the executors as model.onnx; a second of that name would make every later job of the session fail.
    """
    digest = sha256_of(model)
    if spark.conf.get(CLAIMED, digest) != digest:
        found = "a second encoder in this Spark session"
        raise BadInput.of("engine spark_nlp", found=found, expected="one per session", where="embed.engine")
    spark.conf.set(CLAIMED, digest)


def _by_workers(
    engine: str, encoder: EncoderFiles, onnx_folder: str, batch_size: int, precision: str
) -> Callable[[DataFrame], DataFrame]:
    def encode(batches: Iterator[Any]):
        import pyarrow as pa

        loaded = engine_of_task(engine, precision, encoder, onnx_folder, batch_size)
        hashes: deque = deque()

        def texts():
            for batch in (batch for batch in batches if batch.num_rows):
                hashes.append(batch.column(0))
                yield decoded(batch.column(1))

        for vectors in loaded.stream(texts()):
            # (rows, dimension) -> a list per row over one flat buffer
            offsets = np.arange(0, vectors.size + 1, vectors.shape[1], dtype=np.int32)
            lists = pa.ListArray.from_arrays(pa.array(offsets), pa.array(vectors.ravel()))
            yield pa.RecordBatch.from_arrays([hashes.popleft(), lists], ["text_hash", "vector"])

    return lambda texts: texts.mapInArrow(encode, VECTORS)


def engine_of_task(engine: str, precision: str, encoder: EncoderFiles, onnx_folder: str, batch_size: int) -> Any:
    """The engine of this Python worker, for the cores and the GPU that the running task holds."""
    from interestlake.text.encoders import load_encoder

    task = present(TaskContext.get())
    gpu = task.resources().get("gpu")
    return load_encoder(
        engine, encoder.path, onnx_folder, encoder.max_tokens, batch_size,
        task.cpus(),  # one thread per core that the task holds: tasks x threads = cores
        gpu.addresses[0] if gpu else None, precision, encoder.max_windows, encoder.pooling, encoder.pad_id,
    )  # fmt: skip


def decoded(column: Any) -> list[str]:
    """An Arrow string column -> str; bytes that are no UTF-8 become U+FFFD, which pyarrow's own reading raises on."""
    import pyarrow as pa

    try:
        return column.to_pylist()
    except UnicodeDecodeError:
        raw = pa.Array.from_buffers(pa.binary(), len(column), column.buffers(), offset=column.offset)
        return [value.decode("utf-8", "replace") for value in raw.to_pylist()]
