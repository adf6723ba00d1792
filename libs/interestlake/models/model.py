"""What a model of the registry is: how it is fitted, what it needs, what is searched, what it costs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ..evaluation.search import Grid
from ..interactions.pairs import Pairs
from ..interactions.side_information import SideInformation
from .fitted import Fitted
from .start import Start

if TYPE_CHECKING:
    from .trainer import Trainer

NEEDS = ("times", "sequences", "friends", "texts", "words", "content", "facts", "shared facts")
UNCOUNTED = -1
SKEW = 2.0  # 1.1 to 3.7 on the shared data sets
LEAST = 2.4e6  # bytes that the smallest fit takes
# reason codes: how a model speaks for an item
TOGETHER, NEXT, TEXT, FACTS, PATTERN, FRIENDS, POPULAR = (
    "together",
    "next",
    "text",
    "facts",
    "pattern",
    "friends",
    "popular",
)


@dataclass(frozen=True)
class Size:
    """What a fit meets: pairs, people and items.

    chosen, repeated: items that anybody, that two or more chose; UNCOUNTED = all. together: pairs of items of one
    history, the sum of the squared lengths; UNCOUNTED = that of histories SKEW times as uneven as equal ones.
    """

    pairs: int
    people: int
    items: int
    chosen: int = field(default=UNCOUNTED, compare=False)
    repeated: int = field(default=UNCOUNTED, compare=False)
    together: float = field(default=UNCOUNTED, compare=False)

    def __post_init__(self):
        even = self.pairs**2 / max(self.people, 1)
        for name, value in (("chosen", self.items), ("repeated", self.items), ("together", SKEW * even)):
            if getattr(self, name) == UNCOUNTED:
                object.__setattr__(self, name, value)

    @classmethod
    def of(cls, pairs: Pairs) -> "Size":
        people = np.bincount(pairs.items, minlength=pairs.shape[1])
        lengths = np.diff(pairs.starts).astype(np.float64)
        return cls(len(pairs), *pairs.shape, int((people > 0).sum()), int((people > 1).sum()), float(lengths @ lengths))

    def steps(self, window: int) -> float:
        """Steps from an item of a history to one of the next `window`, about."""
        return self.pairs * min(window, self.pairs / max(self.people, 1) / 2)


@dataclass(frozen=True)
class Cost:
    """Bytes at the peak of one fit at the quick parameters, beside what was held before, and its seconds on one core.

    Calibrated by `python -m bench.fit_costs` on the shared data sets; docs/benchmark.md has the table.
    """

    bytes: float
    seconds: float


@dataclass(frozen=True)
class Model:
    """One model: fit(pairs, side, parameters, seed) -> Fitted; `grids` names the parameters that are searched.

    granularity: of interest, for which it speaks; reason: the code by which a list says so; needs: what the inputs have
    to bring, of NEEDS; cost: of one fit. grids: name -> Grid, or a function of the pairs that gives them.
    while_searching: further parameters that make the fits of a search cheaper. quick: fixed parameters of a first look
    without a search; None = left out of it. trainer: of a model that is trained by epochs; it stops on validation, and
    `fit` then takes as many epochs as were best, as the parameter "epochs". when_named: it runs only where it is asked
    for by name, because it takes long. on_spark: `fit_tables` has a way for it past one machine's bounds.
    go_on: the same fit from what a former one left, None = it is always fitted anew.
    """

    name: str
    granularity: str
    reason: str
    fit: Callable[[Pairs, SideInformation, Mapping, int], Fitted]
    cost: Callable[[Size], Cost]
    grids: Mapping[str, Grid] | Callable[[Pairs], Mapping[str, Grid]] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    budget: int = 24
    while_searching: Mapping = field(default_factory=dict)
    quick: Mapping | None = field(default_factory=dict)
    trainer: "Trainer | None" = None
    when_named: bool = False
    on_spark: bool = False
    go_on: Callable[[Pairs, SideInformation, Mapping, int, Start], Fitted] | None = None

    def grids_for(self, pairs: Pairs) -> Mapping[str, Grid]:
        """name -> Grid of what is searched on these pairs."""
        return self.grids(pairs) if callable(self.grids) else self.grids

    def missing(self, pairs: Pairs, side: SideInformation) -> tuple[str, ...]:
        """What of `needs` these inputs do not bring."""
        there = brought(pairs, side)
        return tuple(need for need in self.needs if need not in there)


def trained(trainer: "Trainer") -> Callable[[Pairs, SideInformation, Mapping, int], Fitted]:
    """The `fit` of a model that `trainer` trains: as many epochs as the parameter "epochs" says."""
    return lambda pairs, side, params, seed: trainer.fit(pairs, side, params, seed).fitted


def went_on(trainer: "Trainer") -> Callable[[Pairs, SideInformation, Mapping, int, Start], Fitted]:
    """The `go_on` of a model that `trainer` trains."""
    return lambda pairs, side, params, seed, start: trainer.fit(pairs, side, params, seed, start=start).fitted


def brought(pairs: Pairs, side: SideInformation) -> frozenset[str]:
    """What of NEEDS these inputs have; sequences: somebody with two liked items."""
    liked = pairs.users[pairs.weights > 0]
    there = {
        "times": pairs.timed,
        "sequences": bool((liked[1:] == liked[:-1]).any()),
        "friends": side.friends is not None,
        "texts": side.text is not None,
        "words": side.words is not None,
        "content": side.content is not None,
        "facts": side.facts is not None,
        "shared facts": side.carried is not None,
    }
    return frozenset(name for name, given in there.items() if given)


def floats(count: float) -> float:
    """Bytes of so many float32."""
    return 4.0 * count
