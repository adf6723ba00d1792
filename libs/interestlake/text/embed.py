"""Texts -> vectors by one of three engines with the same columns out: Spark NLP on ONNX, ONNX Runtime, torch."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..params import Embed
from .batch_encoders import onnx_encoder, task_device, torch_encoder
from .encoder import model_folder, model_id
from .onnx_export import exported

CHUNK_TEXTS = 1024
Transform = Callable[[DataFrame], DataFrame]


def resolve_engine(params: Embed, task_has_gpu: bool) -> str:
    """The engine that `auto` stands for: torch where tasks are given a GPU, else ONNX Runtime."""
    if params.engine != "auto":
        return params.engine
    return "torch" if task_has_gpu else "onnx"


def embed_texts(params: Embed, engine: str, tasks: int, threads: int) -> Transform:
    """texts(text_hash, text), distinct -> (text_hash, model_id, engine, vector array<float> of unit length).

    The texts are spread over `tasks`, with `threads` each. Within a task they are sorted by length, which keeps padding small. A text is read up to `params.max_tokens` tokens. Lazy.
    """
    vectors = _spark_nlp(params) if engine == "spark_nlp" else _in_python(params, engine, threads)

    def embed(texts: DataFrame) -> DataFrame:
        spread = texts.select("text_hash", "text").repartition(tasks, "text_hash")
        # length first, hash second: batches of like length, and the same order on any cluster
        spread = spread.sortWithinPartitions(F.length("text"), "text_hash")
        columns = (F.lit(model_id(params)).alias("model_id"), F.lit(engine).alias("engine"))
        return spread.transform(vectors).select("text_hash", *columns, "vector")

    return embed


def _in_python(params: Embed, engine: str, threads: int) -> Transform:
    folder = model_folder(params)
    onnx_folder = exported(folder, model_id(params)) if engine == "onnx" else Path()

    def encode_partition(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        common = (params.max_tokens, params.batch_size, threads)
        if engine == "onnx":
            encode = onnx_encoder(str(folder), str(onnx_folder), *common)
        else:
            encode = torch_encoder(str(folder), *common, task_device())
        for frame in _chunks(frames):
            vectors = encode(frame["text"].tolist())
            yield pd.DataFrame({"text_hash": frame["text_hash"], "vector": list(vectors.astype(np.float32))})

    return lambda texts: texts.mapInPandas(encode_partition, "text_hash string, vector array<float>")


def _chunks(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    for frame in frames:
        for start in range(0, len(frame), CHUNK_TEXTS):
            yield frame.iloc[start : start + CHUNK_TEXTS]


def _spark_nlp(params: Embed) -> Transform:
    from pyspark.ml import Pipeline
    from sparknlp.annotator import BertSentenceEmbeddings
    from sparknlp.base import DocumentAssembler

    onnx_folder = exported(model_folder(params), model_id(params))

    def embed(texts: DataFrame) -> DataFrame:
        bert = (
            BertSentenceEmbeddings.loadSavedModel(str(onnx_folder), texts.sparkSession)
            .setInputCols("document")
            .setOutputCol("embedding")
            .setCaseSensitive(False)
            .setMaxSentenceLength(params.max_tokens)
            .setBatchSize(params.batch_size)
        )
        assembler = DocumentAssembler().setInputCol("text").setOutputCol("document")
        annotated = Pipeline(stages=[assembler, bert]).fit(texts).transform(texts)
        return annotated.select("text_hash", F.col("embedding")[0]["embeddings"].alias("vector"))

    return embed
