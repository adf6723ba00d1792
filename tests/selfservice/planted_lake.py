"""The planted world with lists, texts, facts and a social link: built once a session, copied for whoever changes it."""

import logging
import shutil
from types import SimpleNamespace

from ..recommending import planted

SMALL = {"recommend.candidates": 30, "recommend.top_k": 5, "recommend.cold_history": 2, "recommend.ease_l2": 5.0}
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
    from interestlake.recommending.fit_weights import weights_of

    from interestlake.core.config import RunOptions, load_params
    from interestlake.core.lake import Lake
    from interestlake.core.params.all import SOURCES
    from interestlake.core.stage import StageContext
    from interestlake.recommending.personal import Fusion
    from interestlake.recommending.scoring import open_scoring, write_lists

    lake = Lake(spark, str(root))
    world = planted.write_world(lake)
    words = {i: planted.TOPICS[i % planted.GROUPS] for i in range(planted.ITEMS)}

    def put(name, rows, schema):
        spark.createDataFrame(rows, schema).coalesce(1).write.format("delta").save(lake.path(name))

    even = [(segment, source, 1 / len(SOURCES)) for segment in ("warm", "cold") for source in SOURCES]
    put("models.fusion_weights", even, "segment string, source string, weight double")
    put("bronze.events",
        [(f"e{r.user}-{r.item}", planted.user_id(r.user), planted.item_id(r.item), "play", *3 * [None], "t", "f", 1)
         for r in world.pairs.itertuples()],
        "event_id string, user_id string, item_id string, event_type string, value double, text string, "
        "event_ts timestamp, source string, file string, line bigint")  # fmt: skip
    documents = [(f"own-{i}", f"h-{i}", "item", planted.item_id(i), None, f"All about {words[i]}.", None, None, "all")
                 for i in range(planted.ITEMS)]
    documents.append(("said", "h-said", "review", planted.item_id(0), planted.user_id(0), "Loud.", 4.0, None, "train"))
    put("silver.documents", documents,
        "doc_id string, text_hash string, kind string, item_id string, user_id string, text string, rating double, "
        "event_ts timestamp, split string")  # fmt: skip
    put("silver.embeddings", [(row[1], "m", "onnx", [1.0]) for row in documents],
        "text_hash string, model_id string, engine string, vector array<float>")  # fmt: skip
    put("graph.interest_nodes",
        [(f"tag:{topic}", 2, 1.0, "c", "c", 1 / 3) for topic in planted.TOPICS],
        "interest_id string, degree int, weighted_degree double, component string, community string, pagerank double")
    options = RunOptions(lake=lake.root, run_id="made")
    context = StageContext(spark, lake, None, load_params(None, SMALL), options, logging.getLogger("interestlake"))
    scoring = open_scoring(context)
    sources, weights = weights_of(lake.read("models.fusion_weights").collect())
    write_lists(context, scoring, Fusion(sources, weights, 2, 30)).close()
    scoring.close()
    return world
