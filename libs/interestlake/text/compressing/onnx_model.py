"""A whole classifier as one ONNX graph: ids and mask in, logits out; its int8 form; and what answers from it."""

import json
import logging
import shutil
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ...core.errors import BadInput
from ..tuning.batches import Pieces, by_length, padded
from ..tuning.classifier import Classifier
from ..tuning.intents import IntentModel
from ..tuning.outlier_scores import Threshold
from ..tuning.saved import DESCRIPTION, TOKENIZER
from ..tuning.sentiment import SentimentModel

GRAPH, OPSET = "model.onnx", 17
ROWS, TOKENS = 64, 2_048
INPUTS = ("ids", "mask")


class _Whole(nn.Module):
    def __init__(self, bert: nn.Module, head: nn.Module):
        super().__init__()
        self.bert, self.head = bert, head

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        states = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state  # (batch, tokens, width)
        shown = mask.unsqueeze(-1).float()
        return self.head((states * shown).sum(1) / shown.sum(1).clamp(min=1e-9))


def export(classifier: Classifier, source: Path, folder: Path) -> Path:
    """Write `folder`: the graph of `classifier`, and the tokenizer and description of the model in `source`."""
    folder.mkdir(parents=True, exist_ok=True)
    bert = classifier.encoder.merged()
    # the fused kernels have no plain ONNX form
    bert.set_attn_implementation("eager")
    example = (torch.ones(2, 7, dtype=torch.long), torch.ones(2, 7, dtype=torch.long))
    axes = {name: {0: "batch", 1: "tokens"} for name in INPUTS} | {"logits": {0: "batch"}}
    whole = _Whole(bert, classifier.head).eval()
    with warnings.catch_warnings():
        # the tracer warns of shapes that it takes from the axes above, the exporter of an index that is never negative
        warnings.simplefilter("ignore")
        torch.onnx.export(whole, example, str(folder / GRAPH), input_names=list(INPUTS), output_names=["logits"],
                          dynamic_axes=axes, opset_version=OPSET, dynamo=False)  # fmt: skip
    bert.set_attn_implementation("sdpa")
    for name in (*TOKENIZER, DESCRIPTION):
        shutil.copyfile(source / name, folder / name)
    return folder


def quantise(folder: Path, target: Path) -> Path:
    """The graph of `folder` with 8-bit matrices, a scale per column, and activations scaled as they come (dynamic)."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    target.mkdir(parents=True, exist_ok=True)
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)  # it advises a step that only convolutions gain by
    try:
        # word vectors too: they are half of the file
        quantize_dynamic(str(folder / GRAPH), str(target / GRAPH), per_channel=True, weight_type=QuantType.QInt8,
                         op_types_to_quantize=["MatMul", "Gemm", "Gather"])  # fmt: skip
    finally:
        root.setLevel(level)
    for name in (*TOKENIZER, DESCRIPTION):
        shutil.copyfile(folder / name, target / name)
    return target


class OnnxClassifier:
    """What tuning.classifier.Classifier answers, by ONNX Runtime."""

    def __init__(self, folder: str | Path, max_tokens: int, threads: int = 1):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        self.session = onnxruntime.InferenceSession(str(Path(folder) / GRAPH), options, ["CPUExecutionProvider"])
        self.pieces = Pieces(str(folder), max_tokens)

    def logits(self, texts: Sequence[str]) -> np.ndarray:
        """texts (n) -> (n, outputs) float32, in the order of `texts`."""
        pieces = self.pieces.of_texts(texts)
        parts = [np.empty(0, np.float32)] * len(pieces)
        for rows in by_length([len(piece) for piece in pieces], ROWS, TOKENS):
            given = padded([pieces[row] for row in rows], torch.device("cpu"))
            shown = {name: part.numpy() for name, part in zip(INPUTS, given, strict=True)}
            answers = np.asarray(self.session.run(None, shown)[0])
            for row, answer in zip(rows, answers, strict=True):
                parts[row] = answer
        return np.stack(parts)


def load_compressed(folder: str | Path, threads: int = 1) -> IntentModel | SentimentModel:
    """A form that `interestlake compress` left, as the model it was made from; BadInput where that is not there."""
    place = Path(folder)
    if not (place / GRAPH).is_file() or not (place / DESCRIPTION).is_file():
        raise BadInput.of("model", found=f"{place} without {GRAPH}", expected="a folder of compress", where="load")
    described = json.loads((place / DESCRIPTION).read_text(encoding="utf-8"))
    classifier: Any = OnnxClassifier(place, described["max_tokens"], threads)
    if described["task"] == "intents":
        return IntentModel(classifier, described["classes"], Threshold(described["score"], described["threshold"], {}))
    return SentimentModel(classifier, described["classes"])
