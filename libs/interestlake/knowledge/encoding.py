"""The text encoder as a function that travels to workers."""

from collections.abc import Callable

import numpy as np
from pyspark.sql import SparkSession

from ..core.params.all import Embed
from ..text.configured import configured_encoder, loading
from ..text.encoders import load_encoder
from ..text.task_encoder import loading_for_tasks


def worker_encoder(
    settings: Embed, tracking_uri: str | None = None, spark: SparkSession | None = None
) -> tuple[Callable[[list[str]], np.ndarray], str]:
    """(texts -> (n, d) float32 unit vectors on one thread, loaded once per worker; the configured encoder's id).

    spark: whose tasks call the function; None for this process alone.
    """
    encoder = configured_encoder(settings, tracking_uri)
    loaded = loading(encoder, settings.batch_size, threads=1)
    if spark is not None:
        loaded = loading_for_tasks(spark, loaded)

    def encode(texts: list[str]) -> np.ndarray:
        return load_encoder(*loaded).encode(list(texts))

    return encode, encoder.model_id
