"""transformers in torch: float32, bfloat16 or float16 on a GPU, float32 or bfloat16 on the CPU."""

import logging
from collections.abc import Iterator

import numpy as np

from .engine import Engine
from .onnx_engine import CPU_TOKENS
from .packed_bert import PackedBert, can_pack
from .pooled import pooled_encoder
from .tokens import Tokens, Windows

LOG = logging.getLogger("interestlake")
# tokens of one pass on a GPU: enough that launching kernels costs little beside running them
GPU_TOKENS = 65_536


class TorchEngine(Engine):
    """The encoder of `path` on the GPU `gpu_address`, else on `threads` CPU threads.

    On a GPU, or where `pack` says so, BERT's texts lie end to end without padding; other encoders get padded batches
    under the budget.
    """

    def __init__(
        self,
        tokens: Tokens,
        path: str,
        batch_size: int,
        threads: int,
        gpu_address: str | None,
        precision: str = "f32",
        pooling: str = "mean",
        pad_id: int = 0,
        pack: bool | None = None,
    ):
        import torch

        on_gpu = gpu_address is not None and torch.cuda.is_available()
        if gpu_address is not None and not on_gpu:
            LOG.warning("the task holds GPU %s, but torch sees no CUDA here: embedding on the CPU", gpu_address)
        super().__init__(tokens, batch_size, GPU_TOKENS if on_gpu else CPU_TOKENS, pad_id)
        if on_gpu:
            self.batch_size = GPU_TOKENS  # the budget of tokens alone
        self.torch, self.device = torch, torch.device(f"cuda:{gpu_address}" if on_gpu else "cpu")
        if not on_gpu:
            torch.set_num_threads(threads)
        # a CPU has no fast float16, and not each has bfloat16
        exact = precision == "f32" or (not on_gpu and (precision == "f16" or not _cpu_has_bf16()))
        kind = torch.float32 if exact else {"bf16": torch.bfloat16, "f16": torch.float16}[precision]
        self.model = pooled_encoder(path, "sdpa", pooling).to(self.device, kind)
        pack = on_gpu if pack is None else pack
        self.packed = PackedBert(self.model.bert, pooling) if pack and can_pack(self.model.bert.config) else None

    def forward(self, ids: np.ndarray, mask: np.ndarray) -> np.ndarray:
        with self.torch.inference_mode():
            tensors = (self.torch.from_numpy(array).to(self.device) for array in (ids, mask, np.zeros_like(ids)))
            return self.model(*tensors).float().cpu().numpy()

    def _windows(self, windows: Windows) -> np.ndarray:
        if self.packed is None or not windows.ids:
            return super()._windows(windows)
        lengths, vectors = windows.lengths, []
        for rows in self.packs(lengths):
            flat = np.concatenate([windows.ids[row] for row in rows])
            # left on the device: the copy back waits for the pass, and the next one can be queued before it
            vectors.append(self.packed.encode(flat, lengths[rows]))
            self._count(len(flat), len(flat))
        self.counts.rows += windows.texts
        return self.torch.cat(vectors).cpu().numpy()  # (windows, dimension)

    def packs(self, lengths: np.ndarray) -> Iterator[np.ndarray]:
        """lengths (n) -> row numbers of one pack after another, in order, at most `batch_tokens` tokens each."""
        ends = np.cumsum(lengths)
        start = 0
        while start < len(lengths):
            before = ends[start - 1] if start else 0
            end = max(int(np.searchsorted(ends, before + self.batch_tokens, "right")), start + 1)
            yield np.arange(start, end)
            start = end


def _cpu_has_bf16() -> bool:
    import torch

    return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
