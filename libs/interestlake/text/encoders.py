"""The engine of this worker process, loaded once and kept between tasks. No pyspark here."""

import os
from functools import lru_cache
from pathlib import Path

from ..core.task_files import here
from .engines.engine import Engine
from .engines.tokens import Tokens

PRECISIONS = ("f32", "bf16", "f16", "int8")


@lru_cache(maxsize=1)
def load_encoder(
    engine: str,
    path: str,
    onnx_folder: str,
    max_tokens: int,
    batch_size: int,
    threads: int,
    gpu_address: str | None,
    precision: str = "f32",
    max_windows: int = 1,
    pooling: str = "mean",
    pad_id: int = 0,
) -> Engine:
    """onnx, openvino or torch in `precision`. Raises FileNotFoundError where this host lacks the encoder's files.

    `onnx_folder` holds model.onnx, or for openvino in int8 the quantised model.xml; torch reads `path` alone.
    """
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    path, onnx_folder = here(path), here(onnx_folder)
    name = "model.xml" if engine == "openvino" and precision == "int8" else "model.onnx"
    needed = Path(path) / "tokenizer.json" if engine == "torch" else Path(onnx_folder) / name
    if not needed.is_file() or not Path(path).is_dir():
        raise FileNotFoundError(
            f"encoder: found no {needed} on this host; expected what Spark brings to every executor, or the folder "
            "itself on one machine; set embed.model_path, and keep $INTERESTLAKE_CACHE while the run goes on"
        )
    tokens = Tokens(path, max_tokens, max_windows)
    if engine == "torch":
        from .engines.torch_engine import TorchEngine

        return TorchEngine(tokens, path, batch_size, threads, gpu_address, precision, pooling, pad_id)
    if engine == "openvino":
        from .engines.openvino_engine import OpenVinoEngine

        return OpenVinoEngine(tokens, onnx_folder, batch_size, threads, precision, pad_id)
    from .engines.onnx_engine import OnnxEngine

    return OnnxEngine(tokens, onnx_folder, batch_size, threads, pad_id)
