"""What a former fit left, put into today's network; and what a network leaves."""

from collections.abc import Mapping

import numpy as np
import torch
from scipy.linalg import orthogonal_procrustes
from threadpoolctl import threadpool_limits
from torch import nn

from .start import NotAlike, Start


def left_by(model: nn.Module) -> dict[str, np.ndarray]:
    """name -> array of all that a training of the model learned, and of the side features it was learned on."""
    return {name: value.detach().cpu().numpy().copy() for name, value in model.state_dict().items()}


def lay_over(model: nn.Module, start: Start, tables: Mapping[str, tuple[str, ...]]) -> None:
    """Put what the former fit left into `model`, in place; new people and items keep what they began with.

    tables: names of the parameters and side features that have a row for each of these axes, one after the other; all
    others are taken whole. Side features stay today's, turned to lie as the former ones did (orthogonal Procrustes,
    Schoenemann 1966), as singular vectors of other data have other axes. Raises NotAlike.
    """
    with torch.no_grad():
        for name, value in model.state_dict().items():
            former = start.weights.get(name)
            if former is None or former.shape[1:] != tuple(value.shape[1:]):
                raise NotAlike(f"{name} was {'not there' if former is None else former.shape}, is {tuple(value.shape)}")
            if name not in tables:
                if former.shape != tuple(value.shape):
                    raise NotAlike(f"{name} was {former.shape}, is {tuple(value.shape)}")
                value.copy_(torch.as_tensor(former))
                continue
            places = _places(start, tables[name])
            here = np.flatnonzero(places >= 0)
            if name.split(".")[-1] == "side":
                value.copy_(torch.as_tensor(_turned(value.cpu().numpy(), here, former[places[here]])))
            else:
                value[torch.as_tensor(here)] = torch.as_tensor(former[places[here]])


def _places(start: Start, axes: tuple[str, ...]) -> np.ndarray:
    """(sum of the axes,) int64 row of the former table, -1 for none."""
    parts, before = [], 0
    for axis in axes:
        rows = start.rows[axis]
        parts.append(np.where(rows >= 0, rows + before, -1))
        before += start.sizes[axis]
    return np.concatenate(parts)


def _turned(side: np.ndarray, here: np.ndarray, former: np.ndarray) -> np.ndarray:
    """side (n, d), of which the rows `here` were `former` -> side turned towards them, lengths as they are."""
    if not len(here) or np.array_equal(side[here], former):
        return side
    with threadpool_limits(1, "blas"):  # an SVD of some hundred columns: more threads give other last digits
        turn, _ = orthogonal_procrustes(side[here].astype(np.float64), former.astype(np.float64))
    return (side @ turn).astype(np.float32)
