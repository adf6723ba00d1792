"""The text encoder as a function that travels to workers."""

from collections.abc import Callable

import numpy as np

from ..core.params.all import Embed
from ..text.encoder_files import cache_folder, export_onnx, find_encoder
from ..text.encoders import load_encoder


def worker_encoder(settings: Embed) -> tuple[Callable[[list[str]], np.ndarray], str]:
    """(texts -> (n, d) float32 unit vectors by ONNX Runtime on one thread, loaded once per worker; the model's id)."""
    encoder = find_encoder(settings.model_path, settings.max_tokens)
    folder = export_onnx(encoder, cache_folder())
    loaded = ("onnx", encoder.path, folder, encoder.max_tokens, settings.batch_size, 1, None)

    def encode(texts: list[str]) -> np.ndarray:
        return load_encoder(*loaded).encode(list(texts))

    return encode, encoder.model_id
