"""The text encoder as a function that travels to workers."""

from collections.abc import Callable

import numpy as np

from ..core.params.all import Embed
from ..text.configured import configured_encoder, loading
from ..text.encoders import load_encoder


def worker_encoder(settings: Embed, tracking_uri: str | None = None) -> tuple[Callable[[list[str]], np.ndarray], str]:
    """(texts -> (n, d) float32 unit vectors on one thread, loaded once per worker; the configured encoder's id)."""
    encoder = configured_encoder(settings, tracking_uri)
    loaded = loading(encoder, settings.batch_size, threads=1)

    def encode(texts: list[str]) -> np.ndarray:
        return load_encoder(*loaded).encode(list(texts))

    return encode, encoder.model_id
