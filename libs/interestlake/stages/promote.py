"""Stage promote: champion follows challenger where the gate's metric holds."""

from pyspark.sql import functions as F

from ..core.errors import BadInput, GateRefused
from ..core.stage import Stage, StageContext
from ..core.tracking import CHALLENGER, CHAMPION
from ..evaluation.gate import Champion, decide
from ..recommending.against_champion import TABLE as AGAINST
from ..recommending.against_champion import of_row
from ..recommending.former import went_on
from ..recommending.saved import TABLE as RECOMMENDER

MODELS = ("interestlake.als", "interestlake.two_tower", "interestlake.ranker")


def _run(context: StageContext) -> dict[str, float]:
    gate = context.params.promote
    rows = context.read("gold.metrics").where(
        (F.col("run_id") == context.options.run_id)
        & (F.col("split") == "test")
        & (F.col("segment") == "all")
        & (F.col("metric") == gate.metric)
        & (F.col("k") == gate.k)
    )
    rows = rows.select("model", "value", "error").collect()
    values = {row["model"]: row["value"] for row in rows}
    gone_on = went_on(context.lake, context.options.run_id) is not None
    # the former release, which the new pairs judge, holds the models alone that speak in its lists
    rivals = [name for name in gate.better_than if name in values] if gone_on else gate.better_than
    missing = [name for name in ("fused", *rivals) if name not in values]
    if gone_on and missing:
        return _follow(context)
    if missing:
        raise BadInput.of(
            f"gold.metrics of run {context.options.run_id}",
            found=f"no {gate.metric}@{gate.k} on test of {', '.join(missing)}",
            expected="the evaluate stage under the same run id, with every model of better_than",
            where="--run-id, or metric, k and better_than in conf/params/promote.yml",
        )
    versions = {name: _version(context, name) for name in MODELS}
    beside = _beside_champion(context)
    errors = {row["model"]: row["error"] for row in rows} if gone_on else None
    verdict = decide(values, gate.metric, gate.k, rivals, gate.min_gain, beside, gate.champion, errors)
    tags = {"gate": "passed" if verdict.holds else "refused", "gate.figures": str(verdict)}
    for name, version in versions.items():
        if verdict.holds:
            context.tracker.move_alias(name, CHAMPION, version, tags)
        else:
            context.tracker.tag_version(name, version, tags)
    context.tracker.judge_version(
        MODELS[-1], versions[MODELS[-1]], {f"{m}.{gate.metric}_{gate.k}": v for m, v in values.items()}
    )
    gain = min((verdict.fused / value - 1 for value in verdict.rivals.values() if value > 0), default=0.0)
    figures = {"fused": verdict.fused, "least_gain": gain}
    if beside is not None and not beside.why:
        figures |= {"beside_champion": beside.challenger - beside.champion, "low": beside.low, "high": beside.high}
    if not verdict.holds:
        said = f"{verdict}; min_gain={gate.min_gain}; champion stays (conf/params/promote.yml)"
        raise GateRefused(said, figures)
    context.log.info("      champion moved: %s", verdict)
    return figures


def _follow(context: StageContext) -> dict[str, float]:
    """Champion goes to the versions of a run that went on from the champion's where nothing came that judges it."""
    context.log.info("      champion moved: its models went on, and nobody whom they knew brought a pair to judge by")
    for name in MODELS:
        context.tracker.move_alias(name, CHAMPION, _version(context, name), {"gate": "nothing to judge by"})
    return {"judged": 0.0}


def _beside_champion(context: StageContext) -> Champion | None:
    """What evaluate wrote of this run; None where it found no other champion. One small Spark job."""
    if not context.lake.exists(AGAINST):
        return None
    return of_row(context.read(AGAINST).where(F.col("run_id") == context.options.run_id).first())


def _version(context: StageContext, name: str) -> str:
    """The version that this run made, else the challenger's. Raises BadInput where there is none."""
    version = context.tracker.version_of_this_run(name) or context.tracker.alias_version(name, CHALLENGER)
    if version is None:
        raise BadInput.of(
            f"model {name}",
            found="no version",
            expected="one made by training and recommend",
            where="--run-id, or run the earlier stages first",
        )
    return version


PROMOTE = Stage(
    name="promote",
    summary="move champion where the fused list beats the gate's models, and is no worse than the champion",
    reads=("gold.metrics", AGAINST, RECOMMENDER),
    writes=(),
    section="promote",
    run=_run,
)
