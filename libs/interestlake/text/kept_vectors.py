"""Vectors of short texts that are asked for again: kept in the cache folder, by encoder and by what they say."""

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np

from ..core.cache import cache_folder


def kept_vectors(encode: Callable[[list[str]], np.ndarray], model_id: str) -> Callable[[list[str]], np.ndarray]:
    """encode: texts -> (n, d) -> the same function, which reads a file where it was asked for these texts before."""

    def encode_once(texts: list[str]) -> np.ndarray:
        mark = hashlib.sha256("\x00".join([model_id, *texts]).encode())
        file = Path(cache_folder()) / "vectors" / f"{mark.hexdigest()[:24]}.npy"
        if file.is_file():
            return np.load(file)
        vectors = encode(texts)
        with suppress(OSError):  # a home that is read-only or full costs the encoding again, not the answer
            file.parent.mkdir(parents=True, exist_ok=True)
            part = file.with_suffix(f".{os.getpid()}.npy")
            np.save(part, vectors)
            os.replace(part, file)
        return vectors

    return encode_once
