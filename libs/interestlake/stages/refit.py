"""The command refit: fusion weights moved by feedback, then, where asked for, everyone's lists by the moved weights."""

import numpy as np
from pyspark.sql import DataFrame

from ..errors import BadInput
from ..privacy.pseudonyms import kept_key
from ..recommending import feedback as told
from ..recommending.fit_weights import weight_rows
from ..recommending.fuse import SEGMENTS
from ..recommending.passes import propose_candidates
from ..recommending.people_behind import WEIGHTS, rested_by_refit, validation_people
from ..recommending.personal import Fusion
from ..recommending.refit import refit_weights
from ..recommending.refit_figures import refit_figures
from ..sources.feedback import OPTION, read_feedback
from ..tables import Lake
from .scoring import ITEM_TABLES, PEOPLE_TABLES, Scoring, open_scoring, write_lists
from .stage import Stage, StageContext

SOURCE = "feedback"  # what ops.runs calls the source of a refit


def check_lake(lake: Lake) -> None:
    """Raises BadInput where there is no lake, or none with weights to start from; writes nothing."""
    if not lake.exists("ops.runs"):
        raise BadInput.of(f"lake {lake.root}", found="none there", expected="a lake that `interestlake run` has made",
                          where="--lake")
    if not lake.exists(WEIGHTS):
        raise BadInput.of(f"lake {lake.root}", found=f"no {WEIGHTS}: no models yet", expected="a finished recommend",
                          where="--lake, after `interestlake run --until recommend`")


def _run(context: StageContext) -> dict[str, float]:
    params, run_id = context.params.recommend, context.options.run_id
    # a try that was killed after its write starts from the weights it started from the first time
    made = context.lake.written_by(WEIGHTS, run_id)
    version = context.lake.version(WEIGHTS) if made is None else made - 1
    context.read_versions[WEIGHTS] = version
    sources, current = weights_of(context.lake.read(WEIGHTS, version).collect())
    path = context.options.inputs[0]
    rows, lines = read_feedback(context.spark, path, _key(context))
    newest = told.newest_of_pair(rows)
    silver = {name: context.read(f"silver.{name}") for name in ("users", "items", "interactions")}
    train = silver["interactions"].where("split = 'train'")
    pairs = newest.transform(told.located(silver["users"], silver["items"], train)).persist()
    worth = told.count_told(rows.count(), pairs)
    _refuse_worthless(worth, path)
    context.log.info("      %d rows about %d pairs; %d used, %d of them liked, by %d people", worth.rows,
                     worth.rows - worth.repeated, worth.used, worth.liked, worth.people)
    stages = context.read("ops.stages") if context.lake.exists("ops.stages") else None

    scoring = open_scoring(context)
    absent = [source for source in sources if source not in scoring.models.names]
    if absent:
        raise BadInput.of(WEIGHTS, found=f"weights of {', '.join(absent)}", where="conf/params/recommend.yml",
                          expected=f"sources that the lake can score: {', '.join(scoring.models.names)}")
    rested = rested_by_refit(stages, version, "refit") or validation_people(scoring.pairs, params.cold_history)
    rested = {segment: max(float(context.params.refit.least_people), rested[segment]) for segment in SEGMENTS}
    shared = context.spark.sparkContext.broadcast(scoring.models)
    scored = _scored(scoring, pairs.transform(told.usable), shared, params.candidates).persist()
    judging = told.of_judging_half(context.options.seed)
    moved = refit_weights(scored.where(~judging), scored.where(judging), shared, current, rested, sources, params,
                          context.params.refit.rate, context.options.seed)
    for frame in (scored, pairs, lines):
        frame.unpersist()
    shared.unpersist()
    scoring.close()
    if any(segment.better for segment in moved.values()):
        after = {name: segment.after if segment.better else segment.before for name, segment in moved.items()}
        context.write(WEIGHTS, weight_rows(context.spark, after, sources))
    return refit_figures(moved, sources, context.params.refit.rate, worth)


def weights_of(rows) -> tuple[tuple[str, ...], dict[str, np.ndarray]]:
    """Rows of models.fusion_weights -> sources in the order of params.SOURCES, and (S,) weights per segment."""
    from ..params import SOURCES

    given = {(row["segment"], row["source"]): row["weight"] for row in rows}
    sources = tuple(source for source in SOURCES if any((segment, source) in given for segment in SEGMENTS))
    return sources, {segment: np.array([given[segment, source] for source in sources]) for segment in SEGMENTS}


def _key(context: StageContext) -> bytes:
    """The pseudonym key of the people of this lake: the sample world's is public, every other source's is one."""
    runs = context.lake.read("ops.runs").select("source").distinct().collect()
    sample = {row["source"] for row in runs} - {SOURCE, "as ingested"} == {"sample"}
    return kept_key("sample" if sample else "other", context.params.ingest.pseudonym_key_file)


def _scored(scoring: Scoring, pairs: DataFrame, shared, candidates: int) -> DataFrame:
    """Pairs of `feedback.usable` -> CANDIDATES_SCHEMA and refused, of everyone who liked something. Lazy."""
    judged = told.judged_items(pairs)
    known = scoring.pairs.transform(told.without(pairs))
    people = scoring.people(scoring.users.join(judged, "user_index").drop("refused"), known)()
    refused = judged.join(scoring.users, "user_index").select("user_id", "refused")
    rows = people.transform(propose_candidates(shared, candidates)).join(refused, "user_id")
    # sums run in the order of partitions and rows, so both are fixed
    return rows.repartition(scoring.partitions, "user_id").sortWithinPartitions("user_id")


def _refuse_worthless(worth: told.Told, path: str) -> None:
    pairs = worth.rows - worth.repeated
    if worth.liked:
        return
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
