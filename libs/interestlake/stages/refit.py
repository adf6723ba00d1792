"""The command refit: fusion weights moved by feedback, then, where asked for, everyone's lists by the moved weights."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.contract import rows_of
from ..core.errors import BadInput
from ..core.stage import Stage, StageContext
from ..privacy.identity import keyed_origins
from ..recommending import feedback as told
from ..recommending.choose import FUSION_PEOPLE
from ..recommending.chosen_tables import FUSION, SEGMENT_NAMES, WEIGHTS, fusion_row, weight_rows
from ..recommending.judged import judged_people
from ..recommending.people_behind import rested_by_refit, validation_people
from ..recommending.refit import moved_fusion, refit_weights
from ..recommending.refit_figures import refit_figures
from ..recommending.saved import TABLE as RECOMMENDER
from ..recommending.saved import open_recommender
from ..recommending.scoring import PEOPLE_TABLES, Scoring, open_scoring, write_lists
from ..recommending.shared import SharedRecommender
from ..sources.feedback import OPTION, read_feedback


def _run(context: StageContext) -> dict[str, float]:
    refit, seed, run_id = context.params.refit, context.options.seed, context.options.run_id
    # a try that was killed after its write starts from the fusion it started from the first time
    version, fused_version = (_before(context, name) for name in (WEIGHTS, FUSION))
    recommender = open_recommender(context.lake, fused_version)
    pairs, worth, lines = _feedback(context)
    scoring = open_scoring(context)
    rested = _rested(context, scoring, version)
    usable, judging = pairs.transform(told.usable), told.of_judging_half(seed)
    people = _people(scoring, usable, seed)
    fitting, judges = (judged_people(people.where(half).toPandas(), recommender) for half in (~judging, judging))
    moved = refit_weights(fitting, judges, recommender.fusion, rested, refit.rate, seed)
    for frame in (pairs, lines):
        frame.unpersist()
    scoring.close()
    if any(segment.better for segment in moved.values()):
        fusion = moved_fusion(recommender.fusion, moved)
        context.write_all(
            {
                FUSION: rows_of(context.spark, FUSION, [fusion_row(fusion, run_id)]),
                WEIGHTS: rows_of(context.spark, WEIGHTS, weight_rows(fusion)),
            }
        )
    return refit_figures(moved, recommender.names, refit.rate, worth)


def _before(context: StageContext, name: str) -> int:
    """The version of a table before this run id wrote it; noted as read."""
    made = context.lake.written_by(name, context.options.run_id)
    version = context.lake.version(name) if made is None else made - 1
    context.read_versions[name] = version
    return version


def _feedback(context: StageContext) -> tuple[DataFrame, told.FeedbackCounts, DataFrame]:
    """The file's pairs as `feedback.located` (cached), what they are worth, and the cached lines behind them."""
    path = context.options.inputs[0]
    sources = keyed_origins(context.lake, context.params.ingest.pseudonym_key_file)
    rows, lines = read_feedback(context.spark, path, sources)
    users, items, interactions = (context.read(f"silver.{name}") for name in ("users", "items", "interactions"))
    pairs = rows.transform(told.newest_of_pair).transform(told.located(users, items, interactions)).persist()
    worth = told.count_feedback(rows.count(), pairs)
    if not worth.liked:
        _refuse(worth, path)
    said = (worth.rows, worth.rows - worth.repeated, worth.used, worth.liked, worth.people)
    context.log.info("      %d rows about %d pairs; %d used, %d of them liked, by %d people", *said)
    return pairs, worth, lines


def _rested(context: StageContext, scoring: Scoring, version: int) -> dict[str, float]:
    """People that the weights of this version rest on, per segment."""
    stages = context.read("ops.stages") if context.lake.exists("ops.stages") else None
    rested = rested_by_refit(stages, version, REFIT.name) or validation_people(scoring.pairs)
    return {segment: max(float(context.params.refit.least_people), rested[segment]) for segment in SEGMENT_NAMES}


def _people(scoring: Scoring, pairs: DataFrame, seed: int) -> DataFrame:
    """Pairs of `feedback.usable` -> rows of those who liked something, at most twice FUSION_PEOPLE, seeded. Lazy."""
    judged = told.judged_items(pairs)
    histories = scoring.pairs.transform(told.without(pairs))
    people = scoring.people(scoring.users.join(judged, "user_index"), histories)()
    sampled = people.orderBy(F.xxhash64(F.lit(seed), F.col("user_id")), "user_id").limit(2 * FUSION_PEOPLE)
    return sampled.orderBy("user_id")


def _refuse(worth: told.FeedbackCounts, path: str) -> None:
    pairs = worth.rows - worth.repeated
    found = (
        f"{pairs} pairs, none to learn from ({worth.unknown_people} unknown people, {worth.unknown_items} unknown "
        f"items, {worth.trained} pairs of the lake, {worth.used} others, none liked)"
    )
    expected = "a liked item (weight > 0) that the lake knows, of a person it knows, both ids as in the source"
    raise BadInput.of(f"file {path}", found=found, expected=expected, where=f"{OPTION}, or the pseudonym key of ingest")


def _refresh(context: StageContext) -> dict[str, float]:
    scoring = open_scoring(context)
    lists = write_lists(context, scoring, SharedRecommender(context.spark, open_recommender(context.lake)))
    lists.close()
    scoring.close()
    return {"recommended_rows": lists.written.rows}


REFIT = Stage(
    name="refit",
    summary="feedback moves the fusion weights of each segment",
    reads=(*PEOPLE_TABLES, RECOMMENDER, FUSION, WEIGHTS, "ops.stages"),
    writes=(FUSION, WEIGHTS),
    section="refit",
    run=_run,
)
REFRESH = Stage(
    name="refit_lists",
    summary="everyone's lists by the moved weights",
    reads=(*PEOPLE_TABLES, RECOMMENDER, FUSION),
    writes=("gold.recommendations",),
    section="recommend",
    run=_refresh,
)
