"""What the stages that score people stand on: tables, people with their histories, everyone's lists."""

from collections.abc import Callable
from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.lake import Written
from ..core.partitions import partitions_for
from ..core.stage import StageContext
from ..privacy.objections import TABLE as OBJECTIONS
from ..privacy.objections import objected
from .histories import friend_items, histories, people, strongest_interests
from .passes import recommend
from .shared import SharedRecommender

PEOPLE_TABLES = ("silver.users", "silver.items", "silver.interactions", "silver.friends", "gold.interest_map")
PEOPLE_PER_PARTITION = 1_000  # a list with its reasons takes some milliseconds
PAIR_COLUMNS = ("user_index", "item_index", "weight", "position", "split")


@dataclass(frozen=True)
class Scoring:
    """users(user_id, user_index) and pairs(PAIR_COLUMNS) are cached."""

    tables: dict[str, DataFrame]
    users: DataFrame
    pairs: DataFrame
    partitions: int

    def people(self, users: DataFrame, pairs: DataFrame) -> Callable:
        """`histories.people` of these users with `pairs` as everybody's pairs, also as their friends'. Lazy."""
        friends = friend_items(self.tables["silver.friends"], self.tables["silver.users"])(pairs)
        return people(users, histories(pairs), friends, self.partitions)

    def close(self) -> None:
        self.users.unpersist()
        self.pairs.unpersist()


def open_scoring(context: StageContext) -> Scoring:
    """Read PEOPLE_TABLES. One Spark job, a count of people."""
    tables = {name: context.read(name) for name in PEOPLE_TABLES}
    users = tables["silver.users"].select("user_id", "user_index").persist()
    pairs = tables["silver.interactions"].select(*PAIR_COLUMNS).persist()
    return Scoring(tables, users, pairs, partitions_for(users.count(), PEOPLE_PER_PARTITION))


@dataclass(frozen=True)
class Lists:
    """Everyone's lists as written, and what made them: the people (cached) and the recommender that tasks share."""

    written: Written
    people: DataFrame
    shared: SharedRecommender

    def close(self) -> None:
        self.people.unpersist()
        self.shared.destroy()


def objections(context: StageContext, users: DataFrame, items: DataFrame) -> list[DataFrame]:
    """`objected` columns of those of `users` who asked for something, or nothing where nobody ever did. Lazy."""
    if not context.lake.exists(OBJECTIONS):
        return []
    return [context.read(OBJECTIONS).transform(objected(users, items))]


def everyone_of(context: StageContext, scoring: Scoring) -> DataFrame:
    """Everybody with all their pairs, interests and objections, as `passes.recommend` takes people. Lazy."""
    interests = strongest_interests(scoring.users)(scoring.tables["gold.interest_map"])
    asked = objections(context, scoring.users, scoring.tables["silver.items"])
    return scoring.people(scoring.users, scoring.pairs)(interests, *asked)


def write_lists(context: StageContext, scoring: Scoring, shared: SharedRecommender) -> Lists:
    """gold.recommendations of everyone from all pairs, with shares, evidence and reasons; objections are heeded."""
    everyone = everyone_of(context, scoring).persist()
    personal = everyone.transform(recommend(shared, context.params.recommend.top_k))
    written = context.write("gold.recommendations", personal.withColumn("run_id", F.lit(context.options.run_id)))
    return Lists(written, everyone, shared)
