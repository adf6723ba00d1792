"""A run id belongs to one source, input, seed and set of parameters; what a run of that id has finished."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from .config import UNDO, RunOptions, flat_of_rows, new_run_id
from .content import content_mark
from .errors import BadInput
from .hold import Hold
from .lake import Lake, one_row
from .params.all import Params
from .unchanged import digest_of

# the parts of a fingerprint in their order: what a run's rows are made of
PARTS = ("source or seed", "mapping", "input files", "parameters")


def fingerprint(spark: SparkSession, options: RunOptions, params: Params) -> str:
    """A mark per word of PARTS, joined by dashes; mapping and files go by what they hold, not by their paths."""
    asked = [] if options.request is None else [str(options.request)]
    parts = (
        [options.source, options.seed, *asked],
        _mapping(options.mapping),
        content_mark(spark, options.inputs),
        flat_of_rows(params),
    )
    return "-".join(map(digest_of, parts))


def _mapping(path: str | None) -> str:
    """The text of a mapping; "" where there is none, which its reader will say."""
    try:
        return Path(path).read_bytes().decode("latin-1") if path else ""
    except OSError:
        return ""


def _changed(before: str, now: str) -> str:
    """What differs between two fingerprints, in words."""
    old, new = before.split("-"), now.split("-")
    if len(old) != len(new):  # of a version that kept one mark for all
        return "other input or parameters"
    return " and ".join(f"other {part}" for part, one, other in zip(PARTS, old, new, strict=True) if one != other)


@dataclass(frozen=True)
class Claim:
    """A run that may begin: figures of each stage that it has finished, which take of its id it is (more than 1 after
    an undo), and the lake held for it (None: it goes on beside others, or nobody asked)."""

    done: dict[str, dict[str, float]] = field(default_factory=dict)
    take: int = 1
    hold: Hold | None = None


def claim_run(lake: Lake, options: RunOptions, params: Params, hold: Hold | None = None) -> Claim:
    """Note the run in ops.runs where it is new -> what it has finished, and its take.

    Raises BadInput where the run id was used before with another source, input, seed or parameters, and where an undo
    was begun and not finished. Runs a write, or one Spark job per table of ops that stands.
    """
    wanted = (F.col("run_id") == options.run_id) | (F.col("source") == UNDO)
    rows = lake.read("ops.runs").where(wanted).collect() if lake.exists("ops.runs") else []
    before = next((row for row in rows if row["run_id"] == options.run_id), None)
    undos = [row["run_id"] for row in rows if row["source"] == UNDO]
    done = _finished(lake, options.run_id, undos)
    if options.source != UNDO:
        _expect_finished([undo for undo in undos if undo not in done], lake)
    take = 1 + sum(undone_run(undo) == options.run_id for undo in undos)
    mark = fingerprint(lake.spark, options, params)
    if before is None:
        row = {"run_id": options.run_id, "source": options.source or "as ingested", "seed": options.seed}
        claim = one_row(lake.spark, "ops.runs", {**row, "fingerprint": mark})
        Lake(lake.spark, lake.root, take).write("ops.runs", claim, options.run_id)
    elif options.source is not None and before["fingerprint"] != mark:
        raise BadInput.of(
            f"run id {options.run_id}",
            found=f"used before (source {before['source']}, seed {before['seed']}) with "
            f"{_changed(before['fingerprint'], mark)}",
            expected="the same source, input, seed and parameters, a new id, or `interestlake undo` of that run first",
            where="--run-id",
        )
    return Claim(done.get(options.run_id, {}), take, hold)


def _finished(lake: Lake, run_id: str, undos: list[str]) -> dict[str, dict[str, dict[str, float]]]:
    """Run -> stage -> figures, of this run and of the undos."""
    if not lake.exists("ops.stages"):
        return {}
    found: dict[str, dict[str, dict[str, float]]] = {}
    for row in lake.read("ops.stages").where(F.col("run_id").isin(run_id, *undos)).collect():
        found.setdefault(row["run_id"], {})[row["stage"]] = row["metrics"]
    return found


def _expect_finished(undos: list[str], lake: Lake) -> None:
    if undos:
        run_id = undone_run(undos[0])
        raise BadInput.of(f"lake {lake.root}", found=f"an undo of run {run_id} that was begun and has not ended",
                          expected="one that has: `interestlake undo` again ends it",
                          where=f"--run-id {run_id} of that command")  # fmt: skip


def new_undo_id(run_id: str) -> str:
    """A run id for the undo of a run; later ones sort behind."""
    return f"undo-{run_id}-{new_run_id()}"


def undone_run(undo: str) -> str:
    """The run that the undo of this id takes back."""
    return re.sub(r"^undo-(.*)-\d{8}T\d{6}-\d{6}$", r"\1", undo)
