"""Fitted models, and what is made of them, as a file that holds values alone: arrays beside a JSON of what they are.

A file is of safetensors' format, its JSON the format's metadata. Reading one runs no code but the constructors of this
package's own dataclasses and networks.
"""

import importlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from .scorer import Scorer

# where a class has to stand that a file may name, beside the scorers that the process has loaded
ROOMS = ("interestlake.models.", "interestlake.recommending.")
DESCRIPTION = "described"
SPARSE_PARTS = ("data", "indices", "indptr")
# what a file of another form, a cut one, or a class that there is not, may raise
UNREADABLE = (OSError, ValueError, KeyError, TypeError, ImportError, AttributeError, RuntimeError)
Arrays = dict[str, np.ndarray]
NOTHING: Mapping[str, type] = {}
DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1", "U64": "<u8",
          "U32": "<u4", "U16": "<u2", "U8": "u1", "BOOL": "?"}  # fmt: skip


def write_values(path: Path, value: Any) -> None:
    """`value` (see `plain_of`) into `path`; no second copy of its arrays is made. Raises TypeError as `plain_of`."""
    from safetensors.numpy import save_file

    arrays: Arrays = {}
    described = plain_of("value", value, arrays)
    part = path.with_name(f"{path.name}.part")
    save_file(arrays, part, metadata={DESCRIPTION: json.dumps(described)})
    os.replace(part, path)  # whoever has mapped a former file keeps it


