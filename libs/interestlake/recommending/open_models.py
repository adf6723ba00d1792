"""A lake's tables -> the models of its phases: on one machine where the pairs fit, else those that Spark fits."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.stage import StageContext, side_by_side
from ..interactions.item_room import VECTORS, with_room
from ..interactions.lake_inputs import collect_frames, item_vectors
from ..interactions.side_information import build_side
from .gather import collect_catalogue, collect_interests, collect_named_facts
from .gather_guard import gather_guard
from .lake_models import LakeModels
from .scoring import PAIR_COLUMNS, Scoring
from .spark_models import SparkModels

ATTRIBUTES = "bronze.items"  # who made an item, as its source says
ITEM_TABLES = ("silver.facts", "silver.documents", "silver.embeddings", "silver.interests", "silver.item_interests")


def open_models(context: StageContext, scoring: Scoring, embeddings: DataFrame) -> LakeModels | SparkModels:
    """embeddings(text_hash, vector) of one encoder. About twenty Spark jobs.

    Sizes are checked before anything is collected: more than recommend.max_pairs pairs are fitted by Spark, and what
    belongs to items is held to recommend.max_item_gigabytes, see `item_room.with_room`.
    """
    tables = scoring.tables | {name: context.read(name) for name in ITEM_TABLES if name != "silver.embeddings"}
    log, params = context.log, context.params
    count = scoring.pairs.count()
    fits = count <= params.recommend.max_pairs
    if not fits:
        log.info("      %d pairs, max_pairs=%d: the models that Spark fits", count, params.recommend.max_pairs)
    gathered = {**(tables if fits else _items_alone(tables)), VECTORS: embeddings}
    gathered = with_room(gathered, params.recommend.max_item_gigabytes, log)
    items = tables["silver.items"]
    catalogue = collect_catalogue(items)
    frames, vectors, interests = side_by_side(
        lambda: collect_frames(gathered),
        lambda: item_vectors(tables["silver.documents"], gathered[VECTORS], catalogue.item_ids),
        lambda: collect_interests(gathered["silver.item_interests"], tables["silver.interests"], items, catalogue),
    )
    if context.lake.exists(ATTRIBUTES):
        gathered[ATTRIBUTES] = context.read(ATTRIBUTES)
    told = collect_named_facts(gathered, catalogue, params.guard.hidden_words, params.interests.ignore,
                               params.recommend.max_item_gigabytes, log)  # fmt: skip
    guard = gather_guard(params.guard, context.read, catalogue, params.recommend.max_item_gigabytes)
    if guard is not None:
        log.info("      guard: %d of %d items are never listed", guard.blocked.sum(), len(guard.blocked))
    if not fits:
        side = build_side(frames.whole(), context.options.seed, log, vectors)
        pairs = tables["silver.interactions"].select("user_id", "item_id", *PAIR_COLUMNS)
        return SparkModels(scoring, pairs, catalogue, side, interests, guard, params, context.options.seed, log,
                           told)  # fmt: skip
    # people without a pair may outnumber the pairs that were counted
    paired = scoring.users.join(scoring.pairs.select("user_index").distinct(), "user_index", "left_semi")
    users = paired.select("user_id", F.col("user_index").cast("int")).toPandas()
    return LakeModels.of(frames, catalogue, vectors, interests, guard, users, params, context.options.seed, log, told)


def _items_alone(tables: dict[str, DataFrame]) -> dict[str, DataFrame]:
    """The tables without people: texts and facts are all that is collected."""
    return tables | {name: tables[name].limit(0) for name in ("silver.interactions", "silver.friends")}
