"""The command undo: the lake as it was before a run, its tables, its rows of ops and what it promoted."""

from dataclasses import replace

from ..core.errors import BadInput
from ..core.lake import Lake
from ..core.registered import take_back
from ..core.stage import Stage, StageContext
from ..core.storage import file_there, remove_file
from ..core.undo import OPS, Plan, Step, plan_undo, undo_step
from ..recommending.saved import FOLDER, remove_release
from ..recommending.saved import TABLE as RECOMMENDER
from ..reporting.closing import report_address


def checked_plan(lake: Lake, run_id: str) -> Plan:
    """`plan_undo`. Raises BadInput, too, where the released models' file of before the run is gone."""
    plan = plan_undo(lake, run_id)
    step = next((one for one in plan.steps if one.table == RECOMMENDER and one.version is not None), None)
    row = lake.read(RECOMMENDER, step.version).first() if step else None
    if row is not None and not file_there(lake.spark, f"{lake.root}/{FOLDER}/{row['file']}"):
        raise BadInput.of(f"run {run_id}", found=f"the models that run {row['run_id']} released deleted by a later "
                          "release", expected="them there; nothing was changed",
                          where="--run-id, or release models again: interestlake run --from recommend")  # fmt: skip
    return plan


def _run(context: StageContext) -> dict[str, float]:
    run_id, lake = context.options.request, context.lake
    steps = _steps(context, run_id)
    released = lake.read(RECOMMENDER).first() if any(step.table == RECOMMENDER for step in steps) else None
    for step in steps:
        undo_step(lake, step)
        where = "gone: the run made it" if step.version is None else f"as of version {step.version}"
        context.log.info("      %-32s %s", step.table, where)
    if released is not None and released["run_id"] == run_id:
        remove_release(context.spark, lake.root, released["file"])
    remove_file(context.spark, report_address(replace(context.options, run_id=run_id)))
    handed_on = take_back(context.tracker.uri, run_id, context.options.run_id)
    for line in handed_on:
        context.log.info("      %s", line)
    for name in reversed(OPS):  # the claim last: what was begun is found by it
        if lake.exists(name):
            context.delete(name, f"run_id = '{run_id}'")
    dropped = sum(step.version is None for step in steps)
    return {"restored": float(len(steps) - dropped), "dropped": float(dropped), "registry": float(len(handed_on))}


def _steps(context: StageContext, run_id: str) -> tuple[Step, ...]:
    """What is left to do; nothing where a call was killed after the run's last trace went."""
    lake = context.lake
    if lake.read("ops.runs").where(f"run_id = '{run_id}'").head(1) == []:
        return ()
    try:
        return checked_plan(lake, run_id).steps
    except BadInput:  # somebody wrote since it was asked: an undo that may not go on holds no run up
        context.delete("ops.runs", f"run_id = '{context.options.run_id}'")
        raise


UNDO = Stage(
    name="undo",
    summary="the tables and the registry as they were before a run",
    reads=OPS,
    writes=OPS,
    section="undo",
    run=_run,
)
