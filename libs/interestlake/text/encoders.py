"""Text -> unit vectors by ONNX Runtime or torch, on one worker. No pyspark here."""

import logging
import os
from functools import lru_cache
from pathlib import Path

import numpy as np

from .encoder_files import INPUTS

LOG = logging.getLogger("interestlake")
# padded tokens of one forward pass on a CPU: larger batches leave its caches
CPU_TOKENS = 1024


class Encoder:
    """Tokens once, then batches of texts of like length through `_forward`."""

    def __init__(self, path: str, max_tokens: int, batch_size: int, batch_tokens: int | None):
        from tokenizers import Tokenizer

        self.tokenizer = Tokenizer.from_file(str(Path(path) / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(max_tokens)
        self.batch_size, self.batch_tokens = batch_size, batch_tokens

    def encode(self, texts: list[str]) -> np.ndarray:
        """texts (n) -> vectors (n, dimension) float32 of unit length, in the order of `texts`."""
        encoded = self.tokenizer.encode_batch(texts)
        lengths = [len(one.ids) for one in encoded]
        order = sorted(range(len(texts)), key=lengths.__getitem__)
        vectors: list[np.ndarray | None] = [None] * len(texts)
        for rows in self._batches(order, lengths):
            ids = np.zeros((len(rows), lengths[rows[-1]]), np.int64)  # (batch, tokens)
            mask = np.zeros_like(ids)
            for place, row in enumerate(rows):
                ids[place, : lengths[row]] = encoded[row].ids
                mask[place, : lengths[row]] = 1
            for row, vector in zip(rows, self._forward(ids, mask), strict=True):
                vectors[row] = vector
        return np.stack(vectors) if vectors else np.zeros((0, 0), np.float32)

    def _batches(self, order: list[int], lengths: list[int]):
        batch: list[int] = []
        for row in order:
            full = self.batch_tokens is not None and (len(batch) + 1) * lengths[row] > self.batch_tokens
            if batch and (full or len(batch) == self.batch_size):
                yield batch
                batch = []
            batch.append(row)
        if batch:
            yield batch

    def _forward(self, ids: np.ndarray, mask: np.ndarray) -> np.ndarray:
        """(batch, tokens) int64 twice -> (batch, dimension) float32."""
        raise NotImplementedError


class OnnxEncoder(Encoder):
    """ONNX Runtime in float32 on `threads` CPU threads."""

    def __init__(self, path: str, onnx_folder: str, max_tokens: int, batch_size: int, threads: int):
        import onnxruntime

        super().__init__(path, max_tokens, batch_size, CPU_TOKENS)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        model = str(Path(onnx_folder) / "model.onnx")
        self.session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def _forward(self, ids: np.ndarray, mask: np.ndarray) -> np.ndarray:
        return self.session.run(None, dict(zip(INPUTS, (ids, mask, np.zeros_like(ids)), strict=True)))[0]


class TorchEncoder(Encoder):
    """transformers in float32, on the GPU `gpu_address` or on `threads` CPU threads."""

    def __init__(self, path: str, max_tokens: int, batch_size: int, threads: int, gpu_address: str | None):
        import torch

        on_gpu = gpu_address is not None and torch.cuda.is_available()
        if gpu_address is not None and not on_gpu:
            LOG.warning("the task holds GPU %s, but torch sees no CUDA here: embedding on the CPU", gpu_address)
        super().__init__(path, max_tokens, batch_size, None if on_gpu else CPU_TOKENS)
        self.torch, self.device = torch, torch.device(f"cuda:{gpu_address}" if on_gpu else "cpu")
        torch.set_num_threads(threads)
        self.model = pooled_bert(path, attention="sdpa").to(self.device)

    def _forward(self, ids: np.ndarray, mask: np.ndarray) -> np.ndarray:
        with self.torch.inference_mode():
            tensors = (self.torch.from_numpy(array).to(self.device) for array in (ids, mask, np.zeros_like(ids)))
            return self.model(*tensors).cpu().numpy()


def pooled_bert(path: str, attention: str):
    """A torch module (ids, mask, types), each (batch, tokens) int64 -> (batch, dimension) float32 of unit length."""
    import torch
    from transformers import AutoModel
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()

    class PooledBert(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.bert = AutoModel.from_pretrained(path, attn_implementation=attention, local_files_only=True)

        def forward(self, input_ids, attention_mask, token_type_ids):
            hidden = self.bert(
                input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
            ).last_hidden_state  # (batch, tokens, dimension)
            kept = attention_mask.unsqueeze(-1).to(hidden.dtype)  # (batch, tokens, 1)
            mean = (hidden * kept).sum(1) / kept.sum(1).clamp(min=1e-9)  # (batch, dimension)
            return torch.nn.functional.normalize(mean, dim=1)

    return PooledBert().eval()


@lru_cache(maxsize=1)
def load_encoder(
    engine: str, path: str, onnx_folder: str, max_tokens: int, batch_size: int, threads: int, gpu_address: str | None
) -> Encoder:
    """The encoder of this worker process, loaded once. Raises FileNotFoundError where this host lacks its files."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    needed = Path(path) / "tokenizer.json" if engine == "torch" else Path(onnx_folder) / "model.onnx"
    if not needed.is_file() or not Path(path).is_dir():
        raise FileNotFoundError(
            f"encoder: found no {needed} on this executor; expected the same files on every host; put embed.model_path "
            "and $INTERESTLAKE_CACHE on a shared disk, or install interestlake[minilm] on every host"
        )
    if engine == "torch":
        return TorchEncoder(path, max_tokens, batch_size, threads, gpu_address)
    return OnnxEncoder(path, onnx_folder, max_tokens, batch_size, threads)
