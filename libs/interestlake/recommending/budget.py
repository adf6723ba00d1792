"""Which models are searched, with how many fits: what the inputs bring, what fits the memory, what fits the minutes."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..core.params.all import GRANULARITIES
from ..core.present import present
from ..evaluation.search import PATIENCE, Grid
from ..interactions.pairs import Pairs
from ..interactions.side_information import SideInformation
from ..models.model import Model, Size
from ..models.registry import MODELS, chosen, models_for


@dataclass(frozen=True)
class Plan:
    """models, in the order of their search; fits: most of each; left_out: name -> why; minutes: None = no limit."""

    models: Sequence[Model]
    fits: Mapping[str, int]
    left_out: Mapping[str, str] = field(default_factory=dict)
    minutes: float | None = None

    def deadline(self) -> float:
        """Of time.monotonic: when no further fit begins."""
        return float("inf") if self.minutes is None else time.monotonic() + PATIENCE * 60 * self.minutes


def plan_search(
    train: Pairs,
    side: SideInformation,
    names: Sequence[str] | None = None,
    budget: int | None = None,
    minutes: float | None = None,
    max_gigabytes: float = float("inf"),
    where: str = "--max-gigabytes",
    granularities: Sequence[str] = GRANULARITIES,
    quick: bool = False,
    started_from: Mapping[str, Mapping] | None = None,
    named_in: str = "--models",
    processes: int = 1,
) -> Plan:
    """What is searched on these inputs.

    names: of those to run, None = all but the ones that run only when named; budget: most fits per model; minutes: fits
    are planned so that their estimated seconds (`Model.cost`) stay within, in equal parts of each model's own budget,
    so that the plan is the same on a fast and on a slow machine; max_gigabytes: a model that would hold more while it
    is fitted is left out, `where` says how to raise it; granularities: models of others take no part, popularity does;
    quick: fixed parameters, and no trained models; started_from: model -> parameters that its search begins at, else at
    the quick ones; named_in: where `names` are given; processes: that train a model together, and hold it each. Raises
    BadInput for a name that these inputs do not bring.
    """
    size, left_out, models = Size.of(train), {}, []
    for model in MODELS:
        lacks = model.missing(train, side)
        if lacks and not model.when_named and (names is None or model.name in names):
            left_out[model.name] = f"the data brings no {', no '.join(lacks)}"
    for model in chosen(models_for(train, side), names, named_in):
        together = processes if model.trainer and model.trainer.shared else 1
        gigabytes = together * model.cost(size).bytes / 2**30
        if gigabytes > max_gigabytes and model.name != "popularity":
            left_out[model.name] = f"would hold {gigabytes:.2f} GB, {where}={max_gigabytes:g}"
            continue
        if model.granularity not in granularities and model.name != "popularity":
            left_out[model.name] = f"granularity {model.granularity} is not among recommend.granularities"
        elif quick and model.quick is None:
            left_out[model.name] = "a quick run trains no model"
        else:
            models.append(_fixed(model) if quick else _starting(model, train, (started_from or {}).get(model.name)))
    fits = {model.name: min(model.budget, budget or model.budget) for model in models}
    if minutes is None:
        return Plan(models, fits, left_out)
    seconds = {model.name: max(model.cost(_searched(model, size)).seconds, 1e-3) for model in models}
    share = 60 * minutes / max(sum(fits[name] * seconds[name] for name in fits), 1e-9)
    kept = []
    for model in models:
        if seconds[model.name] > 60 * minutes and model.trainer:
            left_out[model.name] = f"one fit is estimated at {seconds[model.name] / 60:.0f} of {minutes:g} minutes"
            continue
        kept.append(model)
    fits = {model.name: max(1, int(fits[model.name] * min(share, 1.0))) for model in kept}
    return Plan(kept, fits, left_out, minutes)


def _fixed(model: Model) -> Model:
    """The model at its quick parameters alone."""
    return replace(model, grids={name: Grid((value,)) for name, value in present(model.quick).items()}, budget=1,
                   while_searching={})  # fmt: skip


def _starting(model: Model, train: Pairs, parameters: Mapping | None) -> Model:
    """The model whose grids begin at `parameters`, those of them that it still searches, else at those of a first look:
    a search never ends below them."""
    parameters = {**(model.quick or {}), **(parameters or {})}
    grids = {name: grid.starting_at(parameters[name]) if name in parameters else grid
             for name, grid in model.grids_for(train).items()}  # fmt: skip
    return replace(model, grids=grids)


def _searched(model: Model, size: Size) -> Size:
    """The size of a fit while the model is searched, which may leave the rarer items out."""
    most = model.while_searching.get("most_items")
    if not most:
        return size
    fewer = {name: min(getattr(size, name), most) for name in ("items", "chosen", "repeated")}
    return replace(size, **fewer)
