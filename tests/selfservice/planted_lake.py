"""The planted world with lists, texts, facts and a social link: built once a session, copied for whoever changes it."""

import logging
import shutil
from dataclasses import replace
from types import SimpleNamespace

import numpy as np

from ..recommending import planted

SMALL = {"recommend.top_k": 5, "recommend.cold_history": 2}
# one of each way to say why
MODELS = ["item_knn", "ease", "als", "transitions", "social", "text", "fact_knn"]
BUILT: dict[str, object] = {}


def make_world(spark, root):
    """.lake, .context, .pairs of a lake of one's own under `root`, with everyone's lists under the run id made."""
    from interestlake.core.config import RunOptions, load_params
    from interestlake.core.lake import Lake
    from interestlake.core.stage import StageContext

    if "lake" not in BUILT:
        BUILT["lake"], BUILT["world"] = root / "pristine", _build(spark, root / "pristine")
    shutil.copytree(BUILT["lake"], root / "lake")
    lake = Lake(spark, str(root / "lake"))
    options = RunOptions(lake=lake.root, run_id="made")
    context = StageContext(spark, lake, None, load_params(None, SMALL), options, logging.getLogger("interestlake"))
    return SimpleNamespace(lake=lake, context=context, **vars(BUILT["world"]))


def _build(spark, root):
    from interestlake.core.config import RunOptions, load_params
    from interestlake.core.lake import Lake
    from interestlake.core.stage import StageContext

    lake = Lake(spark, str(root))
    world = planted.write_world(lake)

    def put(name, rows, schema):
        spark.createDataFrame(rows, schema).coalesce(1).write.format("delta").save(lake.path(name))

    put("bronze.events",
        [(f"e{r.user}-{r.item}", planted.user_id(r.user), planted.item_id(r.item), "play", *3 * [None], "t", "f", 1)
         for r in world.pairs.itertuples()],
        "event_id string, user_id string, item_id string, event_type string, value double, text string, "
        "event_ts timestamp, source string, file string, line bigint")  # fmt: skip
    put(
        "graph.interest_nodes",
        [(f"tag:{topic}", 2, 1.0, "c", "c", 1 / 3) for topic in planted.TOPICS],
        "interest_id string, degree int, weighted_degree double, component string, community string, pagerank double",
    )
    options = RunOptions(lake=lake.root, run_id="made")
    params = load_params(None, {**SMALL, "tune.quick": True, "recommend.models": MODELS})
    release_evenly(StageContext(spark, lake, None, params, options, logging.getLogger("interestlake")))
    return world


def release_evenly(context):
    """What the stage recommend leaves, but for the ranker: models fitted on every pair, all with the same weight."""
    from interestlake.core.contract import rows_of
    from interestlake.recommending import chosen_tables as tables
    from interestlake.recommending.fusion import Fusion
    from interestlake.recommending.open_models import open_models
    from interestlake.recommending.saved import save_recommender
    from interestlake.recommending.scoring import open_scoring, write_lists
    from interestlake.recommending.shared import SharedRecommender

    run_id = context.options.run_id
    scoring = open_scoring(context)
    models = open_models(context, scoring, context.read("silver.embeddings").where("model_id = 'm'"))
    choice = models.choose(None)
    fusion = Fusion(tuple(choice.names), "weights", np.full(len(choice.names), 1 / len(choice.names)))
    choice = replace(choice, fusion=fusion)
    rows = {
        tables.CHOSEN: tables.chosen_rows(choice, run_id), tables.FUSION: [tables.fusion_row(fusion, run_id)],
        tables.WEIGHTS: tables.weight_rows(fusion),
    }  # fmt: skip
    context.write_all({name: rows_of(context.spark, name, found) for name, found in rows.items()})
    release = models.for_release(choice)
    shared = SharedRecommender(context.spark, release)
    save_recommender(context, release, shared.file)
    write_lists(context, scoring, shared).close()
    scoring.close()
