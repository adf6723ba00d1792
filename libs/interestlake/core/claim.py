"""A run id belongs to one source, input, seed and set of parameters; what a run of that id has finished."""

import hashlib
import json
from pathlib import Path

from pyspark.sql import SparkSession

from .config import RunOptions, flat
from .content import content_mark
from .errors import BadInput
from .lake import Lake, one_row
from .params.all import Params

# the parts of a fingerprint in their order: what a run's rows are made of
PARTS = ("source or seed", "mapping", "input files", "parameters")


def fingerprint(spark: SparkSession, options: RunOptions, params: Params) -> str:
    """A mark per word of PARTS, joined by dashes; mapping and files go by what they hold, not by their paths."""
    asked = [] if options.request is None else [str(options.request)]
    parts = (
        [options.source, options.seed, *asked],
        _mapping(options.mapping),
        content_mark(spark, options.inputs),
        flat(params),
    )
    return "-".join(_digest(one)[:16] for one in parts)


def _mapping(path: str | None) -> str:
    """The text of a mapping; "" where there is none, which its reader will say."""
    try:
        return Path(path).read_bytes().decode("latin-1") if path else ""
    except OSError:
        return ""


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()


def _changed(before: str, now: str) -> str:
    """What differs between two fingerprints, in words."""
    old, new = before.split("-"), now.split("-")
    if len(old) != len(new):  # of a version that kept one mark for all
        return "other input or parameters"
    return " and ".join(f"other {part}" for part, one, other in zip(PARTS, old, new, strict=True) if one != other)


def claim_run(lake: Lake, options: RunOptions, params: Params) -> dict[str, dict[str, float]]:
    """Note the run in ops.runs where it is new -> the figures of each stage that it has finished; {} for a new one.

    Raises BadInput where the run id was used before with another source, input, seed or parameters. Runs a write, or
    one Spark job per table of ops that stands.
    """
    earlier = lake.read("ops.runs").where(f"run_id = '{options.run_id}'") if lake.exists("ops.runs") else None
    row = earlier.select("source", "seed", "fingerprint").first() if earlier is not None else None
    mark = fingerprint(lake.spark, options, params)
    if row is None:
        claim = {"source": options.source or "as ingested", "seed": options.seed, "fingerprint": mark}
        lake.write("ops.runs", one_row(lake.spark, "ops.runs", {"run_id": options.run_id, **claim}), options.run_id)
    elif options.source is not None and row["fingerprint"] != mark:
        raise BadInput.of(
            f"run id {options.run_id}",
            found=f"used before (source {row['source']}, seed {row['seed']}) with {_changed(row['fingerprint'], mark)}",
            expected="the same source, input, seed and parameters, or a new id",
            where="--run-id",
        )
    if not lake.exists("ops.stages"):
        return {}
    rows = lake.read("ops.stages").where(f"run_id = '{options.run_id}'").select("stage", "metrics").collect()
    return {row["stage"]: row["metrics"] for row in rows}
