"""The state of a training between two looks: what every process has, once; of tables the rows, by those that own them.

Nothing in it depends on how many processes go on with it: each takes its rows out of the pieces that the former wrote.
"""

import hashlib
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from .checkpoint import State
from .ranks import Ranks
from .rows import NUMBERS, tables

MOMENTS = ("exp_avg", "exp_avg_sq")  # Adam's, of the shape of the weights


def weights_of(model: nn.Module) -> dict[str, Tensor]:
    """The model's state without what its modules name as `unlearned`: buffers that are made anew."""
    unlearned = _unlearned(model)
    return {name: value for name, value in model.state_dict().items() if name not in unlearned}


def put_weights(model: nn.Module, weights: dict[str, Tensor]) -> None:
    """Into the model, in place. Raises KeyError where one is missing or is none of the model's."""
    found = model.load_state_dict(weights, strict=False)
    strange = (set(found.missing_keys) - _unlearned(model)) | set(found.unexpected_keys)
    if strange:
        raise KeyError(f"weights of a state: found {sorted(strange)} missing or too many; expected the model's own")


def _unlearned(model: nn.Module) -> set[str]:
    unlearned = ((name, getattr(module, "unlearned", ())) for name, module in model.named_modules())
    return {f"{name}.{one}".lstrip(".") for name, ones in unlearned if isinstance(ones, tuple) for one in ones}


def save_state(
    saved: State,
    model: nn.Module,
    optimizer: Optimizer,
    best: dict[str, Tensor],
    fingerprint: str,
    history: dict,
    ranks: Ranks,
) -> None:
    """All processes call it. The pieces of rows come first: a killed training goes on from the look before."""
    look, cut = _look(fingerprint, history["epochs"][-1]), tables(model)
    for name, table in cut.items():
        if table.ranks.count == 1 and not ranks.leads:
            continue
        moments = {one: optimizer.state[table.weight][one] for one in MOMENTS}
        held = {"weight": table.weight.detach(), "best": best[f"{name}.weight"], **moments}
        for piece, rows in _pieces(name, table.rows, table.embedding_dim, table.ranks.rank, table.ranks.count):
            cut_out = {one: value[rows.start : rows.stop].cpu().clone() for one, value in held.items()}
            saved.save_rows(f"{look}/{piece}", cut_out)
    ranks.wait()
    if not ranks.leads:
        return
    state = optimizer.state_dict()
    numbers = _numbers(optimizer)
    for table in cut.values():
        number = numbers[id(table.weight)]
        state["state"][number] = {k: v for k, v in state["state"][number].items() if k not in MOMENTS}
    rest = {"model": _without_tables(weights_of(model), cut), "best": _without_tables(best, cut), "optimizer": state}
    counts = {name: table.ranks.count for name, table in cut.items()}
    saved.save({"fingerprint": fingerprint, "history": history, "processes": counts, **rest})
    if cut and len(history["epochs"]) > 1:
        saved.drop_rows(_look(fingerprint, history["epochs"][-2]))


def load_state(
    saved: State, model: nn.Module, optimizer: Optimizer, fingerprint: str, ranks: Ranks
) -> tuple[dict, dict[str, Tensor]] | None:
    """(history, weights of the best look), the rest into model and optimizer; None where there is none of this
    training. All processes call it, and each reads the pieces that have rows of its own."""
    state = ranks.first(lambda: saved.load(fingerprint))
    if state is None or "processes" not in state:  # of a version that wrote tables whole
        return None
    look, numbers = _look(fingerprint, state["history"]["epochs"][-1]), _numbers(optimizer)
    for name, table in tables(model).items():
        held = {one: torch.zeros_like(table.weight, device="cpu") for one in ("weight", "best", *MOMENTS)}
        count, of = state["processes"][name], table.ranks
        for rank in range(count):
            for piece, rows in _pieces(name, table.rows, table.embedding_dim, rank, count):
                row = rank + count * torch.arange(rows.start, rows.stop)
                mine = row % of.count == of.rank
                if mine.any():
                    read = saved.load_rows(f"{look}/{piece}")
                    for one, value in held.items():
                        value[row[mine] // of.count] = read[one][mine]
        state["model"][f"{name}.weight"], state["best"][f"{name}.weight"] = held["weight"], held["best"]
        state["optimizer"]["state"][numbers[id(table.weight)]] |= {one: held[one] for one in MOMENTS}
    put_weights(model, state["model"])
    optimizer.load_state_dict(state["optimizer"])
    own_device = weights_of(model)
    return state["history"], {name: value.to(own_device[name].device) for name, value in state["best"].items()}


def _look(fingerprint: str, epoch: int) -> str:
    """Where the rows of a look lie; the state beside which they lie may be another training's."""
    return f"{epoch}-{hashlib.sha256(fingerprint.encode()).hexdigest()[:12]}"


def _pieces(name: str, rows: int, width: int, rank: int, count: int) -> Iterator[tuple[str, range]]:
    """(name, places among the own rows) of each piece of a table that process `rank` of `count` writes."""
    size, step = len(range(rank, rows, count)), max(NUMBERS // width, 1)
    for begin in range(0, size, step):
        yield f"{name}-{rank}-{begin}", range(begin, min(begin + step, size))


def _numbers(optimizer: Optimizer) -> dict[int, int]:
    """id of a parameter -> its number in the optimizer's state."""
    parameters = (one for group in optimizer.param_groups for one in group["params"])
    return {id(one): number for number, one in enumerate(parameters)}


def _without_tables(weights: dict[str, Tensor], cut: dict) -> dict[str, Tensor]:
    names = {f"{name}.weight" for name in cut}
    return {name: value for name, value in weights.items() if name not in names}
