"""Runs stages in order under one run id: skips what is done, logs what is read and written, resumes after a kill."""

import logging
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import cast

from pyspark.sql import SparkSession

from .claim import Claim, claim_run
from .config import RunOptions, cut, flat
from .errors import GateRefused
from .hold import holding
from .lake import Lake, one_row
from .lineage import checkpoints_below
from .moved_store import expect_store
from .params.all import Params
from .progress import PROGRESS
from .stage import Stage, StageContext
from .tracking import Tracker
from .unchanged import WatchedLake, WatchedParams, input_mark, marks_of, rested_on, unchanged_since

LOG = logging.getLogger("interestlake")
REFUSED = "refused"  # figure of a stage that finished with a no


def select(stages: tuple[Stage, ...], first: str | None, last: str | None) -> tuple[Stage, ...]:
    """The stages from `first` to `last`, both included. Raises BadInput for an unknown name or an empty cut."""
    return stages[cut([stage.name for stage in stages], first, last)]


def run_stages(
    spark: SparkSession,
    stages: tuple[Stage, ...],
    params: Params,
    options: RunOptions,
    claim: Claim | None = None,
) -> dict[str, dict[str, float]]:
    """Run `stages` against the lake; a stage that this run id has finished is skipped. Returns figures per stage.

    The lake is held meanwhile, unless every stage goes on beside a run. claim: what `claim_run` has returned for this
    run, and the caller holds the lake; None holds and claims here, with their BadInput. Raises GateRefused where the
    gate said no, also before under this run id; the stage is then finished, as is every stage before it.
    """
    lake = Lake(spark, options.lake)
    if claim is not None:
        return _run_all(lake, _tracker(options), stages, params, options, claim)
    alone = not all(stage.beside for stage in stages)
    # a new store's migrations and a cold lake each take seconds
    with holding(lake, options, alone) as hold, ThreadPoolExecutor(1) as pool:
        opening = pool.submit(_tracker, options)
        claim = claim_run(lake, options, params, hold)
        return _run_all(lake, opening.result(), stages, params, options, claim)


def _tracker(options: RunOptions) -> Tracker:
    return Tracker(expect_store(options.tracking_uri, options.lake), options.run_id)


def _run_all(
    lake: Lake, tracker: Tracker, stages: tuple[Stage, ...], params: Params, options: RunOptions, claim: Claim
) -> dict[str, dict[str, float]]:
    lake = Lake(lake.spark, lake.root, claim.take)
    given = {"source": options.source, "seed": options.seed, "inputs": list(options.inputs)}
    tracker.start({**given, **flat(params)})
    figures: dict[str, dict[str, float]] = {}
    status = "FAILED"
    marks = Marks()
    try:
        with lake.named(options.run_id), checkpoints_below(lake.spark, lake.root, options.run_id):
            for number, stage in enumerate(stages, 1):
                label = f"[{number}/{len(stages)}] {stage.name}"
                if stage.name in claim.done:
                    LOG.info("%-28s already done under run id %s", label, options.run_id)
                    figures[stage.name] = claim.done[stage.name]
                    if claim.done[stage.name].get(REFUSED):
                        raise GateRefused(f"run id {options.run_id}: {stage.name} has said no before, and it stays so")
                    continue
                LOG.info("%-28s %s", label, stage.summary)
                if claim.hold:
                    claim.hold.expect_held()
                if "ops.stages" in stage.reads:
                    marks.wait()
                watched = WatchedLake(lake.spark, lake.root, lake.take)
                context = StageContext(lake.spark, watched, tracker, WatchedParams.of(params), options, LOG)
                with PROGRESS.doing(stage.name):
                    before = _passed_over(context, params, stage, marks)
                    figures[stage.name] = _run_one(context, params, stage, marks) if before is None else before
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
        self.writer = ThreadPoolExecutor(1)
        self.last: Future[None] | None = None

    def add(self, context: StageContext, row: dict[str, object], stage_run: str) -> None:
        """Write a mark once the one before it is written; where it cannot be, the MLflow run of the stage has failed.

        Raises what writing the one before raised.
        """
        self.wait()
        self.last = self.writer.submit(self._write, context, row, stage_run)

    @staticmethod
    def _write(context: StageContext, row: dict[str, object], stage_run: str) -> None:
        try:
            _mark_finished(context, row)
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


def _passed_over(context: StageContext, params: Params, stage: Stage, marks: Marks) -> dict[str, float] | None:
    """The figures of the run that left what this stage would write again; None where it must run."""
    if not stage.pure or context.options.fresh:
        return None
    if stage.before is not None:
        stage.before(context)
    lake, options = Lake(context.spark, context.lake.root), context.options
    given = None if stage.reads else input_mark(lake, options.run_id)
    row = unchanged_since(marks_of(lake, stage.name), lake, params, options.seed, given)
    if row is None:
        return None
    LOG.info("      as run %s left it: nothing that it rests on has changed (--fresh runs it)", row["run_id"])
    versions = {name: lake.version(name) for name in row["versions"]}
    with context.tracker.stage(stage.name, {"unchanged_since": row["run_id"]}) as tracker:
        tracker.log_metrics(dict(row["metrics"]))
        stage_run = tracker.stage_run_id()
    marks.add(context, {"stage": stage.name, "seconds": 0.0, "rows": {}, "versions": versions,
                        "metrics": row["metrics"], "rests_on": row["rests_on"]}, stage_run)  # fmt: skip
    return dict(row["metrics"])


def _run_one(context: StageContext, params: Params, stage: Stage, marks: Marks) -> dict[str, float]:
    began = time.perf_counter()
    section = {k: v for k, v in flat(params).items() if k.startswith(f"{stage.section}.")}
    with context.tracker.stage(stage.name, {**section, "seed": context.options.seed}) as tracker:
        refusal = None
        try:
            figures = dict(stage.run(context))
        except GateRefused as no:
            if no.figures is None:
                raise
            refusal, figures = no, {**no.figures, REFUSED: 1.0}
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
    row: dict[str, object] = {"stage": stage.name, "seconds": seconds, "rows": rows, "versions": versions,
                              "metrics": metrics, "rests_on": _rests_on(context, stage)}  # fmt: skip
    marks.add(context, row, stage_run)
    LOG.info("      %s finished in %.1f s", stage.name, seconds)
    if refusal is not None:
        marks.wait()
        raise refusal
    return figures


def _rests_on(context: StageContext, stage: Stage) -> dict[str, str] | None:
    if not stage.pure:
        return None
    given = None if stage.reads else input_mark(Lake(context.spark, context.lake.root), context.options.run_id)
    wrote = {written.table: written.version for written in context.written.values()}
    lake, params = cast(WatchedLake, context.lake), cast(WatchedParams, context.params)
    return rested_on(lake, params, context.options.seed, wrote, given) or None


def _mark_finished(context: StageContext, row: dict[str, object]) -> None:
    run_id = context.options.run_id
    mark = one_row(context.spark, "ops.stages", {"run_id": run_id, **row})
    context.lake.write("ops.stages", mark, f"{run_id}/{row['stage']}")
