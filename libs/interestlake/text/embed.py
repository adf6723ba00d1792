"""Vectors of texts by two engines with one output: Spark NLP on ONNX, or batches in Python workers."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from pyspark import TaskContext
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from .encoder_files import EncoderFiles

VECTORS = "text_hash string, vector array<float>"


def choose_engine(engine: str, task_has_gpu: bool) -> str:
    """"auto" -> torch where each task holds a GPU, else onnx, the fastest exact engine on a CPU; others stay."""
    if engine != "auto":
        return engine
    return "torch" if task_has_gpu else "onnx"


def embed(
    spark: SparkSession, engine: str, encoder: EncoderFiles, onnx_folder: str, batch_size: int, partitions: int
) -> Callable[[DataFrame], DataFrame]:
    """texts(text_hash, text) -> rows of silver.embeddings, one per text, under the encoder's model_id. Lazy.

    `engine` is spark_nlp, onnx or torch. The texts are spread over `partitions` tasks and ordered by length within
    each, so that a batch holds texts of like length. A vector does not depend on its batch beyond 1e-6.
    """
    vectors = (
        _by_spark_nlp(spark, encoder, onnx_folder, batch_size)
        if engine == "spark_nlp"
        else _by_workers(engine, encoder, onnx_folder, batch_size)
    )

    def transform(texts: DataFrame) -> DataFrame:
        spread = texts.select("text_hash", "text").repartition(partitions, "text_hash")
        ordered = spread.sortWithinPartitions(F.length("text"), "text_hash")
        return vectors(ordered).select(
            "text_hash", F.lit(encoder.model_id).alias("model_id"), F.lit(engine).alias("engine"), "vector"
        )

    return transform


def _by_spark_nlp(
    spark: SparkSession, encoder: EncoderFiles, onnx_folder: str, batch_size: int
) -> Callable[[DataFrame], DataFrame]:
    from sparknlp.annotator import BertSentenceEmbeddings
    from sparknlp.base import DocumentAssembler

    documents = DocumentAssembler().setInputCol("text").setOutputCol("document")
    bert = BertSentenceEmbeddings.loadSavedModel(onnx_folder, spark).setInputCols(["document"]).setOutputCol("bert")
    bert = bert.setMaxSentenceLength(encoder.max_tokens).setCaseSensitive(False).setBatchSize(batch_size)
    vector = F.col("bert.embeddings")[0].alias("vector")
    return lambda texts: bert.transform(documents.transform(texts)).select("text_hash", vector)


def _by_workers(
    engine: str, encoder: EncoderFiles, onnx_folder: str, batch_size: int
) -> Callable[[DataFrame], DataFrame]:
    path, max_tokens = encoder.path, encoder.max_tokens

    def encode(frames):
        from interestlake.text.encoders import load_encoder

        task = TaskContext.get()
        gpu = task.resources().get("gpu")
        address = gpu.addresses[0] if gpu else None
        # one thread per core that the task holds: tasks x threads = cores
        loaded = load_encoder(engine, path, onnx_folder, max_tokens, batch_size, task.cpus(), address)
        for frame in frames:
            vectors = loaded.encode(frame["text"].tolist()).astype(np.float32)
            yield pd.DataFrame({"text_hash": frame["text_hash"], "vector": list(vectors)})

    return lambda texts: texts.mapInPandas(encode, VECTORS)
