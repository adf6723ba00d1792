"""A training state on disk, written atomically, so that a killed training goes on where it stopped."""

import os
import tempfile
from pathlib import Path

import torch


def place(lake: str, run_id: str) -> Path:
    """Where a run's training keeps its state: in the lake's folder, or in the machine's own where the lake is remote.

    A training that is resumed on another machine than the lake's then starts anew.
    """
    local = lake.removeprefix("file://")
    folder = Path(tempfile.gettempdir()) / "interestlake" if "://" in local else Path(local)
    return folder / "checkpoints" / f"{run_id}.pt"


def save(path: Path, state: dict) -> None:
    """Write `state` beside `path`, then rename: a reader sees the former or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    torch.save(state, part)
    os.replace(part, path)


def load(path: Path, fingerprint: str) -> dict | None:
    """The saved state, or None where there is none or it belongs to another training (`fingerprint` differs).

    Only tensors and plain values are read, never code.
    """
    if not path.is_file():
        return None
    state = torch.load(path, map_location="cpu", weights_only=True)
    return state if state["fingerprint"] == fingerprint else None


def remove(path: Path) -> None:
    """Forget a finished training's state."""
    path.unlink(missing_ok=True)
