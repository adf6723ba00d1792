"""A lake's tables -> the models of its phases: on one machine where the pairs fit, else those that Spark fits."""

import numpy as np
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.stage import StageContext, side_by_side
from ..interactions.lake_inputs import collect_frames, item_vectors
from .gather import collect_catalogue, collect_interests
from .gather_guard import gather_guard
from .lake_models import LakeModels
from .scoring import Scoring

ITEM_TABLES = ("silver.facts", "silver.documents", "silver.embeddings", "silver.interests", "silver.item_interests")


def open_models(context: StageContext, scoring: Scoring, embeddings: DataFrame) -> LakeModels:
    """embeddings(text_hash, vector) of one encoder. About ten Spark jobs; sizes are checked before anything is
    collected: more than recommend.max_pairs pairs are fitted by Spark."""
    tables = scoring.tables | {name: context.read(name) for name in ITEM_TABLES if name != "silver.embeddings"}
    items = tables["silver.items"]
    catalogue = collect_catalogue(items)
    frames, vectors, interests = side_by_side(
        lambda: collect_frames(tables),
        lambda: item_vectors(tables["silver.documents"], embeddings, catalogue.item_ids),
        lambda: collect_interests(tables["silver.item_interests"], tables["silver.interests"], items, catalogue),
    )
    guard = gather_guard(context.params.guard, context.read, catalogue)
    if guard is not None:
        context.log.info("      guard: %d of %d items are never listed", guard.blocked.sum(), len(guard.blocked))
    users = scoring.users.select("user_id", F.col("user_index").cast("int")).toPandas()
    return LakeModels.of(
        frames, catalogue, np.asarray(vectors), interests, guard, users, context.params, context.options.seed,
        context.log,
    )
