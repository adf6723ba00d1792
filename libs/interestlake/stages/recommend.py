"""Stage recommend: models chosen on validation, judged on test, fitted on everything; lists and the ranker."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from pyspark.sql import functions as F

from ..core.contract import rows_of
from ..core.processes import on_processes
from ..core.stage import Stage, StageContext, side_by_side
from ..evaluation.judged import sampled
from ..recommending.chosen_tables import CHOSEN, FUSION, WEIGHTS, chosen_rows, fusion_row, kept_before, weight_rows
from ..recommending.former import find_former
from ..recommending.histories import held_out
from ..recommending.lake_models import LakeModels, validation_lists
from ..recommending.left import Left
from ..recommending.open_models import ATTRIBUTES, ITEM_TABLES, open_models
from ..recommending.passes import list_models
from ..recommending.recommender import Recommender
from ..recommending.saved import TABLE as RECOMMENDER
from ..recommending.saved import save_recommender
from ..recommending.scoring import PEOPLE_TABLES, open_scoring, write_lists
from ..recommending.shared import SharedRecommender
from ..serving.register import register_ranker
from ..training.checkpoint import Checkpoint, states_below
from ..training.line import fits_shared, in_rank, state_handlers
from .embed import own_vectors
from .go_on import go_on


@contextmanager
def _trainings(context: StageContext) -> Iterator[None]:
    """Within, states lie with the lake, and trainings are shared by as many processes as tune.processes says."""
    processes = context.params.tune.processes

    def launch(work: Callable, saved: Checkpoint) -> Any:
        main, handlers = partial(in_rank, work), state_handlers(saved)
        return on_processes(context.spark, processes, main, handlers, "tune.processes")

    with states_below(context.spark, context.lake.root, context.options.run_id):
        if processes == 1:
            yield
            return
        with fits_shared(launch):
            yield


def _run(context: StageContext) -> dict[str, float]:
    params, run_id, length = context.params.recommend, context.options.run_id, max(context.params.evaluate.ks)
    scoring = open_scoring(context)
    models = open_models(context, scoring, own_vectors(context))
    if isinstance(models, LakeModels) and (former := find_former(context)) is not None:
        figures = go_on(context, scoring, models, former, lambda: _trainings(context))
        scoring.close()
        return figures
    with _trainings(context):
        choice = models.choose(kept_before(context.lake))
        # the test phase: models that never saw a test pair list for the people of the test split
        shared = SharedRecommender(context.spark, models.for_test(choice))
    rows = chosen_rows(choice, run_id)
    for row in rows:
        if row["left_out"]:
            context.log.info("      left out: %-14s %s", row["model"], row["left_out"])
    context.log.info("      fusion: %s", choice.fusion.line())
    tested = held_out(scoring.pairs.where("split = 'test'"))
    judged = sampled(
        scoring.users.join(tested, "user_index"), params.max_test_people, context.options.seed, context.log
    )
    people = scoring.people(judged, scoring.pairs.where("split != 'test'"))()
    lists = people.transform(list_models(shared, length)).withColumn("split", F.lit("test"))
    validated = validation_lists(choice, models.user_ids, models.catalogue.item_ids, length)
    validated = rows_of(context.spark, "models.lists", validated.assign(split="validation"))
    validated = validated.coalesce(context.spark.sparkContext.defaultParallelism)  # of Arrow's batches, a file each
    tables = {
        "models.lists": lists.unionByName(validated),
        CHOSEN: rows_of(context.spark, CHOSEN, rows),
        FUSION: rows_of(context.spark, FUSION, [fusion_row(choice.fusion, run_id)]),
        WEIGHTS: rows_of(context.spark, WEIGHTS, weight_rows(choice.fusion)),
    }

    def released() -> tuple[Recommender, Left | None]:
        """Everything again, on every pair."""
        with _trainings(context):
            return models.release(choice)

    # the lists of the test phase are tasks of executors, the fits mostly the driver's
    (written, *_), (release, left) = side_by_side(lambda: context.write_all(tables), released)
    shared.destroy()
    shared = SharedRecommender(context.spark, release)
    size, gold = side_by_side(
        lambda: save_recommender(context, release, shared.file, left), lambda: write_lists(context, scoring, shared)
    )
    version = register_ranker(context, release, gold.people)
    gold.close()
    scoring.close()
    context.log.info("      registered interestlake.ranker version %s", version)
    used = [row for row in rows if not row["left_out"]]
    figures = {f"validation.{row['model']}": row["validation"] for row in used if row["validation"] is not None}
    figures |= {f"weight.{row['model']}": row["weight"] for row in used}
    figures |= {f"fusion.{name}": value for name, value in choice.fusion.values.items()}
    return {**figures, "models_left_out": float(len(rows) - len(used)), "recommender_bytes": float(size),
            "list_rows": written.rows, "recommended_rows": gold.written.rows}  # fmt: skip


RECOMMEND = Stage(
    name="recommend",
    summary="models chosen on validation, judged on test, fitted on everything; lists with reasons; the ranker",
    reads=(*PEOPLE_TABLES, *ITEM_TABLES, ATTRIBUTES),
    writes=(CHOSEN, FUSION, WEIGHTS, "models.lists", RECOMMENDER, "gold.recommendations"),
    section="recommend",
    run=_run,
)
