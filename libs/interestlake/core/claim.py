"""A run id belongs to one source, input, seed and set of parameters; what a run of that id has finished."""

import hashlib
import json
from pathlib import Path

from .config import RunOptions, flat
from .errors import BadInput
from .lake import Lake, one_row
from .params.all import Params


def fingerprint(options: RunOptions, params: Params) -> str:
    """sha-256 over everything that shapes a run's rows."""
    inputs = [str(Path(path).resolve()) for path in options.inputs]
    shaping = {"source": options.source, "inputs": inputs, "mapping": options.mapping, "seed": options.seed}
    if options.request is not None:
        shaping["request"] = str(options.request)
    payload = json.dumps({**shaping, **flat(params)}, sort_keys=True, default=str)
    return hashlib.sha256(payload.encode()).hexdigest()


def claim_run(lake: Lake, options: RunOptions, params: Params) -> dict[str, dict[str, float]]:
    """Note the run in ops.runs where it is new -> the figures of each stage that it has finished; {} for a new one.

    Raises BadInput where the run id was used before with another source, input, seed or parameters. Runs a write, or
    one Spark job per table of ops that stands.
    """
    earlier = lake.read("ops.runs").where(f"run_id = '{options.run_id}'") if lake.exists("ops.runs") else None
    row = earlier.select("source", "seed", "fingerprint").first() if earlier is not None else None
    mark = fingerprint(options, params)
    if row is None:
        claim = {"source": options.source or "as ingested", "seed": options.seed, "fingerprint": mark}
        lake.write("ops.runs", one_row(lake.spark, "ops.runs", {"run_id": options.run_id, **claim}), options.run_id)
    elif options.source is not None and row["fingerprint"] != mark:
        raise BadInput.of(
            f"run id {options.run_id}",
            found=f"used before (source {row['source']}, seed {row['seed']}) with other input or parameters",
            expected="the same source, input, seed and parameters, or a new id",
            where="--run-id",
        )
    if not lake.exists("ops.stages"):
        return {}
    rows = lake.read("ops.stages").where(f"run_id = '{options.run_id}'").select("stage", "metrics").collect()
    return {row["stage"]: row["metrics"] for row in rows}
