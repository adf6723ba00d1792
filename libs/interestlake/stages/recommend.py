"""Stage recommend: candidates of every source, weights fitted on validation, lists with reasons, the ranker."""

import tempfile
from pathlib import Path

import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..recommending.cooccurrence import partition_count
from ..recommending.fit_weights import fit_weights, weight_rows
from ..recommending.gather import gather_item_models
from ..recommending.histories import friend_items, held_out, histories, people, strongest_interests
from ..recommending.passes import list_models, propose_candidates, recommend
from ..recommending.personal import Fusion, weighted_only
from ..serving.ranker import INPUTS, OUTPUTS, REQUIREMENTS, Ranker
from .stage import Stage, StageContext

REGISTERED = "interestlake.ranker"
ITEM_TABLES = (
    "silver.items",
    "silver.interests",
    "silver.item_interests",
    "graph.item_edges",
    "graph.item_transitions",
    "models.item_features",
    "models.als_item_factors",
    "models.als_fit",
    "models.two_tower_item_vectors",
)
PEOPLE_TABLES = (
    "silver.users",
    "silver.interactions",
    "silver.friends",
    "models.two_tower_user_vectors",
    "gold.interest_map",
)


def _run(context: StageContext) -> dict[str, float]:
    params, length = context.params.recommend, max(context.params.evaluate.ks)
    tables = {name: context.read(name) for name in (*ITEM_TABLES, *PEOPLE_TABLES)}
    users = tables["silver.users"].select("user_id", "user_index").persist()
    pairs = tables["silver.interactions"].select("user_index", "item_index", "weight", "position", "split").persist()
    partitions = partition_count(users.count())
    train, before_test = pairs.where("split = 'train'"), pairs.where("split != 'test'")
    models = gather_item_models(tables, histories(train), params, partitions, context.log)
    shared = context.spark.sparkContext.broadcast(models)
    sources = tuple(s for s in models.names if s in params.sources or s == "popularity")

    def scored(known: DataFrame, split: str) -> DataFrame:
        held = held_out(pairs.where(F.col("split") == split))
        return _people(tables, users.join(held, "user_index"), known, partitions)().transform(
            propose_candidates(shared, params.candidates)
        )

    validation = scored(train, "validation").persist()
    fitted = fit_weights(validation, models.names, sources, params, context.options.seed)
    for segment, weights in fitted.weights.items():
        named = ", ".join(f"{source} {weight:.2f}" for source, weight in zip(sources, weights, strict=True))
        context.log.info("      weights of %s people: %s", segment, named)
    context.write("models.fusion_weights", weight_rows(context.spark, fitted.weights, sources))
    fusion = Fusion(sources, fitted.weights, params.cold_history, params.candidates)
    lists = validation.transform(list_models(shared, fusion, length)).withColumn("split", F.lit("validation"))
    tested = scored(before_test, "test").transform(list_models(shared, fusion, length))
    written = context.write("models.lists", lists.unionByName(tested.withColumn("split", F.lit("test"))))
    validation.unpersist()
    shared.unpersist()

    heard, fused = weighted_only(models, fusion)
    interests = strongest_interests(users)(tables["gold.interest_map"])
    everyone = _people(tables, users, pairs, partitions)(interests).persist()
    heard_shared = context.spark.sparkContext.broadcast(heard)
    personal = everyone.transform(recommend(heard_shared, fused, params.top_k))
    gold = context.write("gold.recommendations", personal.withColumn("run_id", F.lit(context.options.run_id)))
    carried = everyone.where(F.col("user_index") < params.ranker_people).drop("user_index", "friend_count").toPandas()
    everyone.unpersist()
    version = _register(context, Ranker(heard, fused, carried.sort_values("user_id")))
    heard_shared.unpersist()
    context.log.info("      registered %s version %s", REGISTERED, version)
    figures = {f"{segment}.{name}": value for segment, earned in fitted.earned.items()
               for name, value in zip(("people", "uniform_ndcg_10", "fitted_ndcg_10"), earned, strict=True)}
    left_out = float("ease" not in models.names)
    return {**figures, "ease_left_out": left_out, "list_rows": written.rows, "recommended_rows": gold.rows}


def _people(tables: dict[str, DataFrame], users: DataFrame, known: DataFrame, partitions: int):
    friends = friend_items(tables["silver.friends"], tables["silver.users"])(known)
    vectors = {"two_tower": tables["models.two_tower_user_vectors"]}
    return people(users, histories(known), friends, vectors, partitions)


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
