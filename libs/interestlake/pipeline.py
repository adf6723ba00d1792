"""Runs stages in order under one run id: skips what is done, logs what is read and written, resumes after a kill."""

import hashlib
import json
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pyspark.sql import SparkSession

from .config import RunOptions, cut, flat
from .errors import BadInput, GateRefused
from .params import Params
from .stages.stage import Stage, StageContext
from .tables import Lake, one_row
from .tracking import Tracker, default_tracking_uri

LOG = logging.getLogger("interestlake")


def select(stages: tuple[Stage, ...], first: str | None, last: str | None) -> tuple[Stage, ...]:
    """The stages from `first` to `last`, both included. Raises BadInput for an unknown name or an empty cut."""
    return stages[cut([stage.name for stage in stages], first, last)]


def fingerprint(options: RunOptions, params: Params) -> str:
    """sha-256 over everything that shapes a run's rows."""
    inputs = [str(Path(path).resolve()) for path in options.inputs]
    shaping = {"source": options.source, "inputs": inputs, "mapping": options.mapping, "seed": options.seed}
    payload = json.dumps({**shaping, **flat(params)}, sort_keys=True, default=str)
    return hashlib.sha256(payload.encode()).hexdigest()


def run_stages(
    spark: SparkSession, stages: tuple[Stage, ...], params: Params, options: RunOptions
) -> dict[str, dict[str, float]]:
    """Run `stages` against the lake; a stage that this run id has finished is skipped. Returns figures per stage.

    Raises BadInput where the run id was used before with another source, input, seed or parameters; GateRefused
    where the gate said no (every stage before it has then finished).
    """
    lake = Lake(spark, options.lake)
    with ThreadPoolExecutor(1) as pool:  # a new store's migrations and a cold lake each take seconds
        opening = pool.submit(Tracker, options.tracking_uri or default_tracking_uri(options.lake), options.run_id)
        _claim_run(lake, options, params)
        done = _finished(lake, options.run_id)
        tracker = opening.result()
    tracker.start({"source": options.source, "seed": options.seed, "inputs": list(options.inputs)})
    figures: dict[str, dict[str, float]] = {}
    status = "FAILED"
    marks = Marks()
    try:
        for number, stage in enumerate(stages, 1):
            label = f"[{number}/{len(stages)}] {stage.name}"
            if stage.name in done:
                LOG.info("%-28s already done under run id %s", label, options.run_id)
                figures[stage.name] = done[stage.name]
                continue
            LOG.info("%-28s %s", label, stage.summary)
            if "ops.stages" in stage.reads:
                marks.wait()
            figures[stage.name] = _run_one(StageContext(spark, lake, tracker, params, options, LOG), stage, marks)
        marks.wait()
        status = "FINISHED"
    except GateRefused:
        status = "FINISHED"
        raise
    except KeyboardInterrupt:
        status = "KILLED"
        raise
    finally:
        marks.close()
        tracker.finish(status)
    return figures


class Marks:
    """Rows of ops.stages, each written while the next stage plans: a commit is mostly waiting.

    A stage whose mark a kill lost is run again, and its tables, written under the same run id, do not change.
    """

    def __init__(self):
        self.writer, self.last = ThreadPoolExecutor(1), None

    def add(self, context: StageContext, told: dict[str, object], stage_run: str) -> None:
        """Write a mark once the one before it is written; where it cannot be, the MLflow run of the stage has failed.

        Raises what writing the one before raised.
        """
        self.wait()
        self.last = self.writer.submit(self._write, context, told, stage_run)

    @staticmethod
    def _write(context: StageContext, told: dict[str, object], stage_run: str) -> None:
        try:
            _mark_finished(context, told)
        except BaseException:
            context.tracker.fail(stage_run)
            raise

    def wait(self) -> None:
        """Until the last mark is written. Raises what its write raised."""
        if self.last:
            self.last.result()

    def close(self) -> None:
        """Let the last mark be written, whatever became of the stage after it."""
        self.writer.shutdown()


def _run_one(context: StageContext, stage: Stage, marks: Marks) -> dict[str, float]:
    began = time.perf_counter()
    section = {k: v for k, v in flat(context.params).items() if k.startswith(f"{stage.section}.")}
    with context.tracker.stage(stage.name, {**section, "seed": context.options.seed}) as tracker:
        figures = dict(stage.run(context))
        seconds = time.perf_counter() - began
        versions = {**context.read_versions, **{w.table: w.version for w in context.written.values()}}
        rows = {w.table: w.rows for w in context.written.values()}
        for name, version in context.read_versions.items():
            tracker.log_table(name, context.lake.path(name), version, "read")
        for written in context.written.values():
            tracker.log_table(written.table, context.lake.path(written.table), written.version, "written")
        counted = {f"rows.{name}": count for name, count in rows.items()}
        tracker.log_metrics({**figures, **counted, "seconds": seconds})
        metrics = {name: float(value) for name, value in figures.items()}
        stage_run = tracker.stage_run_id()
    told = {"stage": stage.name, "seconds": seconds, "rows": rows, "versions": versions, "metrics": metrics}
    marks.add(context, told, stage_run)
    LOG.info("      %s finished in %.1f s", stage.name, seconds)
    return figures


def _claim_run(lake: Lake, options: RunOptions, params: Params) -> None:
    mark = fingerprint(options, params)
    if lake.exists("ops.runs"):
        earlier = lake.read("ops.runs").where(f"run_id = '{options.run_id}'").select("source", "seed", "fingerprint")
        row = earlier.first()
        if row is not None and options.source is not None and row["fingerprint"] != mark:
            raise BadInput.of(
                f"run id {options.run_id}",
                found=f"used before (source {row['source']}, seed {row['seed']}) with other input or parameters",
                expected="the same source, input, seed and parameters, or a new id",
                where="--run-id",
            )
        if row is not None:
            return
    claim = {"source": options.source or "as ingested", "seed": options.seed, "fingerprint": mark}
    lake.write("ops.runs", one_row(lake.spark, "ops.runs", {"run_id": options.run_id, **claim}), options.run_id)


def _finished(lake: Lake, run_id: str) -> dict[str, dict[str, float]]:
    if not lake.exists("ops.stages"):
        return {}
    rows = lake.read("ops.stages").where(f"run_id = '{run_id}'").select("stage", "metrics").collect()
    return {row["stage"]: row["metrics"] for row in rows}


def _mark_finished(context: StageContext, told: dict[str, object]) -> None:
    run_id = context.options.run_id
    mark = one_row(context.spark, "ops.stages", {"run_id": run_id, **told})
    context.lake.write("ops.stages", mark, f"{run_id}/{told['stage']}")
