"""The release that a run may go on from, and what came and went since; or why it begins anew."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.errors import BadInput
from ..core.lake import Lake
from ..core.lake_as_of import noted_versions
from ..core.stage import StageContext
from ..core.tracking import CHAMPION
from ..core.undo import expect_nothing_forgotten
from .left import Left
from .saved import TABLE, Growth, open_left, settings_mark

PAIRS, STAGE, RANKER = "silver.interactions", "recommend", "interestlake.ranker"
KEY = ["user_id", "item_id"]


@dataclass(frozen=True)
class Former:
    """run_id: the release's; left: of its fits; pairs: silver.interactions as it learned them; came, gone(user_id,
    item_id): the pairs that it had not, and had, on the driver; growth: of the release that goes on from it."""

    run_id: str
    left: Left
    pairs: DataFrame
    came: pd.DataFrame
    gone: pd.DataFrame
    growth: Growth


def find_former(context: StageContext) -> Former | None:
    """Where to go on from; None, with a line that says why where the run asked for it, where all begins anew.

    Asked for by a choice that is kept (tune.minutes 0) and recommend.grown above 0. What came and went is collected:
    recommend.grown of recommend.max_pairs pairs at most. About ten small Spark jobs.
    """
    params, lake, log = context.params, context.lake, context.log
    kept = params.tune.minutes == 0 and not params.tune.quick and not context.options.fresh
    if not (kept and params.recommend.grown and lake.exists(TABLE)):
        return None
    row = lake.read(TABLE).first()
    if row is None:
        return None
    former = _of_release(context, row.asDict())
    if isinstance(former, str):
        log.info("      every model anew: %s", former)
        return None
    log.info("      going on from run %s: %d pairs came, %d went; %.2f%% since run %s fitted every model "
             "(recommend.grown=%g)", former.run_id, len(former.came), len(former.gone), 100 * former.growth.grown,
             former.growth.begun, params.recommend.grown)  # fmt: skip
    return former


def _of_release(context: StageContext, row: Mapping) -> Former | str:
    lake, run_id = context.lake, row["run_id"]
    if run_id == context.options.run_id:
        return "this run released already"
    if context.tracker.run_of(RANKER, CHAMPION) != run_id:
        return f"the release of run {run_id} is not the champion's"  # what the gate refused is not gone on from
    if not row.get("left"):
        return f"run {run_id} left nothing to go on from"
    if row["settings"] != settings_mark(context):
        return f"seed or parameters are not those of run {run_id}"
    version = (noted_versions(lake, run_id, STAGE) or {}).get(PAIRS)
    try:
        expect_nothing_forgotten(lake, row["begun"])
    except BadInput as fault:
        return str(fault).splitlines()[0]
    if version is None or lake.gone_files(PAIRS, version):
        return f"what run {run_id} learned from is no longer kept"
    now, then = (pairs.select(*KEY) for pairs in (lake.read(PAIRS), lake.read(PAIRS, version)))
    came, gone = now.join(then, KEY, "left_anti"), then.join(now, KEY, "left_anti")
    changed, whole = came.count() + gone.count(), now.count()
    grown = row["grown"] + changed / max(whole, 1)
    if grown > context.params.recommend.grown:
        return (f"{grown:.1%} of the pairs came or went since run {row['begun']} fitted every model, "
                f"recommend.grown={context.params.recommend.grown:g}")  # fmt: skip
    left = open_left(lake, row)
    if left is None:
        return f"the file that run {run_id} left is gone"
    growth = Growth(row["begun"], grown, run_id)
    return Former(run_id, left, lake.read(PAIRS, version), came.toPandas(), gone.toPandas(), growth)


def went_on(lake: Lake, run_id: str, version: int | None = None) -> str | None:
    """The run from whose models the release of `run_id` went on; None where its models were fitted anew, and where
    models.recommender, at `version` or newest, is another run's. One small Spark job."""
    row = lake.read(TABLE, version).first() if lake.exists(TABLE) else None
    return row.asDict().get("went_on") if row is not None and row["run_id"] == run_id else None


def came_since(lake: Lake, run_id: str) -> DataFrame | None:
    """(user_id, item_id, split) of the present pairs where the run's release went on from a former one: "test" for what
    that one had not learned, by which it is judged, else "train"; None where the run fitted every model anew. Lazy, but
    for two small Spark jobs."""
    former = went_on(lake, run_id)
    versions = None if former is None else noted_versions(lake, former, STAGE)
    if versions is None or PAIRS not in versions:
        return None
    then = lake.read(PAIRS, versions[PAIRS]).select(*KEY, F.lit("train").alias("split"))
    split = F.coalesce("split", F.lit("test")).alias("split")
    return lake.read(PAIRS).select(*KEY).join(then, KEY, "left").select(*KEY, split)
