"""The int8 form of an encoder for OpenVINO. No pyspark here."""

from dataclasses import replace
from pathlib import Path

from .encoder_files import INT8, EncoderFiles
from .onnx_files import ONNX, export_onnx, made_once

# the names that the two int8 forms carry in a vector's key: one is not the other
OPENVINO_SUFFIX, ONNX_SUFFIX = f"{INT8}-openvino", f"{INT8}-onnx"


def int8_encoder(encoder: EncoderFiles, engine: str) -> EncoderFiles:
    """The encoder under the id of its int8 form: vectors of it never mix with exact ones."""
    suffix = {"spark_nlp": ONNX_SUFFIX, "torch": ""}.get(engine, OPENVINO_SUFFIX)
    return replace(encoder, model_id=f"{encoder.weights_id}{suffix}")


def int8_model(encoder: EncoderFiles, cache: Path) -> str:
    """The folder `cache`/openvino-int8/<weights_id> with model.xml and model.bin, made where it is not there yet.

    Weights in int8, symmetric, one scale per output channel. Activations are rounded while it runs, one scale per 128
    values of each token (see `OpenVinoEngine`), so no calibration texts shape the model.
    """
    exact = export_onnx(encoder, cache)

    def make(folder: Path) -> None:
        import logging

        import nncf
        import openvino

        nncf.set_log_level(logging.ERROR)
        model = openvino.Core().read_model(str(Path(exact) / ONNX))
        small = nncf.compress_weights(model, mode=nncf.CompressWeightsMode.INT8_SYM)
        openvino.save_model(small, str(folder / "model.xml"), compress_to_fp16=False)

    return made_once(cache / "openvino-int8" / encoder.weights_id, make, "model.xml")
