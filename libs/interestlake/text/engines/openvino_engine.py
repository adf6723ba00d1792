"""OpenVINO on the CPU: float32, bfloat16 where the processor has it, or a calibrated int8 model."""

from pathlib import Path

import numpy as np

from .engine import Engine
from .onnx_engine import named
from .tokens import Tokens

# places of one pass: the activations of more leave the second-level cache
BATCH_TOKENS = 1024
# values of a token that share a scale in int8: of 32, 64, 128 and 384 the best trade of speed and neighbours
ACTIVATION_GROUP = 128


def has_bf16() -> bool:
    """Whether this machine's processor multiplies bfloat16 in hardware, as OpenVINO sees it."""
    import openvino

    return "BF16" in openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


class OpenVinoEngine(Engine):
    """The model of `folder` (model.xml, else model.onnx) on `threads` threads.

    precision "f32" computes exactly; "bf16" rounds where the processor has it and computes in float32 elsewhere; "int8"
    expects a quantised model.xml, of which the layers that stayed in floating point run as "bf16" does.
    """

    def __init__(self, tokens: Tokens, folder: str, batch_size: int, threads: int, precision: str, pad_id: int = 0):
        import openvino

        super().__init__(tokens, batch_size, BATCH_TOKENS, pad_id)
        model = Path(folder) / "model.xml"
        core = openvino.Core()
        exact = precision == "f32" or not has_bf16()
        settings = {
            "INFERENCE_PRECISION_HINT": "f32" if exact else "bf16",
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": 1,
            "ENABLE_CPU_PINNING": False,  # tasks beside each other would be pinned to the same cores
            "DYNAMIC_QUANTIZATION_GROUP_SIZE": ACTIVATION_GROUP if precision == "int8" else 0,
        }
        compiled = core.compile_model(str(model if model.is_file() else model.with_suffix(".onnx")), "CPU", settings)
        self.inputs = [one.any_name for one in compiled.inputs]
        self.request = compiled.create_infer_request()

    def forward(self, ids: np.ndarray, mask: np.ndarray) -> np.ndarray:
        self.request.infer(named(self.inputs, ids, mask), share_inputs=True)
        return self.request.get_output_tensor(0).data.copy()
