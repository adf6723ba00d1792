"""What the stages that score people stand on: the tables, the item-side models, the people, everyone's lists."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.lake import Written
from ..core.stage import StageContext
from ..graph.gram import partition_count
from ..privacy.objections import TABLE as OBJECTIONS
from ..privacy.objections import objected
from .gather import gather_item_models
from .gather_guard import gather_guard
from .histories import friend_items, histories, people, strongest_interests
from .passes import recommend
from .personal import Fusion, weighted_only

if TYPE_CHECKING:
    from pyspark import Broadcast

    from .item_models import ItemModels

ITEM_TABLES = (
    "silver.items",
    "silver.interests",
    "silver.item_interests",
    "silver.facts",
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


@dataclass(frozen=True)
class Scoring:
    """users(user_id, user_index) and pairs(user_index, item_index, weight, position, split) are cached."""

    tables: dict[str, DataFrame]
    users: DataFrame
    pairs: DataFrame
    partitions: int
    models: "ItemModels"

    def people(self, users: DataFrame, known: DataFrame) -> Callable:
        """`histories.people` of these users with `known` as everybody's pairs, also as their friends'. Lazy."""
        friends = friend_items(self.tables["silver.friends"], self.tables["silver.users"])(known)
        vectors = {"two_tower": self.tables["models.two_tower_user_vectors"]}
        return people(users, histories(known), friends, vectors, self.partitions)

    def close(self) -> None:
        self.users.unpersist()
        self.pairs.unpersist()


def open_scoring(context: StageContext) -> Scoring:
    """Read ITEM_TABLES and PEOPLE_TABLES; every scorer from the train pairs. About 17 Spark jobs, see gather.py."""
    tables = {name: context.read(name) for name in (*ITEM_TABLES, *PEOPLE_TABLES)}
    users = tables["silver.users"].select("user_id", "user_index").persist()
    pairs = tables["silver.interactions"].select("user_index", "item_index", "weight", "position", "split").persist()
    partitions = partition_count(users.count())
    train, params = histories(pairs.where("split = 'train'")), context.params
    models = gather_item_models(tables, train, params.recommend, partitions, context.log)
    guard = gather_guard(params.guard, context.read, models.catalogue)
    if guard is not None:
        context.log.info("      guard: %d of %d items are never listed", guard.blocked.sum(), len(guard.blocked))
        models = replace(models, guard=guard)
    return Scoring(tables, users, pairs, partitions, models)


@dataclass(frozen=True)
class Lists:
    """Everyone's lists as written, and what made them: the people (cached), the heard scorers and their fusion."""

    written: Written
    people: DataFrame
    models: "ItemModels"
    fusion: Fusion
    shared: "Broadcast"

    def close(self) -> None:
        self.people.unpersist()
        self.shared.unpersist()


def objections(context: StageContext, scoring: Scoring) -> list[DataFrame]:
    """`objected` columns of the people who asked for something, or nothing where nobody ever did. Lazy."""
    if not context.lake.exists(OBJECTIONS):
        return []
    return [context.read(OBJECTIONS).transform(objected(scoring.users, scoring.tables["silver.items"]))]


def write_lists(context: StageContext, scoring: Scoring, fusion: Fusion) -> Lists:
    """gold.recommendations of everyone from all pairs, with shares, evidence and reasons; objections are heeded."""
    heard, fused = weighted_only(scoring.models, fusion)
    interests = strongest_interests(scoring.users)(scoring.tables["gold.interest_map"])
    everyone = scoring.people(scoring.users, scoring.pairs)(interests, *objections(context, scoring)).persist()
    shared = context.spark.sparkContext.broadcast(heard)
    personal = everyone.transform(recommend(shared, fused, context.params.recommend.top_k))
    written = context.write("gold.recommendations", personal.withColumn("run_id", F.lit(context.options.run_id)))
    return Lists(written, everyone, heard, fused, shared)
