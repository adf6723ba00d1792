"""BERT over texts laid end to end: no padding in the matrix products, attention within each text only.

The weights are those of a transformers BertModel; the pass is Devlin et al. 2019, its attention the variable-length
flash attention of Dao 2023 where torch has it for the device, else torch's own over a padded view.
"""

import logging
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
import torch.nn.functional as nnf
from torch import Tensor

LOG = logging.getLogger("interestlake")


def can_pack(config: Any) -> bool:
    """Whether a transformers config is of a BERT that this pass computes: absolute positions, gelu, no decoder."""
    positions = getattr(config, "position_embedding_type", "absolute") or "absolute"
    return (
        config.model_type == "bert"
        and positions == "absolute"
        and config.hidden_act == "gelu"
        and not getattr(config, "is_decoder", False)
    )


class PackedBert:
    """A BertModel's forward pass and pooling over packed texts, in the model's own device and number format."""

    def __init__(self, bert: Any, pooling: str = "mean"):
        config = bert.config
        self.pooling, self.epsilon = pooling, config.layer_norm_eps
        self.heads, self.width = config.num_attention_heads, config.hidden_size // config.num_attention_heads
        self.embeddings, self.layers = bert.embeddings, []
        for layer in bert.encoder.layer:
            own, out = layer.attention.self, layer.attention.output
            joined = [
                torch.cat([getattr(own, name).weight.data for name in ("query", "key", "value")]),
                torch.cat([getattr(own, name).bias.data for name in ("query", "key", "value")]),
            ]
            self.layers.append((*joined, out.dense, out.LayerNorm, layer.intermediate.dense, layer.output.dense,
                                layer.output.LayerNorm))  # fmt: skip
        weight = self.embeddings.word_embeddings.weight
        self.device, self.kind = weight.device, weight.dtype
        self.attend = attention_for(self.device, self.kind, self.heads, self.width)

    @torch.inference_mode()
    def encode(self, ids: np.ndarray, lengths: np.ndarray) -> Tensor:
        """ids (total) of all texts end to end, lengths (n) -> (n, dimension) float32 of unit length, on the device."""
        ends = np.cumsum(lengths)
        places = np.arange(len(ids)) - np.repeat(ends - lengths, lengths)
        pack = Pack(lengths, self.device)
        both = torch.from_numpy(np.stack([ids, places]).astype(np.int64))
        both = both.pin_memory() if self.device.type == "cuda" else both
        ids_there, places_there = both.to(self.device, non_blocking=True)
        return self.forward(ids_there, places_there, pack)

    def forward(self, ids: Tensor, places: Tensor, pack: "Pack") -> Tensor:
        """ids, places (total) int64 -> (n, dimension) float32."""
        table = self.embeddings
        x = table.word_embeddings(ids) + table.position_embeddings(places) + table.token_type_embeddings.weight[0]
        x = table.LayerNorm(x)  # (total, dimension)
        for weight, bias, out, norm, up, down, last in self.layers:
            # (total, 3 dimension) -> three of (total, heads, width)
            q, k, v = nnf.linear(x, weight, bias).view(len(x), 3, self.heads, self.width).unbind(1)
            x = norm(x + out(self.attend(q, k, v, pack).reshape(len(x), -1)))
            x = last(x + down(nnf.gelu(up(x))))
        return self._pool(x.float(), pack)

    def _pool(self, x: Tensor, pack: "Pack") -> Tensor:
        if self.pooling == "cls":
            return nnf.normalize(x[pack.bounds[:-1].long()], dim=1)
        sums = torch.zeros(pack.count, x.shape[1], device=x.device).index_add_(0, pack.owner, x)
        return nnf.normalize(sums, dim=1)  # the length divides out


class Pack:
    """Where each text of a pack lies: bounds (n + 1) int32, owner (total) int64, longest."""

    def __init__(self, lengths: np.ndarray, device: torch.device):
        self.count, self.longest = len(lengths), int(lengths.max())
        bounds = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
        self.bounds = torch.from_numpy(bounds).to(device, non_blocking=True)
        self.owner = torch.from_numpy(np.repeat(np.arange(self.count), lengths)).to(device, non_blocking=True)
        self.lengths = torch.from_numpy(lengths.astype(np.int64)).to(device, non_blocking=True)


def attention_for(device: torch.device, kind: torch.dtype, heads: int, width: int) -> Callable[..., Tensor]:
    """The attention (q, k, v each (total, heads, width), pack) -> the same shape that works on this device."""
    if device.type == "cuda" and kind in (torch.float16, torch.bfloat16):
        probe = torch.zeros(4, heads, width, device=device, dtype=kind)
        try:
            _varlen(probe, probe, probe, Pack(np.array([3, 1]), device))
            torch.cuda.synchronize(device)
            return _varlen
        except (ImportError, RuntimeError) as error:
            LOG.warning("no variable-length attention on %s (%s): attention over a padded view", device, error)
    return _padded


def _varlen(q: Tensor, k: Tensor, v: Tensor, pack: Pack) -> Tensor:
    from torch.nn.attention.varlen import varlen_attn

    attend: Any = varlen_attn  # a pair only where it is asked for the sums, too
    return attend(q, k, v, pack.bounds, pack.bounds, pack.longest, pack.longest)


def _padded(q: Tensor, k: Tensor, v: Tensor, pack: Pack) -> Tensor:
    shown = torch.arange(pack.longest, device=q.device) < pack.lengths[:, None]  # (n, longest)

    def spread(x: Tensor) -> Tensor:  # (total, heads, width) -> (n, heads, longest, width)
        view = x.new_zeros(pack.count, pack.longest, *x.shape[1:])
        return view.masked_scatter(shown[..., None, None], x).transpose(1, 2)

    attended = nnf.scaled_dot_product_attention(spread(q), spread(k), spread(v), attn_mask=shown[:, None, None, :])
    return attended.transpose(1, 2)[shown]  # (total, heads, width)
