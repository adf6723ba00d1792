"""A training state on disk, written atomically, so that a killed training goes on where it stopped."""

import os
from pathlib import Path

import torch


def save(path: Path, state: dict) -> None:
    """Write `state` beside `path`, then rename: a reader sees the former or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    torch.save(state, part)
    os.replace(part, path)


def load(path: Path, fingerprint: str) -> dict | None:
    """The saved state, or None where there is none or it belongs to another training (`fingerprint` differs)."""
    if not path.is_file():
        return None
    state = torch.load(path, weights_only=False)
    return state if state["fingerprint"] == fingerprint else None


def remove(path: Path) -> None:
    """Forget a finished training's state."""
    path.unlink(missing_ok=True)
