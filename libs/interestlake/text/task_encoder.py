"""An encoder's files where tasks find them: no host but the driver's needs to have them."""

from dataclasses import replace
from pathlib import Path

from pyspark.sql import SparkSession

from ..core.task_files import for_tasks
from .encoder_files import EncoderFiles

WEIGHTS = ("*.safetensors",)
OTHERS = ("*.json", "*.txt", "*.model", "1_Pooling/*.json")


def encoder_for_tasks(
    spark: SparkSession, engine: str, encoder: EncoderFiles, onnx_folder: str
) -> tuple[EncoderFiles, str]:
    """The encoder and its ONNX folder for a task's `load_encoder`; weights are brought for engine torch alone."""
    path = path_for_tasks(spark, engine, encoder.path)
    return replace(encoder, path=path), onnx_for_tasks(spark, engine, onnx_folder)


def loading_for_tasks(spark: SparkSession, loaded: tuple) -> tuple:
    """What `configured.loading` gave, for tasks."""
    engine, path, onnx_folder, *others = loaded
    return (engine, path_for_tasks(spark, engine, path), onnx_for_tasks(spark, engine, onnx_folder), *others)


def path_for_tasks(spark: SparkSession, engine: str, path: str) -> str:
    """The encoder's own folder: what `engine` reads of it."""
    patterns = (*OTHERS, *(WEIGHTS if engine == "torch" else ()))
    return for_tasks(spark, path, {file for pattern in patterns for file in Path(path).glob(pattern)})


def onnx_for_tasks(spark: SparkSession, engine: str, onnx_folder: str) -> str:
    """The folder of the graph, whole; torch reads none."""
    return for_tasks(spark, onnx_folder) if onnx_folder and engine != "torch" else onnx_folder
