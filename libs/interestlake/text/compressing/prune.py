"""Fewer weights and fewer heads, without another training."""

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..tuning.batches import by_length, padded
from ..tuning.classifier import Classifier

WEIGHED_ROWS, WEIGHED_TOKENS = 32, 2_048


def matrices(bert: Any) -> list[Tensor]:
    """The weights of the encoder's linear maps."""
    return [part.weight for part in bert.encoder.modules() if isinstance(part, nn.Linear)]


def prune_weights(bert: Any, share: float) -> None:
    """Set the `share` of the matrices' weights nearest to 0 to 0, over all layers together (Han et al., 2015)."""
    weights = matrices(bert)
    size = torch.cat([weight.detach().abs().flatten() for weight in weights])
    if not (count := round(share * len(size))):
        return
    limit = size.kthvalue(count).values
    for weight in weights:
        weight.data[weight.abs() <= limit] = 0.0


def head_importance(classifier: Classifier, pieces: list[list[int]]) -> np.ndarray:
    """(layers, heads) mean |d loss / d gate| of a gate at 1 on each head's output (Michel et al., 2019).

    The loss is the cross-entropy of the classifier's own answers, so that no label is needed.
    """
    bert, head = classifier.encoder.bert, classifier.head
    width, layers = classifier.encoder.width, bert.encoder.layer
    size = width // bert.config.num_attention_heads
    gates = [torch.ones(1, 1, width, requires_grad=True) for _ in layers]
    hooks = [layer.attention.output.dense.register_forward_pre_hook(lambda _, given, gate=gate: (given[0] * gate,))
             for layer, gate in zip(layers, gates, strict=True)]  # fmt: skip
    total = np.zeros((len(layers), bert.config.num_attention_heads))
    try:
        for rows in by_length([len(piece) for piece in pieces], WEIGHED_ROWS, WEIGHED_TOKENS):
            logits = head(classifier.encoder.pooled(*padded([pieces[row] for row in rows], torch.device("cpu"))))
            gradients = torch.autograd.grad(F.cross_entropy(logits, logits.argmax(dim=1)), gates)
            # (1, 1, width) -> (heads,)
            total += np.stack([gate.flatten().unflatten(0, (-1, size)).sum(dim=1).abs().numpy() for gate in gradients])
    finally:
        for hook in hooks:
            hook.remove()
    return total / np.linalg.norm(total, axis=1, keepdims=True).clip(1e-12)


def prune_heads(bert: Any, importance: np.ndarray, share: float) -> list[tuple[int, int]]:
    """Cut the `share` of heads of least `importance` out of the matrices, one head at least stays in a layer.

    -> the (layer, head) that are gone. Layers may differ in heads then, which no configuration says: export the graph.
    """
    size = bert.config.hidden_size // bert.config.num_attention_heads
    gone: list[tuple[int, int]] = []
    for place in np.argsort(importance, axis=None, kind="stable"):
        layer, head = divmod(int(place), importance.shape[1])
        if len(gone) == round(share * importance.size):
            break
        if sum(one == layer for one, _ in gone) < importance.shape[1] - 1:
            gone.append((layer, head))
    for number, layer in enumerate(bert.encoder.layer):
        lost = {head for one, head in gone if one == number}
        columns = torch.tensor([place for place in range(bert.config.hidden_size) if place // size not in lost])
        part = layer.attention.self
        part.query, part.key, part.value = (_rows(one, columns) for one in (part.query, part.key, part.value))
        layer.attention.output.dense = _columns(layer.attention.output.dense, columns)
    return gone


def _rows(linear: nn.Linear, rows: Tensor) -> nn.Linear:
    return _linear(linear.weight.data[rows], linear.bias.data[rows])


def _columns(linear: nn.Linear, columns: Tensor) -> nn.Linear:
    return _linear(linear.weight.data[:, columns], linear.bias.data)


def _linear(weight: Tensor, bias: Tensor) -> nn.Linear:
    made = nn.Linear(weight.shape[1], weight.shape[0])
    made.weight.data, made.bias.data = weight.clone(), bias.clone()
    return made
