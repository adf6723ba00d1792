"""ONNX Runtime in float32 on the CPU."""

from pathlib import Path

import numpy as np

from .engine import Engine
from .tokens import Tokens

# padded tokens of one forward pass on a CPU: larger batches leave its caches
CPU_TOKENS = 1024


class OnnxEngine(Engine):
    """`model.onnx` of `folder` on `threads` threads."""

    def __init__(self, tokens: Tokens, folder: str, batch_size: int, threads: int, pad_id: int = 0):
        import onnxruntime

        super().__init__(tokens, batch_size, CPU_TOKENS, pad_id)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        model = str(Path(folder) / "model.onnx")
        self.session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self.inputs = [one.name for one in self.session.get_inputs()]

    def forward(self, ids: np.ndarray, mask: np.ndarray) -> np.ndarray:
        return np.asarray(self.session.run(None, named(self.inputs, ids, mask))[0])


def named(inputs: list[str], ids: np.ndarray, mask: np.ndarray) -> dict[str, np.ndarray]:
    """The arrays that a graph's `inputs` ask for; token types are all 0, one text a row."""
    given = {"input_ids": ids, "attention_mask": mask}
    return {name: given[name] if name in given else np.zeros_like(ids) for name in inputs}
