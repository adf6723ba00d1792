"""Figures on disk as JSON that a comparison of two files can rest on."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np


def write_metrics(report: Mapping, path: Path, decimals: int | None = 6) -> None:
    """JSON with sorted keys; a figure that is not a number becomes null. decimals: None = every digit."""
    path.write_text(json.dumps(_plain(report, decimals), indent=1, sort_keys=True, allow_nan=False) + "\n")


def _plain(value: Any, decimals: int | None) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(part, decimals) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part, decimals) for part in value]
    if isinstance(value, float | np.floating):
        if not np.isfinite(value):
            return None
        return float(value) if decimals is None else round(float(value), decimals)
    return int(value) if isinstance(value, np.integer) else value
