"""A fitted recommender as files that hold values alone: JSON, Parquet and numpy arrays; reading them runs nothing."""

import importlib
import json
from dataclasses import fields
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import pandas as pd
import scipy.sparse as sp

from ...core.errors import BadInput
from ...core.places import expect_writable, writing
from ...interactions.pairs import Pairs
from ...models.fitted import Fitted
from ...models.scorer import Scorer
from ..fusion import Fusion
from .ids import Ids
from .state import State

FORMAT = 1
DESCRIPTION, ARRAYS, USERS, ITEMS = "recommender.json", "arrays.npz", "users.parquet", "items.parquet"
# what a folder of another form, cut files, or a class that there is not, may raise
UNREADABLE = (OSError, ValueError, KeyError, TypeError, ImportError, AttributeError, RuntimeError, BadZipFile)
SCORERS = "interestlake.models."  # where a class has to stand that a description may name


def save_state(state: State, settings: dict, folder: Path) -> Path:
    """Write the files into `folder`, the description last, so that half a folder is none -> the folder."""
    expect_writable(str(folder), "save(folder)")
    arrays: dict[str, np.ndarray] = {}
    described = {
        "format": FORMAT, "settings": settings, "fusion": state.fusion.as_dict(), "chosen": state.chosen,
        "timed": bool(state.known.timed), "fitted": {name: kept_model(f"model/{name}", one, arrays)
                                                     for name, one in state.fitted.items()},
    }  # fmt: skip
    for name in ("users", "items", "weights", "times"):
        arrays[f"known/{name}"] = getattr(state.known, name)
    for name in ("friends", "texts"):
        described[name] = _kept(name, getattr(state, name), arrays)
    with writing(folder, "save(folder)"):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / DESCRIPTION).unlink(missing_ok=True)
        _put_ids(state.users, folder / USERS)
        _put_ids(state.items, folder / ITEMS, title=state.titles.astype(str))
        with (folder / ARRAYS).open("wb") as file:
            np.savez(file, **arrays)
        (folder / DESCRIPTION).write_text(json.dumps(described, indent=1), encoding="utf-8")
    return folder


def load_state(folder: Path) -> tuple[State, dict]:
    """-> (the state, the recommender's settings). Raises BadInput where there is none, or it is of another form."""
    try:
        described = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
        if described["format"] != FORMAT:
            raise ValueError(f"format {described['format']}")
        with np.load(folder / ARRAYS, allow_pickle=False) as file:
            arrays = dict(file)
        users, items = (pd.read_parquet(folder / name) for name in (USERS, ITEMS))
        known = Pairs(np.array(["", *users["key"]], object), items["key"].to_numpy(object),
                      timed=described["timed"],
                      **{name: arrays[f"known/{name}"] for name in ("users", "items", "weights", "times")})  # fmt: skip
        fitted = {name: read_model(one, arrays) for name, one in described["fitted"].items()}
        beside = {name: _read(described[name], arrays) for name in ("friends", "texts")}
        state = State(Ids(known.user_ids[1:], users["id"]), Ids(known.item_ids, items["id"]), known,
                      Fusion.of_dict(described["fusion"]), fitted, items["title"].to_numpy(object),
                      chosen=described["chosen"], **beside)  # fmt: skip
    except UNREADABLE as fault:
        raise BadInput.of(f"folder {folder}", found=f"{type(fault).__name__}: {fault}",
                          expected="what Recommender.save wrote with this version", where="load(folder)") from fault  # fmt: skip # noqa: E501
    return state, described["settings"]


def _put_ids(ids: Ids, path: Path, **more) -> None:
    try:
        pd.DataFrame({"key": ids.keys.astype(str), "id": ids.values.infer_objects(), **more}).to_parquet(path)
    except (ValueError, TypeError) as fault:  # pyarrow's own faults are of these
        kind = type(ids.values.iloc[0]).__name__
        raise BadInput.of("ids", found=f"ids of type {kind}", expected="texts, numbers or dates, which a file keeps",
                          where="save(folder)") from fault  # fmt: skip


def kept_model(name: str, one: Fitted, arrays: dict) -> dict:
    """A fitted model as plain values; its arrays are put into `arrays`, under keys that begin with `name`.

    Raises BadInput for one that holds more than values, arrays and a network that says its `shape`.
    """
    scorer = one.scorer
    if not all(_keepable(getattr(scorer, field.name)) for field in fields(scorer)):
        raise BadInput.of(f"model {scorer.name}", found=type(scorer).__name__, expected="models whose arrays can be "
                          "kept without code", where="Recommender(models=...) without it")  # fmt: skip
    parts = {field.name: _kept(f"{name}/{field.name}", getattr(scorer, field.name), arrays) for field in fields(scorer)}
    return {"class": f"{type(scorer).__module__}:{type(scorer).__qualname__}", "fields": parts,
            "user_vectors": _kept(f"{name}/user_vectors", one.user_vectors, arrays)}  # fmt: skip


def read_model(described: dict, arrays: dict) -> Fitted:
    """What `kept_model` gave. Raises ValueError for a class that is none of the models'."""
    kind = _class_of(described["class"], Scorer)
    parts = {name: _read(one, arrays) for name, one in described["fields"].items()}
    return Fitted(kind(**parts), _read(described["user_vectors"], arrays))


def _keepable(value: Any) -> bool:
    plain = value is None or isinstance(value, str | bool | int | float | np.number | np.ndarray) or sp.issparse(value)
    return plain or hasattr(value, "state_dict") and hasattr(value, "shape")


def _kept(name: str, value: Any, arrays: dict):
    if value is None or isinstance(value, str | bool | int | float):
        return {"value": value}
    if isinstance(value, np.number):
        return {"value": value.item()}
    if isinstance(value, np.ndarray):
        arrays[name] = value
        return {"array": name}
    if sp.issparse(value):
        matrix = value.tocsr()
        for part in ("data", "indices", "indptr"):
            arrays[f"{name}/{part}"] = getattr(matrix, part)
        return {"sparse": name, "shape": [int(size) for size in matrix.shape]}
    weights = {part: tensor.detach().cpu().numpy() for part, tensor in value.state_dict().items()}
    arrays.update({f"{name}/{part}": weight for part, weight in weights.items()})
    module = f"{type(value).__module__}:{type(value).__qualname__}"
    return {"module": module, "shape": value.shape, "weights": {part: f"{name}/{part}" for part in weights}}


def _read(described: dict, arrays: dict):
    if "value" in described:
        return described["value"]
    if "array" in described:
        return arrays[described["array"]]
    if "sparse" in described:
        parts = (arrays[f"{described['sparse']}/{part}"] for part in ("data", "indices", "indptr"))
        return sp.csr_matrix(tuple(parts), shape=tuple(described["shape"]))
    import torch

    weights = {part: torch.from_numpy(arrays[name]) for part, name in described["weights"].items()}
    side = {"side": weights["side"]} if "side" in weights else {}
    module = _class_of(described["module"], torch.nn.Module)(**described["shape"], dropout=0.0, **side)
    module.load_state_dict(weights)
    return module.eval()


def _class_of(address: str, kind: type) -> type:
    """A class below SCORERS; ValueError for any other, so that a file names nothing else to run."""
    module, name = address.split(":")
    if not module.startswith(SCORERS):
        raise ValueError(f"{address} is none of {SCORERS}*")
    named = getattr(importlib.import_module(module), name)
    if not (isinstance(named, type) and issubclass(named, kind)):
        raise ValueError(f"{address} is no {kind.__name__}")
    return named
