"""The command refit: fusion weights moved by feedback, then, where asked for, everyone's lists by the moved weights."""

from pyspark.sql import DataFrame

from ..core.errors import BadInput
from ..core.stage import Stage, StageContext
from ..privacy.identity import keyed_origins
from ..recommending import feedback as told
from ..recommending.fit_weights import weight_rows, weights_of
from ..recommending.fuse import SEGMENTS
from ..recommending.passes import propose_candidates
from ..recommending.people_behind import WEIGHTS, rested_by_refit, validation_people
from ..recommending.personal import Fusion
from ..recommending.refit import refit_weights
from ..recommending.refit_figures import refit_figures
from ..recommending.scoring import ITEM_TABLES, PEOPLE_TABLES, Scoring, open_scoring, write_lists
from ..sources.feedback import OPTION, read_feedback


def _run(context: StageContext) -> dict[str, float]:
    params, refit, seed = context.params.recommend, context.params.refit, context.options.seed
    # a try that was killed after its write starts from the weights it started from the first time
    made = context.lake.written_by(WEIGHTS, context.options.run_id)
    version = context.lake.version(WEIGHTS) if made is None else made - 1
    context.read_versions[WEIGHTS] = version
    sources, current = weights_of(context.lake.read(WEIGHTS, version).collect())
    pairs, worth, lines = _feedback(context)
    scoring = open_scoring(context)
    _expect_scorers(sources, scoring.models.names)
    rested = _rested(context, scoring, version)
    shared = context.spark.sparkContext.broadcast(scoring.models)
    scored = _scored(scoring, pairs.transform(told.usable), shared, params.candidates).persist()
    judging = told.of_judging_half(seed)
    halves = scored.where(~judging), scored.where(judging)
    moved = refit_weights(*halves, shared, current, rested, sources, params, refit.rate, seed)
    for frame in (scored, pairs, lines):
        frame.unpersist()
    shared.unpersist()
    scoring.close()
    if any(segment.better for segment in moved.values()):
        after = {name: segment.after if segment.better else segment.before for name, segment in moved.items()}
        context.write(WEIGHTS, weight_rows(context.spark, after, sources))
    return refit_figures(moved, sources, refit.rate, worth)


def _feedback(context: StageContext) -> tuple[DataFrame, told.Told, DataFrame]:
    """The file's pairs as `feedback.located` (cached), what they are worth, and the cached lines behind them."""
    path = context.options.inputs[0]
    sources = keyed_origins(context.lake, context.params.ingest.pseudonym_key_file)
    rows, lines = read_feedback(context.spark, path, sources)
    users, items, interactions = (context.read(f"silver.{name}") for name in ("users", "items", "interactions"))
    place = told.located(users, items, interactions.where("split = 'train'"))
    pairs = rows.transform(told.newest_of_pair).transform(place).persist()
    worth = told.count_told(rows.count(), pairs)
    if not worth.liked:
        _refuse(worth, path)
    said = (worth.rows, worth.rows - worth.repeated, worth.used, worth.liked, worth.people)
    context.log.info("      %d rows about %d pairs; %d used, %d of them liked, by %d people", *said)
    return pairs, worth, lines


def _rested(context: StageContext, scoring: Scoring, version: int) -> dict[str, float]:
    """People that the weights of this version rest on, per segment."""
    stages = context.read("ops.stages") if context.lake.exists("ops.stages") else None
    noted = rested_by_refit(stages, version, REFIT.name)
    rested = noted or validation_people(scoring.pairs, context.params.recommend.cold_history)
    return {segment: max(float(context.params.refit.least_people), rested[segment]) for segment in SEGMENTS}


def _expect_scorers(sources: tuple[str, ...], names: tuple[str, ...]) -> None:
    if absent := [source for source in sources if source not in names]:
        expected = f"sources that the lake can score: {', '.join(names)}"
        raise BadInput.of(f"table {WEIGHTS}", found=f"weights of {', '.join(absent)}", expected=expected,
                          where="conf/params/recommend.yml (ease_max_items), as in the run that fitted them")


def _scored(scoring: Scoring, pairs: DataFrame, shared, candidates: int) -> DataFrame:
    """Pairs of `feedback.usable` -> CANDIDATES_SCHEMA and refused, of everyone who liked something. Lazy."""
    judged = told.judged_items(pairs)
    known = scoring.pairs.transform(told.without(pairs))
    people = scoring.people(scoring.users.join(judged, "user_index").drop("refused"), known)()
    refused = judged.join(scoring.users, "user_index").select("user_id", "refused")
    rows = people.transform(propose_candidates(shared, candidates)).join(refused, "user_id")
    # sums run in the order of partitions and rows, so both are fixed
    return rows.repartition(scoring.partitions, "user_id").sortWithinPartitions("user_id")


def _refuse(worth: told.Told, path: str) -> None:
    pairs = worth.rows - worth.repeated
    found = (f"{pairs} pairs, none to learn from ({worth.unknown_people} unknown people, {worth.unknown_items} unknown "
             f"items, {worth.trained} pairs of the train split, {worth.used} others, none liked)")
    expected = "a liked item (weight > 0) that the lake knows, of a person it knows, both ids as in the source"
    raise BadInput.of(f"file {path}", found=found, expected=expected, where=f"{OPTION}, or the pseudonym key of ingest")


def _refresh(context: StageContext) -> dict[str, float]:
    params = context.params.recommend
    sources, weights = weights_of(context.read(WEIGHTS).collect())
    scoring = open_scoring(context)
    lists = write_lists(context, scoring, Fusion(sources, weights, params.cold_history, params.candidates))
    lists.close()
    scoring.close()
    return {"recommended_rows": lists.written.rows}


REFIT = Stage(
    name="refit",
    summary="feedback moves the fusion weights of each segment",
    reads=(*ITEM_TABLES, *PEOPLE_TABLES, WEIGHTS, "ops.stages"),
    writes=(WEIGHTS,),
    section="refit",
    run=_run,
)
REFRESH = Stage(
    name="refit_lists",
    summary="everyone's lists by the moved weights",
    reads=(*ITEM_TABLES, *PEOPLE_TABLES, WEIGHTS),
    writes=("gold.recommendations",),
    section="recommend",
    run=_refresh,
)
