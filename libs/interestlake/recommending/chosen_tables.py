"""models.chosen, models.fusion and models.fusion_weights: what a run chose, written for the next one to start from."""

import json
import math
from collections.abc import Mapping, Sequence

from ..core.lake import Lake
from ..core.only_row import only_row
from ..models.registry import BY_NAME
from .choose import Choice
from .fusion import Fusion
from .segments import SEGMENT_NAMES

CHOSEN, FUSION, WEIGHTS = "models.chosen", "models.fusion", "models.fusion_weights"


def chosen_rows(choice: Choice, run_id: str) -> list[dict]:
    """Rows of models.chosen: every model that was tried, and every one that was not, with why."""
    weights = dict(zip(choice.fusion.names, choice.fusion.weights, strict=True))
    rows = [
        {"run_id": run_id, "model": chosen.model.name, "granularity": chosen.model.granularity,
         "parameters": json.dumps(dict(chosen.parameters)), "weight": float(weights.get(chosen.model.name, 0.0)),
         "validation": None if math.isnan(chosen.validation) else float(chosen.validation), "fits": chosen.fits,
         "left_out": choice.left_out.get(chosen.model.name)}
        for chosen in choice.models
    ]  # fmt: skip
    listed = {row["model"] for row in rows}
    for name, why in choice.left_out.items():
        if name not in listed:
            granularity = BY_NAME[name].granularity if name in BY_NAME else "behaviour"
            rows.append({"run_id": run_id, "model": name, "granularity": granularity, "parameters": "{}",
                         "weight": 0.0, "validation": None, "fits": 0, "left_out": why})  # fmt: skip
    return rows


def kept_of(rows: Sequence[Mapping], fusion: str) -> dict:
    """Rows of models.chosen and models.fusion's `plain` -> what `kept.kept_choice` reads."""
    models = [
        {"name": row["model"], "granularity": row["granularity"], "parameters": json.loads(row["parameters"]),
         "validation": row["validation"], "fits": row["fits"]}
        for row in rows if row["left_out"] is None
    ]  # fmt: skip
    order = Fusion.of_dict(json.loads(fusion)).names
    models.sort(key=lambda entry: order.index(entry["name"]) if entry["name"] in order else len(order))
    left_out = {row["model"]: row["left_out"] for row in rows if row["left_out"] is not None}
    return {"models": models, "left_out": left_out, "fusion": json.loads(fusion)}


def fusion_row(fusion: Fusion, run_id: str) -> dict:
    """The row of models.fusion."""
    return {"run_id": run_id, "method": fusion.method, "discount": float(fusion.discount),
            "plain": json.dumps(fusion.as_dict())}  # fmt: skip


def weight_rows(fusion: Fusion) -> list[dict]:
    """Rows of models.fusion_weights: every segment with the weights that its people are fused by."""
    return [
        {"segment": name, "source": source, "weight": float(weight)}
        for number, name in enumerate(SEGMENT_NAMES)
        for source, weight in zip(fusion.names, fusion.segments.get(number, fusion.weights), strict=True)
    ]


def fusion_of(lake: Lake, version: int | None = None) -> Fusion:
    """What models.fusion holds, at `version` or newest. One small Spark job."""
    return Fusion.of_dict(json.loads(only_row(lake.read(FUSION, version))["plain"]))


def kept_before(lake: Lake) -> dict | None:
    """What an earlier run chose, see `kept_of`; None where none did. Two small Spark jobs."""
    if not (lake.exists(CHOSEN) and lake.exists(FUSION)):
        return None
    rows, fused = lake.read(CHOSEN).collect(), lake.read(FUSION).first()
    return kept_of([row.asDict() for row in rows], fused["plain"]) if rows and fused else None
