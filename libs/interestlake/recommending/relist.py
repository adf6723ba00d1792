"""One person's list made again by the released models, and put in place of the old one."""

import uuid
from collections.abc import Callable, Iterable

import pandas as pd
from pyspark.sql import functions as F

from ..core.lake import Lake
from ..core.stage import StageContext
from ..privacy.objections import TABLE as OBJECTIONS
from ..privacy.person import Person
from .chosen_tables import FUSION
from .histories import friend_items, histories, people, strongest_interests
from .personal import recommend_block
from .recommender import Recommender
from .saved import TABLE as RECOMMENDER
from .saved import open_recommender
from .scoring import PEOPLE_TABLES, objections

OF_A_LIST = ("gold.reasons", "gold.counterfactuals")
NEEDED = (*PEOPLE_TABLES, RECOMMENDER, "gold.recommendations")


def can_relist(lake: Lake) -> bool:
    """Whether the stage recommend has run on this lake."""
    return all(lake.exists(name) for name in NEEDED)


def released_once() -> Callable[[Lake], Recommender]:
    """`open_recommender` of one lake that reads the file again only where there is another release or fusion."""
    opened: dict[tuple, Recommender] = {}

    def released(lake: Lake) -> Recommender:
        versions = tuple(sorted(_versions(lake, (RECOMMENDER, FUSION)).items()))
        if versions not in opened:
            opened.clear()
            opened[versions] = open_recommender(lake)
        return opened[versions]

    return released


def _versions(lake: Lake, names: Iterable[str]) -> dict[str, int]:
    return {name: lake.version(name) for name in names if lake.exists(name)}


class Relister:
    """Holds the released models, which one person's objection does not change; people are read anew on every call."""

    def __init__(self, context: StageContext, released: Callable[[Lake], Recommender] = open_recommender):
        """One small Spark job, and the released models' file, where `released` does not hold it already."""
        self.context = context
        self.context.read_versions |= _versions(context.lake, (RECOMMENDER, FUSION))
        self.recommender = released(context.lake)

    def row(self, person: Person) -> pd.DataFrame:
        """The person as a frame of one row for `recommend_block`, objections heeded. About six small Spark jobs."""
        context = self.context
        tables = {name: context.read(name) for name in PEOPLE_TABLES}
        mine = F.col("user_id") == person.user_id
        users = tables["silver.users"].where(mine).select("user_id", "user_index")
        pairs = tables["silver.interactions"].select("user_index", "item_index", "weight", "position")
        friends = friend_items(tables["silver.friends"].where(mine), tables["silver.users"])(pairs)
        history = histories(pairs.where(F.col("user_index") == F.lit(person.user_index)))
        interests = strongest_interests(users)(tables["gold.interest_map"].where(mine))
        asked = objections(context, users, tables["silver.items"])
        frame = people(users, history, friends, 1)(interests, *asked).toPandas()
        return frame.astype(object).where(frame.notna(), None)

    def list_of(self, person: Person) -> pd.DataFrame:
        """The person's next list, see `recommend_block`."""
        return recommend_block(self.row(person), self.recommender, self.context.params.recommend.top_k)

    def relist(self, person: Person) -> int:
        """Put the person's next list in place of the present one -> its length.

        It is made again where the person's objections or tables changed meanwhile, so that of two requests at once the
        later list knows both. The person's structured reasons and counterfactuals go with the old list; `interestlake
        explain` makes new ones.
        """
        while True:
            before = self._rests_on(person)
            listed = self._put(person)
            if self._rests_on(person) == before:
                return listed

    def _rests_on(self, person: Person) -> tuple[dict[str, int], set]:
        """Versions of the tables that a list is made of, and what the person said. One small Spark job."""
        lake = self.context.lake
        if not lake.exists(OBJECTIONS):
            return _versions(lake, PEOPLE_TABLES), set()
        mine = lake.read(OBJECTIONS).where(F.col("user_id") == person.user_id)
        return _versions(lake, PEOPLE_TABLES), set(mine.select("kind", "action", "target").collect())

    def _put(self, person: Person) -> int:
        context, mine = self.context, f"user_id = '{person.user_id}'"
        rows = self.list_of(person)
        schema = context.lake.read("gold.recommendations").drop("run_id").schema
        rows = rows[[field.name for field in schema]]
        frame = context.spark.createDataFrame(rows.values.tolist(), schema).coalesce(1)
        frame = frame.withColumn("run_id", F.lit(context.options.run_id))
        # a write of its own each time: under one name a list made again would be taken for the one before
        name = f"{context.options.run_id}/{uuid.uuid4().hex}"
        context.note(context.lake.replace_where("gold.recommendations", frame, mine, name))
        for table in OF_A_LIST:  # they speak of the list before
            if context.lake.exists(table):
                context.delete(table, mine)
        return len(rows)
