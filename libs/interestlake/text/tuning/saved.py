"""A tuned model on disk: the encoder as any BERT folder, the head, and a description; no code is read back."""

import json
import shutil
from pathlib import Path

from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from ...core.errors import BadInput
from .batches import Pieces
from .encoder import Encoder

FOLDER, DESCRIPTION, HEAD = "model", "task.json", "head.safetensors"
TOKENIZER = ("tokenizer.json", "vocab.txt")


def save_model(out: Path, source: str, encoder: Encoder, head: nn.Module, description: dict) -> Path:
    """Write `out`/model: config.json, model.safetensors, tokenizer.json, vocab.txt, head.safetensors, task.json.

    The folder is also an encoder for --encoder. Adapters are added into the weights. task.json comes last, so a folder
    without it is an unfinished one.
    """
    folder = out / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    (folder / DESCRIPTION).unlink(missing_ok=True)
    encoder.merged().save_pretrained(folder)
    for name in TOKENIZER:
        shutil.copyfile(Path(source) / name, folder / name)
    save_file({name: weight.detach().cpu().contiguous() for name, weight in head.state_dict().items()}, folder / HEAD)
    (folder / DESCRIPTION).write_text(json.dumps(description, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return folder


def load_model(folder: str | Path, task: str) -> tuple[Encoder, dict[str, Tensor], Pieces, dict]:
    """The parts of a saved model of `task`: encoder on the CPU, head's weights, word pieces, description.

    `folder` is what a command got as --out, or its folder model. Raises BadInput where that is not a finished model of
    this task.
    """
    place = Path(folder)
    place = place / FOLDER if (place / FOLDER / DESCRIPTION).is_file() else place
    if not (place / DESCRIPTION).is_file():
        raise BadInput.of("model", found=f"{place} without {DESCRIPTION}", expected="a finished --out", where="load")
    description = json.loads((place / DESCRIPTION).read_text(encoding="utf-8"))
    if description["task"] != task:
        raise BadInput.of("model", found=f"a model of {description['task']}", expected=task, where="load")
    encoder = Encoder(str(place)).eval()
    return encoder, load_file(place / HEAD), Pieces(str(place), description["max_tokens"]), description
