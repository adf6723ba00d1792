"""Pictures and sounds -> content hashes and vectors, in Python workers; what cannot be used comes with its reason."""

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from pyspark import TaskContext
from pyspark.sql import DataFrame

from ..core.present import present
from .decode import KINDS, Unusable, kind_of
from .encoders import MediaEncoder, decode, load_encoder

HASHED = "item_id string, media_hash string, kind string, path string, file string, line bigint, reason string"
VECTORS = "media_hash string, model_id string, kind string, engine string, vector array<float>, reason string"


def hash_media(max_megabytes: float) -> Callable[[DataFrame], DataFrame]:
    """rows of `sources.media` -> HASHED, one row each: sha-256 of the content and its kind, or `reason` and neither.

    Executors open `path` on a disk that all of them see. A kind that is not given is told by the content. Lazy.
    """
    limit = int(max_megabytes * 1e6)

    def run(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for frame in frames:
            rows = [_hashed(row, limit) for row in frame.itertuples(index=False)]
            yield pd.DataFrame(rows, columns=[part.split()[0] for part in HASHED.split(", ")])

    return lambda rows: rows.mapInPandas(run, HASHED)


def _hashed(row: Any, limit: int) -> tuple:
    place = (row.path, row.file, row.line)
    try:
        content = read_content(row.path, row.content, limit)
        kind = row.kind if isinstance(row.kind, str) else kind_of(content)
        if kind not in KINDS:
            raise Unusable(f"kind {kind!r}: expected image or audio")
    except Unusable as fault:
        return (row.item_id, None, None, *place, str(fault))
    return (row.item_id, hashlib.sha256(content).hexdigest(), kind, *place, None)


def read_content(path: str | None, content: bytes | None, limit: int) -> bytes:
    """The bytes of a row, opened where they are not in it. Raises Unusable."""
    if isinstance(content, bytes | bytearray | memoryview):
        read = bytes(content)
        _expect_size(len(read), limit)
        return read
    if not isinstance(path, str):
        raise Unusable("no bytes: expected the content of a picture or sound")
    place = path.removeprefix("file://") if path.startswith("file://") else path.removeprefix("file:")
    if ":" in place.split("/")[0]:
        raise Unusable(
            f"address {place.split(':')[0]}: expected a path on a disk that every executor sees, or Parquet with bytes"
        )
    try:
        _expect_size(os.path.getsize(place), limit)
        with open(place, "rb") as file:
            return file.read()
    except OSError as error:
        said = (error.strerror or type(error).__name__).lower()
        raise Unusable(f"not readable ({said}): expected a file") from error


def _expect_size(size: int, limit: int) -> None:
    if size > limit:
        raise Unusable(f"{size / 1e6:.4g} MB: expected at most {limit / 1e6:g} MB (embed_media.max_megabytes)")


def embed_media(
    encoders: Mapping[str, MediaEncoder], batch_size: int, max_megabytes: float, partitions: int
) -> Callable[[DataFrame], DataFrame]:
    """media(media_hash, kind, path, content), one row per content -> VECTORS; `vector` is null where `reason` is not.

    The contents are spread over `partitions` tasks by hash. A vector does not depend on its batch beyond 1e-6. Lazy.
    """
    limit = int(max_megabytes * 1e6)

    def run(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        task = present(TaskContext.get())
        gpu = task.resources().get("gpu")
        address = gpu.addresses[0] if gpu else None
        for frame in frames:
            for kind, rows in frame.groupby("kind", sort=True):
                for start in range(0, len(rows), batch_size):
                    part = rows.iloc[start : start + batch_size]
                    yield vector_rows(part, encoders[kind], limit, task.cpus(), address)

    def transform(media: DataFrame) -> DataFrame:
        spread = media.select("media_hash", "kind", "path", "content").repartition(partitions, "media_hash")
        return spread.sortWithinPartitions("media_hash").mapInPandas(run, VECTORS)

    return transform


def vector_rows(
    rows: pd.DataFrame, encoder: MediaEncoder, limit: int, threads: int, gpu_address: str | None
) -> pd.DataFrame:
    """The body of `embed_media` for one batch of one kind, free of Spark."""
    decoded: list[np.ndarray] = []
    reasons: list[str | None] = []
    for row in rows.itertuples(index=False):
        try:
            decoded.append(decode(encoder, read_content(row.path, row.content, limit)))
            reasons.append(None)
        except Unusable as fault:
            reasons.append(str(fault))
    vectors = iter(load_encoder(encoder, threads, gpu_address).encode(decoded) if decoded else ())
    return pd.DataFrame(
        {
            "media_hash": rows["media_hash"].to_numpy(),
            "model_id": encoder.model_id,
            "kind": encoder.kind,
            "engine": encoder.engine,
            "vector": [next(vectors) if reason is None else None for reason in reasons],
            "reason": pd.Series(reasons, dtype=object),
        }
    )
