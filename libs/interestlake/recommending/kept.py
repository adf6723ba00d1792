"""A choice as plain values, so that a table or a file keeps it and a later fit starts from it."""

import json
import math
from collections.abc import Mapping
from dataclasses import replace

from ..core.errors import BadInput
from ..interactions.pairs import Pairs
from ..interactions.side_information import SideInformation
from ..models.registry import BY_NAME, expect_models
from .choose import Choice, Chosen
from .fusion import Fusion


def plain(choice: Choice) -> dict:
    """Choice -> {"models": [{name, granularity, parameters, validation, fits}], "left_out", "fusion"}."""
    models = [
        {"name": chosen.model.name, "granularity": chosen.model.granularity, "parameters": dict(chosen.parameters),
         "validation": float(chosen.validation), "fits": chosen.fits}
        for chosen in choice.models
    ]  # fmt: skip
    return {"models": models, "left_out": dict(choice.left_out), "fusion": choice.fusion.as_dict()}


def kept_choice(prior: Mapping, pairs: Pairs, side: SideInformation) -> Choice:
    """What `plain` gave -> a Choice without fits; models that these inputs or this version lack are left out."""
    chosen_models, left_out = [], dict(prior["left_out"])
    for entry in prior["models"]:
        model = BY_NAME.get(entry["name"])
        lacks = ("model of that name",) if model is None else model.missing(pairs, side)
        if model is None or lacks:
            left_out[entry["name"]] = f"the data brings no {', no '.join(lacks)}"
            continue
        value = entry["validation"]
        value = math.nan if value is None else value
        model = replace(model, granularity=entry["granularity"])
        chosen_models.append(Chosen(model, entry["parameters"], value, entry.get("fits", 0)))
    fusion = Fusion.of_dict(prior["fusion"])
    return Choice(chosen_models, fusion.over([chosen.model.name for chosen in chosen_models]), left_out)


def read_choice(path: str, where: str) -> dict:
    """The JSON file of `plain`. Raises BadInput for a file that is none."""
    try:
        with open(path, encoding="utf-8") as file:
            choice = json.load(file)
        Fusion.of_dict(choice["fusion"])
        choice = {**choice, "models": [dict(entry) for entry in choice["models"]]}
        names = [entry["name"] for entry in choice["models"]]
    except (OSError, ValueError, KeyError, TypeError) as fault:
        found = f"{type(fault).__name__}: {fault}"
        raise BadInput.of(f"file {path}", found=found, expected="a choice that `export-split` or a run left",
                          where=where) from fault  # fmt: skip
    expect_models(names, f"{where}, the names in {path}")
    return choice
