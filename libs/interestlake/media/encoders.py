"""One contract for what makes vectors of pictures or sounds: classical features, or an encoder of your own by path."""

import hashlib
import json
import os
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from ..core.errors import BadInput
from ..core.params.all import EmbedMedia
from ..core.task_files import here
from . import classical
from .decode import picture, sound

FILES = ("config.json", "model.safetensors", "preprocessor_config.json")
WHERE = {"image": "embed_media.vision_path, or --vision", "audio": "embed_media.audio_path, or --audio"}
POOLING = "projected features, else mean over the last hidden states; unit length"


@dataclass(frozen=True)
class MediaEncoder:
    """What makes the vectors of one kind; `path` is empty for classical features. Vectors of one id are comparable."""

    kind: str
    path: str
    model_id: str
    engine: str
    picture_size: int
    sample_rate: int
    max_seconds: float


def find_encoders(params: EmbedMedia) -> dict[str, MediaEncoder]:
    """The encoder of pictures and that of sounds, by kind. Raises BadInput where a folder is no encoder."""
    return {
        kind: _find(kind, path, params) for kind, path in (("image", params.vision_path), ("audio", params.audio_path))
    }


def _find(kind: str, path: str, params: EmbedMedia) -> MediaEncoder:
    shape = (params.picture_size, params.sample_rate, params.max_seconds)
    if not path:
        digest = hashlib.sha256(classical.settings(kind, *shape).encode()).hexdigest()
        return MediaEncoder(kind, "", f"classical-{kind}-{digest[:12]}", "classical", *shape)
    folder = Path(path).expanduser()
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        found = f"{folder} without {missing}" if folder.is_dir() else f"no folder {folder}"
        raise BadInput.of(
            f"{kind} encoder", found=found, expected=f"a transformers folder with {list(FILES)}", where=WHERE[kind]
        )
    digest = hashlib.sha256(f"{POOLING} {params.max_seconds if kind == 'audio' else ''}".encode())
    for name in FILES:
        with open(folder / name, "rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    if kind == "audio":
        shape = (params.picture_size, _sampling_rate(folder), params.max_seconds)
    return MediaEncoder(kind, str(folder), f"{folder.name}-{digest.hexdigest()[:12]}", "torch", *shape)


def _sampling_rate(folder: Path) -> int:
    rate = json.loads((folder / FILES[2]).read_text(encoding="utf-8")).get("sampling_rate")
    if not isinstance(rate, int):
        raise BadInput.of(
            "audio encoder",
            found=f"{folder / FILES[2]} without a whole sampling_rate",
            expected="the preprocessor of an audio encoder",
            where=WHERE["audio"],
        )
    return rate


def probe(encoder: MediaEncoder) -> int:
    """The width of the encoder's vectors, from one generated picture or sound. Raises BadInput where it gives none."""
    generator = np.random.default_rng(0)
    if encoder.kind == "image":
        example = generator.integers(0, 255, (48, 48, 3), np.uint8)
    else:
        example = generator.normal(0, 0.1, encoder.sample_rate).astype(np.float32)
    try:
        return load_encoder(encoder, 1, None).encode([example]).shape[1]
    except Exception as error:
        if not encoder.path:
            raise
        said = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise BadInput.of(
            f"{encoder.kind} encoder {encoder.path}",
            found=said,
            expected=f"a model that turns one {encoder.kind} into hidden states (CLIP, ViT, wav2vec2)",
            where=WHERE[encoder.kind],
        ) from error


class ClassicalEncoder:
    """colour, texture and gradients, or cepstra and contrasts; see classical.py."""

    def __init__(self, encoder: MediaEncoder):
        self.encoder = encoder

    def encode(self, decoded: list[np.ndarray]) -> np.ndarray:
        """Decoded pictures or sounds (n) -> (n, width) float32."""
        if self.encoder.kind == "image":
            return np.stack([classical.picture_features(rgb, self.encoder.picture_size) for rgb in decoded])
        return np.stack([classical.sound_features(samples, self.encoder.sample_rate) for samples in decoded])


class TorchMediaEncoder:
    """A transformers model in float32, on the GPU `gpu_address` or on `threads` CPU threads."""

    def __init__(self, encoder: MediaEncoder, threads: int, gpu_address: str | None):
        import torch
        from transformers import AutoFeatureExtractor, AutoImageProcessor, AutoModel
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()
        self.torch, self.encoder = torch, encoder
        on_gpu = gpu_address is not None and torch.cuda.is_available()
        self.device = torch.device(f"cuda:{gpu_address}" if on_gpu else "cpu")
        torch.set_num_threads(threads)
        reader = AutoImageProcessor if encoder.kind == "image" else AutoFeatureExtractor
        self.prepare = reader.from_pretrained(encoder.path, local_files_only=True, trust_remote_code=False)
        self.model = (
            AutoModel.from_pretrained(encoder.path, local_files_only=True, trust_remote_code=False)
            .to(self.device)
            .eval()
        )

    def encode(self, decoded: list[np.ndarray]) -> np.ndarray:
        """Decoded pictures or sounds (n) -> (n, width) float32 of unit length."""
        if self.encoder.kind == "image":
            return self._vectors(self.prepare(images=decoded, return_tensors="pt"))
        # sounds differ in length, and padding changes what an encoder without a mask hears
        rate = self.encoder.sample_rate
        each = [self.prepare(samples, sampling_rate=rate, return_tensors="pt") for samples in decoded]
        return np.concatenate([self._vectors(inputs) for inputs in each])

    def _vectors(self, inputs: Any) -> np.ndarray:
        torch = self.torch
        inputs = {name: value.to(self.device) for name, value in inputs.items()}
        projection = "get_image_features" if self.encoder.kind == "image" else "get_audio_features"
        with torch.inference_mode():
            if hasattr(self.model, projection):
                output = getattr(self.model, projection)(**inputs)
                vectors = output if isinstance(output, torch.Tensor) else output.pooler_output  # (n, width)
            else:
                hidden = self.model(**inputs).last_hidden_state
                # (n, tokens, width) of a Transformer, (n, width, rows, columns) of a convolutional net
                vectors = hidden.mean(dim=1) if hidden.dim() == 3 else hidden.mean(dim=(2, 3))
            return torch.nn.functional.normalize(vectors.float(), dim=1).cpu().numpy()


@lru_cache(maxsize=4)
def load_encoder(encoder: MediaEncoder, threads: int, gpu_address: str | None) -> Any:
    """The encoder of this process, loaded once. Raises FileNotFoundError where this host lacks its files."""
    if not encoder.path:
        return ClassicalEncoder(encoder)
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    encoder = replace(encoder, path=here(encoder.path))
    if not (Path(encoder.path) / FILES[1]).is_file():
        raise FileNotFoundError(
            f"{encoder.kind} encoder: found no {encoder.path}/{FILES[1]} on this host; "
            f"expected what Spark brings to every executor; set it in {WHERE[encoder.kind]}"
        )
    return TorchMediaEncoder(encoder, threads, gpu_address)


def decode(encoder: MediaEncoder, content: bytes) -> np.ndarray:
    """Bytes -> what `encode` takes. Raises Unusable."""
    if encoder.kind == "image":
        return picture(content)
    return sound(content, encoder.sample_rate, encoder.max_seconds)
