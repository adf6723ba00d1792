"""`interestlake undo`: which run is meant, what would change, and what did."""

import argparse
from collections.abc import Mapping
from dataclasses import replace
from logging import Logger

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from ..core.claim import new_undo_id, undone_run
from ..core.config import UNDO, RunOptions
from ..core.counted import counted
from ..core.errors import BadInput
from ..core.lake import Lake
from ..core.params.all import Params
from ..core.stage import expect_lake
from ..core.undo import Plan
from ..stages.undo import checked_plan


def asked(lake: Lake, options: RunOptions, arguments: argparse.Namespace) -> RunOptions:
    """Options of the undo of --run-id, a run of its own: the one that a killed call began, or a new one.

    Raises BadInput where the run is not to be undone. The undo of a run that is undone already changes nothing.
    """
    run_id = _named(arguments)
    of_it = (F.col("run_id") == run_id) | (F.col("source") == UNDO)
    there = {row["run_id"] for row in lake.read("ops.runs").where(of_it).select("run_id").collect()}
    undos = sorted(one for one in there if undone_run(one) == run_id and one != run_id)
    # the claim of a run goes last: where it stands beside a finished undo, the run was made again
    if undos and (run_id not in there or not _finished(lake, undos[-1])):
        own = undos[-1]
    else:
        checked_plan(lake, run_id)  # before the undo itself is noted
        own = new_undo_id(run_id)
    return replace(options, run_id=own, source=UNDO, request=run_id)


def show(arguments: argparse.Namespace, spark: SparkSession, params: Params, options: RunOptions, log: Logger) -> None:
    """Print what an undo would change; nothing is written."""
    lake = Lake(spark, options.lake)
    expect_lake(lake)
    print(as_table(checked_plan(lake, _named(arguments))))


def closing(figures: Mapping[str, float], options: RunOptions) -> str:
    """What was done."""
    restored, changes = counted(figures["restored"], "table"), counted(figures["registry"], "change")
    were = "it was" if figures["restored"] == 1 else "they were"
    tables = f"{restored} as {were} before, {figures['dropped']:.0f} gone that it had made"
    return f"Run {options.request} is taken back: {tables}, {changes} in the registry."


def as_table(plan: Plan) -> str:
    """A line per table that would change: the version it goes back to, or that it goes, and how many commits."""
    lines = [f"Run {plan.run_id}: {counted(len(plan.steps), 'table')} would change"]
    lines.append(f"{'table':<34}{'now':>6}{'then':>8}  commits")
    for step in plan.steps:
        then = "none" if step.version is None else str(step.version)
        lines.append(f"{step.table:<34}{step.commits[-1].version:>6}{then:>8}  {len(step.commits)}")
    if plan.readers:
        runs = sorted({run for run, _ in plan.readers})
        lines.append(f"read since by {', '.join(runs[:5])}: what these wrote stays; run them again afterwards")
    return "\n".join(lines)


def _named(arguments: argparse.Namespace) -> str:
    if not arguments.run_id:
        raise BadInput.of("undo", found="no run named", expected="the id of the run to take back", where="--run-id")
    return arguments.run_id


def _finished(lake: Lake, run_id: str) -> bool:
    return lake.exists("ops.stages") and bool(lake.read("ops.stages").where(F.col("run_id") == run_id).head(1))
