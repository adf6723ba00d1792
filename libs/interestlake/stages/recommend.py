"""Stage recommend: candidates of every source, weights fitted on validation, lists with reasons, the ranker."""

import tempfile
from pathlib import Path

import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.stage import Stage, StageContext, side_by_side
from ..recommending.fit_weights import fit_weights, weight_rows
from ..recommending.granularity import heard_sources
from ..recommending.histories import held_out
from ..recommending.passes import heard_from, list_models, propose_candidates
from ..recommending.personal import Fusion
from ..recommending.scoring import ITEM_TABLES, PEOPLE_TABLES, open_scoring, write_lists
from ..serving.ranker import INPUTS, OUTPUTS, REQUIREMENTS, Ranker

REGISTERED = "interestlake.ranker"


def _run(context: StageContext) -> dict[str, float]:
    params, length = context.params.recommend, max(context.params.evaluate.ks)
    scoring = open_scoring(context)
    models, pairs = scoring.models, scoring.pairs
    train, before_test = pairs.where("split = 'train'"), pairs.where("split != 'test'")
    shared = context.spark.sparkContext.broadcast(models)
    wanted = heard_sources(models.names, params.sources, params.granularities)

    def scored(known: DataFrame, split: str) -> DataFrame:
        held = held_out(pairs.where(F.col("split") == split))
        people = scoring.people(scoring.users.join(held, "user_index"), known)()
        return people.transform(propose_candidates(shared, params.candidates))

    validation = scored(train, "validation").persist()
    heard = heard_from(validation, models.names)
    # a source that never spoke could take any weight at no cost; without validation people nothing is known of it
    sources = tuple(source for source in wanted if source in heard or source == "popularity") if heard else wanted
    if silent := sorted(set(wanted) - set(sources)):
        context.log.info("      nothing proposed by %s: without weight", ", ".join(silent))
    fitted = fit_weights(validation, models.names, sources, params, context.options.seed)
    for segment, weights in fitted.weights.items():
        named = ", ".join(f"{source} {weight:.2f}" for source, weight in zip(sources, weights, strict=True))
        context.log.info("      weights of %s people: %s", segment, named)
    context.write("models.fusion_weights", weight_rows(context.spark, fitted.weights, sources))
    fusion = Fusion(sources, fitted.weights, params.cold_history, params.candidates)
    lists = validation.transform(list_models(shared, fusion, length)).withColumn("split", F.lit("validation"))
    tested = scored(before_test, "test").transform(list_models(shared, fusion, length))
    both = lists.unionByName(tested.withColumn("split", F.lit("test")))
    written, gold = side_by_side(
        lambda: context.write("models.lists", both), lambda: write_lists(context, scoring, fusion)
    )
    validation.unpersist()
    shared.unpersist()
    kept = gold.people.where(F.col("user_index") < params.ranker_people)
    carried = kept.drop("user_index", "friend_count").toPandas()
    version = _register(context, Ranker(gold.models, gold.fusion, carried.sort_values("user_id")))
    gold.close()
    context.log.info("      registered %s version %s", REGISTERED, version)
    figures = {f"{segment}.{name}": value for segment, earned in fitted.earned.items()
               for name, value in zip(("people", "uniform_ndcg_10", "fitted_ndcg_10"), earned, strict=True)}
    left_out = float("ease" not in models.names)
    return {**figures, "ease_left_out": left_out, "list_rows": written.rows, "recommended_rows": gold.written.rows}


def _register(context: StageContext, ranker: Ranker) -> str:
    example = pd.DataFrame({"user_id": ranker.people["user_id"].head(2).to_list() or ["somebody"]})
    with tempfile.TemporaryDirectory() as folder:
        return context.tracker.log_served(
            "ranker",
            REGISTERED,
            loader="interestlake.serving.ranker:Ranker",
            folder=ranker.save(Path(folder) / "ranker"),
            inputs=INPUTS,
            outputs=OUTPUTS,
            input_example=example,
            requirements=REQUIREMENTS,
            tags={"people": str(len(ranker.people)), "sources": ",".join(ranker.fusion.sources)},
        )


RECOMMEND = Stage(
    name="recommend",
    summary="candidates of every source, fused with weights fitted on validation; lists with reasons; the ranker",
    reads=(*ITEM_TABLES, *PEOPLE_TABLES),
    writes=("models.fusion_weights", "models.lists", "gold.recommendations"),
    section="recommend",
    run=_run,
)
