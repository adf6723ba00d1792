"""Vectors of one encoder: those of two never mix, and a lake without them says which encoders it has."""

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from ..core.errors import BadInput

TEXT_SETTINGS = "section embed (model_path, max_tokens, max_windows, precision) as in the run, or `interestlake embed`"


def vectors_of(
    embeddings: DataFrame, model_id: str, texts: DataFrame | None = None, where: str = TEXT_SETTINGS
) -> DataFrame:
    """silver.embeddings, or a kind of silver.media_embeddings -> its rows of one encoder.

    Runs 1 Spark job, 2 where it raises or the table is empty.

    texts(text_hash): those that the caller is going to join; None for any. Raises BadInput, with the ids that the
    table has, where the encoder has no vector of any of them while another encoder has; `where` says what sets it. A
    table without rows is no fault: texts without words have no vector.
    """
    asked = embeddings if texts is None else embeddings.join(texts.select("text_hash"), "text_hash", "left_semi")
    if asked.where(F.col("model_id") == model_id).isEmpty():
        others = encoder_ids(asked)
        if others:
            raise no_vectors(model_id, others, where)
    return embeddings.where(F.col("model_id") == model_id)


def encoder_ids(embeddings: DataFrame) -> list[str]:
    """The encoders that have vectors, by id. Runs 1 Spark job."""
    return sorted(row["model_id"] for row in embeddings.select("model_id").distinct().collect())


def no_vectors(model_id: str, others: list[str], where: str = TEXT_SETTINGS) -> BadInput:
    """The fault of a lake that has vectors of `others` alone; `where` says what sets the encoder."""
    found = f"none of {model_id}; the lake has {', '.join(others) or 'none'}"
    return BadInput.of("vectors", found=found, expected="some of the configured encoder", where=where)


def gpu_per_task(spark: SparkSession) -> float:
    """GPUs that each task of the session holds; 0 without."""
    return float(spark.sparkContext.getConf().get("spark.task.resource.gpu.amount", "0"))