def read_values(path: Path, classes: Sequence[type] = (), mapped: bool = False) -> Any:
    """What `write_values` was given. Raises one of UNREADABLE, ValueError for a class that no file may name.

    classes: further ones that it may name. mapped: arrays are the file's own pages, which processes share; one that is
    written to becomes the process's own.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            described = json.loads(file.metadata()[DESCRIPTION])
            arrays = _mapped(path) if mapped else {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except SafetensorError as fault:
        raise ValueError(str(fault)) from fault
    try:
        return value_of(described, arrays, {_address(kind): kind for kind in classes})
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as fault:  # what a constructor says of odd values, a tokenizer's panic among it
        raise ValueError(f"{type(fault).__name__}: {fault}") from fault


def _mapped(path: Path) -> Arrays:
    """name -> its part of the file, of the safetensors format: 8 bytes of length, a JSON of places, the arrays."""
    whole = np.memmap(path, np.uint8, mode="c").view(np.ndarray)  # a part of a memmap is slow to take
    start = 8 + int(whole[:8].view("<u8")[0])
    places = json.loads(whole[8:start].tobytes())
    return {
        name: whole[start + place["data_offsets"][0] : start + place["data_offsets"][1]]
        .view(DTYPES[place["dtype"]])
        .reshape(place["shape"])
        for name, place in places.items()
        if name != "__metadata__"
    }


def plain_of(name: str, value: Any, arrays: Arrays) -> dict:
    """`value` as what JSON holds; its arrays are put into `arrays`, under keys that begin with `name`.

    Taken are None, texts, numbers, arrays of numbers or texts, sparse matrices, lists and mappings of these, scorers,
    dataclasses of ROOMS, networks there that say their `shape`, and classes there with `values()` and
    `of_values(values)`. Raises TypeError for anything else.
    """
    if value is None or isinstance(value, str | bool | int | float):
        return {"value": value}
    if isinstance(value, np.generic):
        return {"value": value.item()}
    if isinstance(value, np.ndarray):
        return _plain_array(name, value, arrays)
    if sp.issparse(value):
        matrix = value if value.format in ("csr", "csc") else value.tocsr()
        for part in SPARSE_PARTS:
            arrays[f"{name}/{part}"] = _in_order(getattr(matrix, part))
        return {"sparse": name, "format": matrix.format, "shape": [int(size) for size in matrix.shape]}
    if isinstance(value, list | tuple):
        kind = "tuple" if isinstance(value, tuple) else "list"
        return {kind: [plain_of(f"{name}/{place}", one, arrays) for place, one in enumerate(value)]}
    if isinstance(value, Mapping):
        entries = enumerate(value.items())
        return {"mapping": [[key, plain_of(f"{name}/{place}", one, arrays)] for place, (key, one) in entries]}
    return _plain_object(name, value, arrays)


def value_of(described: dict, arrays: Arrays, classes: Mapping[str, type] = NOTHING) -> Any:
    """What `plain_of` described. Raises ValueError for a class outside ROOMS and `classes` (by address)."""
    if "value" in described:
        return described["value"]
    if "array" in described:
        array = arrays[described["array"]]
        return array.T if described["turned"] else array
    if "texts" in described:
        return _texts(described, arrays)
    if "sparse" in described:
        parts = tuple(arrays[f"{described['sparse']}/{part}"] for part in SPARSE_PARTS)
        kind = sp.csc_matrix if described["format"] == "csc" else sp.csr_matrix
        matrix = kind(parts, shape=tuple(described["shape"]))
        matrix.check_format(full_check=True)  # pointers that lead outside would end the process
        return matrix
    if "tuple" in described:
        return tuple(value_of(one, arrays, classes) for one in described["tuple"])
    if "list" in described:
        return [value_of(one, arrays, classes) for one in described["list"]]
    if "mapping" in described:
        return {key: value_of(one, arrays, classes) for key, one in described["mapping"]}
    kind = _class_of(described["class"], classes)
    if "network" in described:
        return _network(kind, described["network"], arrays)
    if "parts" in described:
        return kind.of_values(value_of(described["parts"], arrays, classes))
    if not is_dataclass(kind):
        raise ValueError(f"{described['class']} is no dataclass")
    return kind(**{field: value_of(one, arrays, classes) for field, one in described["fields"].items()})


def _plain_array(name: str, value: np.ndarray, arrays: Arrays) -> dict:
    if value.dtype.kind in "biuf":
        # the order of an array in memory decides the last digits of its products
        turned = value.flags.f_contiguous and not value.flags.c_contiguous
        arrays[name] = _in_order(value.T if turned else value)
        return {"array": name, "turned": turned}
    texts = value.tolist()
    if value.ndim != 1 or not all(text is None or isinstance(text, str) for text in texts):
        raise TypeError(f"{name} is an array of {value.dtype} that holds more than texts")
    coded = [b"" if text is None else text.encode("utf-8", "surrogatepass") for text in texts]
    arrays[f"{name}/ends"] = np.cumsum([len(code) for code in coded], dtype=np.int64)
    arrays[f"{name}/utf8"] = np.frombuffer(b"".join(coded), np.uint8)
    missing = [place for place, text in enumerate(texts) if text is None]
    return {"texts": name, "missing": missing, "wide": value.dtype.kind == "U"}


def _texts(described: dict, arrays: Arrays) -> np.ndarray:
    coded, ends = (arrays[f"{described['texts']}/{part}"] for part in ("utf8", "ends"))
    whole, starts = coded.tobytes(), np.concatenate([[0], ends[:-1]]).tolist()
    spans = zip(starts, ends.tolist(), strict=False)
    texts = np.array([None] * len(ends), object)
    texts[:] = [whole[start:end].decode("utf-8", "surrogatepass") for start, end in spans]
    texts[described["missing"]] = None
    return texts.astype(str) if described["wide"] else texts


def _plain_object(name: str, value: Any, arrays: Arrays) -> dict:
    kind = type(value)
    address = _address(kind)
    if not (kind.__module__.startswith(ROOMS) or isinstance(value, Scorer)):
        raise TypeError(f"{name} is a {address}, which no file may name")
    if hasattr(value, "of_values"):
        return {"class": address, "parts": plain_of(name, value.values(), arrays)}
    if hasattr(value, "state_dict") and hasattr(value, "shape"):
        weights = {part: f"{name}/{part}" for part in value.state_dict()}
        arrays.update(
            {weights[part]: _in_order(one.detach().cpu().numpy()) for part, one in value.state_dict().items()}
        )
        return {"class": address, "network": {"shape": value.shape, "weights": weights}}
    if not is_dataclass(value):
        raise TypeError(f"{name} is a {address}, which holds more than values")
    parts = {one.name: plain_of(f"{name}/{one.name}", getattr(value, one.name), arrays) for one in fields(value)}
    return {"class": address, "fields": parts}


def _network(kind: type, described: dict, arrays: Arrays):
    import torch

    # copied: where an array begins in memory decides the last digits of a network's sums
    weights = {part: torch.tensor(arrays[name]) for part, name in described["weights"].items()}
    side = {"side": weights["side"]} if "side" in weights else {}
    network = kind(**described["shape"], dropout=0.0, **side)
    if not isinstance(network, torch.nn.Module):
        raise ValueError(f"{kind.__qualname__} is no network")
    network.load_state_dict(weights)
    return network.eval()


def _in_order(array: np.ndarray) -> np.ndarray:
    return array if array.flags.c_contiguous else array.copy(order="C")


def _class_of(address: str, classes: Mapping[str, type]) -> type:
    if address in (known := {**_loaded_scorers(Scorer), **classes}):
        return known[address]
    module, name = address.split(":")
    if not module.startswith(ROOMS):
        raise ValueError(f"{address} is none of {', '.join(ROOMS)}")
    kind = getattr(importlib.import_module(module), name)
    if not isinstance(kind, type) or kind.__module__ != module:
        raise ValueError(f"{address} is no class")
    return kind


def _loaded_scorers(kind: type) -> dict[str, type]:
    below = {_address(one): one for one in kind.__subclasses__()}
    return below | {address: one for own in below.values() for address, one in _loaded_scorers(own).items()}


def _address(kind: type) -> str:
    return f"{kind.__module__}:{kind.__qualname__}"
