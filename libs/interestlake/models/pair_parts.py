"""A two-tower training's fit in parts: each process sends its rows a piece at a time, the driver puts them in place."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ..core.errors import LostProcess
from ..training.loop import History
from ..training.ranks import Ranks
from ..training.rows import NUMBERS, tables
from ..training.states import put_weights, weights_of
from .two_tower import TwoTower


@dataclass(frozen=True)
class PairFit:
    """What a training leaves in a process, of the rows that it has; in one process alone of all.

    vectors: of people and items; pairs: (users,) of each person; listed: indexes of own items of the catalogue.
    """

    model: TwoTower
    history: History
    vectors: tuple[np.ndarray, np.ndarray]
    pairs: np.ndarray
    listed: np.ndarray


@dataclass(frozen=True)
class Shared:
    """What every process has of a fit: curves, the weights that are no table's, and the pairs of each person."""

    history: History
    weights: dict[str, Tensor]
    pairs: np.ndarray

    @classmethod
    def of(cls, fit: PairFit) -> "Shared":
        cut = {f"{name}.weight" for name in tables(fit.model)}
        weights = {name: value for name, value in weights_of(fit.model).items() if name not in cut}
        return cls(fit.history, weights, fit.pairs)


class Piece(NamedTuple):
    """Rows first, first + step, ... of a tower (0 people, 1 items), each array with one entry a row; listed: bool."""

    tower: int
    first: int
    step: int
    identity: np.ndarray
    side: np.ndarray
    vectors: np.ndarray
    listed: np.ndarray


def pieces_of(fit: PairFit, ranks: Ranks) -> Iterator[Piece]:
    """This process's rows of both towers."""
    for number, (tower, vectors) in enumerate(zip(fit.model.towers, fit.vectors, strict=True)):
        identity = tower.identity.weight.detach().numpy()
        listed = np.zeros(len(identity), bool)
        if tower is fit.model.item_tower:
            listed[fit.listed // ranks.count] = True
        step = max(NUMBERS // max(identity.shape[1], tower.side.shape[1]), 1)
        for begin in range(0, len(identity), step):
            cut = (one[begin : begin + step] for one in (identity, tower.side.numpy(), vectors, listed))
            yield Piece(number, ranks.rank + begin * ranks.count, ranks.count, *cut)


class Collected:
    """All rows of a training, as its processes send them."""

    def __init__(self, model: TwoTower):
        """model: of all rows, whatever they hold as yet."""
        self.model = model
        people, items = (np.zeros(tower.identity.weight.shape, np.float32) for tower in model.towers)
        self.vectors = people, items
        self.listed = tuple(np.zeros(len(tower.side), bool) for tower in model.towers)
        self.rows = 0

    @torch.no_grad()
    def put(self, *piece: object) -> None:
        """A Piece, by its entries."""
        at = Piece(*piece)  # type: ignore[arg-type]
        tower, places = self.model.towers[at.tower], slice(at.first, at.first + at.step * len(at.vectors), at.step)
        tower.identity.weight[places] = torch.as_tensor(at.identity)
        tower.side[places] = torch.as_tensor(at.side)
        self.vectors[at.tower][places], self.listed[at.tower][places] = at.vectors, at.listed
        self.rows += len(at.vectors)

    def fit(self, shared: Shared) -> PairFit:
        """The whole. Raises LostProcess where rows are missing."""
        expected = sum(len(vectors) for vectors in self.vectors)
        if self.rows != expected:
            raise LostProcess(
                f"training: found {self.rows} rows of embeddings sent; expected {expected}, of all people and items; "
                "set it in two_tower.processes: the same run id goes on from the last look, also with 1"
            )
        put_weights(self.model, {**weights_of(self.model), **shared.weights})
        return PairFit(self.model.eval(), shared.history, self.vectors, shared.pairs, np.flatnonzero(self.listed[1]))
