"""The command rollback: what is served, put back to what an earlier run released; the tables it was made of stay."""

from collections.abc import Iterable

from pyspark.sql import functions as F

from ..core.errors import BadInput
from ..core.lake import Lake
from ..core.lake_as_of import LakeAsOf, expect_kept, runs_of, standing
from ..core.only_row import only_row
from ..core.registered import registered_by, served_folder
from ..core.schemas.all import ALL
from ..core.stage import Stage, StageContext
from ..core.storage import put_file, sha256_of
from ..core.tracking import CHAMPION
from ..core.undo import expect_nothing_forgotten
from ..privacy.objections import TABLE as OBJECTIONS
from ..recommending.against_champion import RANKER
from ..recommending.recommender_file import RECOMMENDER_FILE
from ..recommending.relist import OF_A_LIST
from ..recommending.saved import FOLDER, kept_file
from ..recommending.saved import TABLE as RECOMMENDER
from .promote import MODELS
from .recommend import RECOMMEND

LISTS = "gold.recommendations"
# what each run writes whole, and what is served of it
SERVED = tuple(dict.fromkeys((*RECOMMEND.writes, *(
    name for name, table in ALL.items() if table.layer == "gold" and table.mode in ("replace", "recompute")
))))  # fmt: skip


def served_by(lake: Lake, run_id: str) -> LakeAsOf:
    """The lake's SERVED tables as the run read or left them.

    Raises BadInput for a run that released nothing, for a state that is no longer kept, and where anybody had anything
    forgotten since the run began: an older version may hold it.
    """
    stages = lake.read("ops.stages").where(F.col("run_id") == run_id).select("stage", "versions").collect()
    if RECOMMEND.name not in {row["stage"] for row in stages}:
        known = sorted(runs_of(lake, (RECOMMEND.name,)))
        raise BadInput.of(f"run {run_id}", found="no lists of it", expected=f"one of {', '.join(known[-5:]) or 'none'}",
                          where="--to")  # fmt: skip
    noted = {name: version for row in stages for name, version in row["versions"].items() if name in SERVED}
    expect_nothing_forgotten(lake, run_id)
    then = LakeAsOf(lake, {name: standing(lake, name, version, ()) for name, version in noted.items()})
    expect_kept(lake, run_id, then.versions)
    return then


def _run(context: StageContext) -> dict[str, float]:
    lake, run_id, uri = context.lake, context.options.request, context.tracker.uri
    then = served_by(lake, run_id)
    _expect_models(context, then)
    restored = 0
    for name, at in then.versions.items():
        if lake.version(name) != at:
            context.note(lake.restore(name, at))
            context.log.info("      %-32s as of version %d", name, at)
            restored += 1
    heeded = _heed(context, then.versions)
    for name in OF_A_LIST:  # of the lists that stood until now; explain makes them anew
        if name not in then.versions and lake.exists(name):
            context.delete(name, "true")
    moved = 0
    for name in MODELS:
        made, champion = registered_by(uri, name, run_id, released=True), context.tracker.alias_version(name, CHAMPION)
        if made is None and champion:
            context.log.warning("warning: %s: %s stays version %s; the run released none", name, CHAMPION, champion)
        elif made and champion != made[1]:
            context.tracker.client.set_registered_model_alias(made[0], CHAMPION, made[1])
            context.log.info("      %s: %s is version %s", name, CHAMPION, made[1])
            moved += 1
    return {"restored": float(restored), "registry": float(moved), "entries_taken_out": float(heeded)}


def _expect_models(context: StageContext, then: LakeAsOf) -> None:
    """The file of the released models beside the lake, fetched from the registry where later releases removed it."""
    if kept_file(then):
        return
    row, uri = only_row(then.read(RECOMMENDER)), context.tracker.uri
    made = registered_by(uri, RANKER, context.options.request)
    file = served_folder(f"models:/{made[0]}/{made[1]}", uri) / RECOMMENDER_FILE if made else None
    if file is None or sha256_of(file) != row["sha256"]:
        raise BadInput.of(f"run {context.options.request}", found="its models neither beside the lake nor in the "
                          "registry", expected="one of them: the lake keeps those of the last two releases",
                          where="--to")  # fmt: skip
    put_file(context.spark, file, f"{context.lake.root}/{FOLDER}/{row['file']}")


def _heed(context: StageContext, tables: Iterable[str]) -> int:
    """Take out of the restored tables the items and interests that people said no to since. -> rows."""
    if not context.lake.exists(OBJECTIONS):
        return 0
    refused, rows = context.read(OBJECTIONS).where("action = 'not_interested'"), 0
    for name in tables:
        for column, kind in (("item_id", "item"), ("interest_id", "interest"), ("interest", "interest")):
            if not {"user_id", column} <= set(ALL[name].column_names):
                continue
            pairs = refused.where(F.col("kind") == kind).select("user_id", F.col("target").alias(column))
            gone = context.read(name).join(pairs, ["user_id", column], "left_semi").withColumn("gone", F.lit(True))
            if not gone.isEmpty():  # of each state that is restored a write of its own
                state = f"{context.options.run_id}/{context.lake.version(name)}"
                rows += context.note(context.lake.change(name, gone, state)).rows
    return rows


ROLLBACK = Stage(
    name="rollback",
    summary="lists, profiles and models that are served, back to those of an earlier run",
    reads=(OBJECTIONS, LISTS),
    writes=SERVED,
    section="promote",
    run=_run,
)
