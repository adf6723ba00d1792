"""A Hugging Face BERT folder -> an ONNX folder for Spark NLP and ONNX Runtime; pooling is inside the graph."""

import os
import shutil
import tempfile
from pathlib import Path

# ONNX Runtime 1.19 inside Spark NLP reads IR 8; opset 14 has all that BERT needs
IR_VERSION, OPSET = 8, 14
INPUTS = ("input_ids", "attention_mask", "token_type_ids")
OUTPUT = "last_hidden_state"


def cache_folder() -> Path:
    """Where exports are kept: $XDG_CACHE_HOME or ~/.cache, under interestlake/onnx."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "interestlake" / "onnx"


def exported(folder: Path, name: str) -> Path:
    """The ONNX folder of an encoder, made on first use (a few seconds): model.onnx and assets/vocab.txt.

    The graph maps int64 (batch, tokens) inputs to `last_hidden_state`, (batch, dimension) float32: the mean of the
    token vectors under the attention mask, scaled to unit length. Written beside and renamed: a kill leaves no half.
    """
    target = cache_folder() / name
    if (target / "model.onnx").is_file():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=target.parent, prefix=f"{name}."))
    try:
        _export(folder, part)
        os.rename(part, target)
    except OSError:
        # another process was first
        if not (target / "model.onnx").is_file():
            raise
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return target


def _export(folder: Path, into: Path) -> None:
    import onnx
    import torch
    from torch.nn import functional
    from transformers import AutoModel

    class Pooled(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.encoder = AutoModel.from_pretrained(folder, attn_implementation="eager").eval()

        def forward(self, input_ids, attention_mask, token_type_ids):
            tokens = self.encoder(input_ids, attention_mask, token_type_ids).last_hidden_state
            mask = attention_mask[:, :, None].to(tokens.dtype)
            return functional.normalize((tokens * mask).sum(1) / mask.sum(1).clamp_min(1e-9), dim=-1)

    sample = torch.ones(2, 8, dtype=torch.int64)
    axes = {0: "batch", 1: "tokens"}
    path = str(into / "model.onnx")
    with torch.no_grad():
        torch.onnx.export(
            Pooled(),
            (sample, sample, sample * 0),
            path,
            input_names=list(INPUTS),
            output_names=[OUTPUT],
            dynamic_axes={**dict.fromkeys(INPUTS, axes), OUTPUT: {0: "batch"}},
            opset_version=OPSET,
            dynamo=False,
        )
    graph = onnx.load(path)
    graph.ir_version = IR_VERSION
    onnx.save(graph, path)
    (into / "assets").mkdir()
    shutil.copy(folder / "vocab.txt", into / "assets" / "vocab.txt")
