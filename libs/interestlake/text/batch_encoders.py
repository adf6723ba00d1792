"""Encoders that run inside a Python worker: ONNX Runtime or torch, one model per process, texts sorted by length."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np

from ..errors import BadInput

Encode = Callable[[list[str]], np.ndarray]


def _tokenizer(folder: str, max_tokens: int):
    from tokenizers import Tokenizer

    path = Path(folder) / "tokenizer.json"
    if not path.is_file():
        raise BadInput.of(
            "encoder", found=f"no {path} on this executor", expected="the model's folder", where="model_path"
        )
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.enable_truncation(max_tokens)
    tokenizer.no_padding()
    return tokenizer


def _padded(encodings) -> tuple[np.ndarray, np.ndarray]:
    """Token ids and mask, (batch, longest) int64."""
    longest = max(len(encoding.ids) for encoding in encodings)
    ids = np.zeros((len(encodings), longest), np.int64)
    mask = np.zeros_like(ids)
    for row, encoding in enumerate(encodings):
        ids[row, : len(encoding.ids)] = encoding.ids
        mask[row, : len(encoding.ids)] = 1
    return ids, mask


def _sorted_batches(tokenizer, forward, batch_size: int) -> Encode:
    def encode(texts: list[str]) -> np.ndarray:
        """texts -> (texts, dimension) float32 of unit length, in the order given."""
        encodings = tokenizer.encode_batch(texts)
        order = np.argsort([len(encoding.ids) for encoding in encodings], kind="stable")
        parts = []
        for start in range(0, len(order), batch_size):
            parts.append(forward(*_padded([encodings[row] for row in order[start : start + batch_size]])))
        vectors = np.concatenate(parts)
        restored = np.empty_like(vectors)
        restored[order] = vectors
        return restored

    return encode


@lru_cache(maxsize=2)
def onnx_encoder(folder: str, onnx_folder: str, max_tokens: int, batch_size: int, threads: int) -> Encode:
    """ONNX Runtime on the CPU, fp32, `threads` per process. Raises BadInput where this executor lacks the folders."""
    import onnxruntime

    path = Path(onnx_folder) / "model.onnx"
    if not path.is_file():
        raise BadInput.of(
            "encoder", found=f"no {path} on this executor", expected="the ONNX export", where="a path all see"
        )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def forward(ids: np.ndarray, mask: np.ndarray) -> np.ndarray:
        feeds = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        return session.run(None, feeds)[0]

    return _sorted_batches(_tokenizer(folder, max_tokens), forward, batch_size)


@lru_cache(maxsize=2)
def torch_encoder(folder: str, max_tokens: int, batch_size: int, threads: int, device: str) -> Encode:
    """transformers on `device` ("cpu" or "cuda:N"), fp32."""
    import torch
    from torch.nn import functional
    from transformers import AutoModel

    if device == "cpu":
        torch.set_num_threads(threads)
    model = AutoModel.from_pretrained(folder).eval().to(device)

    def forward(ids: np.ndarray, mask: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            mask_tensor = torch.as_tensor(mask, device=device)
            tokens = model(torch.as_tensor(ids, device=device), mask_tensor).last_hidden_state
            weights = mask_tensor[:, :, None].to(tokens.dtype)
            mean = (tokens * weights).sum(1) / weights.sum(1).clamp_min(1e-9)  # (B, L, D) -> (B, D)
            return functional.normalize(mean, dim=-1).float().cpu().numpy()

    return _sorted_batches(_tokenizer(folder, max_tokens), forward, batch_size)


def task_device() -> str:
    """The device of the running task: its GPU by the resource address Spark gave it, else "cpu".

    A task with a GPU address on a machine without CUDA (a rehearsal of the scheduling) computes on the CPU and says so.
    """
    import torch
    from pyspark import TaskContext

    task = TaskContext.get()
    resources = task.resources() if task else {}
    if "gpu" not in resources:
        return "cpu"
    address = resources["gpu"].addresses[0]
    if not torch.cuda.is_available():
        print(f"task has GPU address {address}, but torch finds no CUDA here: computing on the CPU")
        return "cpu"
    return f"cuda:{address}"
