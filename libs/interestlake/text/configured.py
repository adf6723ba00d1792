"""The encoder that section `embed` names: its id for all who read vectors, and how to load it. No pyspark here."""

from ..core.cache import cache_folder
from ..core.params.all import Embed
from .encoder_files import EncoderFiles, export_onnx, find_encoder
from .encoders import load_encoder
from .engines.engine import Engine
from .onnx_files import int8_onnx
from .quantise import ONNX_SUFFIX, OPENVINO_SUFFIX, int8_encoder, int8_model


def configured_encoder(settings: Embed, tracking_uri: str | None = None, task_has_gpu: bool = False) -> EncoderFiles:
    """The encoder under whose id `interestlake embed` writes with these settings; one in int8 has an id of its own.

    task_has_gpu: whether each task holds a GPU, where engine "auto" under precision "fast" means torch and no int8.
    Reads files only. Raises BadInput where files are missing.
    """
    encoder = find_encoder(
        settings.model_path,
        settings.max_tokens,
        max_windows=settings.max_windows,
        any_family=True,
        tracking_uri=tracking_uri,
    )
    if settings.precision != "fast":
        return encoder
    by_torch = settings.engine == "auto" and task_has_gpu and encoder.family != "onnx"
    return int8_encoder(encoder, "torch" if by_torch else settings.engine)


def loading(encoder: EncoderFiles, batch_size: int, threads: int) -> tuple:
    """Arguments of `load_encoder` for a process without a GPU whose vectors compare with those of `encoder.model_id`.

    The model's file is made in the cache where it is not there yet; the tuple travels to workers.
    """
    cache = cache_folder()
    if encoder.model_id.endswith(OPENVINO_SUFFIX):
        engine, precision, folder = "openvino", "int8", int8_model(encoder, cache)
    elif encoder.model_id.endswith(ONNX_SUFFIX):
        engine, precision, folder = "onnx", "int8", int8_onnx(encoder, cache)
    else:
        engine, precision, folder = "onnx", "f32", export_onnx(encoder, cache)
    return (engine, encoder.path, folder, encoder.max_tokens, batch_size, threads, None, precision,
            encoder.max_windows, encoder.pooling, encoder.pad_id)  # fmt: skip


def loaded_encoder(encoder: EncoderFiles, batch_size: int = 1, threads: int = 1) -> Engine:
    """The encoder in this process; see `loading`."""
    return load_encoder(*loading(encoder, batch_size, threads))
