"""Figures on disk as JSON that a comparison of two files can rest on."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np


def write_metrics(report: Mapping, path: Path) -> None:
    """JSON with sorted keys; a figure that is not a number becomes null."""
    path.write_text(json.dumps(_plain(report), indent=1, sort_keys=True, allow_nan=False) + "\n")


def _plain(value):
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, float | np.floating):
        return round(float(value), 6) if np.isfinite(value) else None
    return int(value) if isinstance(value, np.integer) else value
