"""One person's list made again by the released models, and put in place of the old one."""

from pyspark.sql import functions as F

from ..core.stage import StageContext
from ..privacy.person import Person
from .histories import friend_items, histories, people, strongest_interests
from .personal import recommend_block
from .saved import TABLE as RECOMMENDER
from .saved import open_recommender
from .scoring import PEOPLE_TABLES, objections

OF_A_LIST = ("gold.reasons", "gold.counterfactuals")
NEEDED = (*PEOPLE_TABLES, RECOMMENDER, "gold.recommendations")


def can_relist(lake) -> bool:
    """Whether the stage recommend has run on this lake."""
    return all(lake.exists(name) for name in NEEDED)


class Relister:
    """Holds the released models, which one person's objection does not change; people are read anew on every call."""

    def __init__(self, context: StageContext):
        """One small Spark job, and the released models' file."""
        self.context = context
        self.recommender = open_recommender(context.lake)

    def row(self, person: Person):
        """The person as a frame of one row for `recommend_block`, objections heeded. About six small Spark jobs."""
        context = self.context
        tables = {name: context.read(name) for name in PEOPLE_TABLES}
        mine = F.col("user_id") == person.user_id
        users = tables["silver.users"].where(mine).select("user_id", "user_index")
        pairs = tables["silver.interactions"].select("user_index", "item_index", "weight", "position")
        friends = friend_items(tables["silver.friends"].where(mine), tables["silver.users"])(pairs)
        history = histories(pairs.where(F.col("user_index") == person.user_index))
        interests = strongest_interests(users)(tables["gold.interest_map"].where(mine))
        asked = objections(context, users, tables["silver.items"])
        frame = people(users, history, friends, 1)(interests, *asked).toPandas()
        return frame.astype(object).where(frame.notna(), None)

    def list_of(self, person: Person):
        """The person's next list, see `recommend_block`."""
        return recommend_block(self.row(person), self.recommender, self.context.params.recommend.top_k)

    def relist(self, person: Person, run_id: str) -> int:
        """Put the person's next list in place of the present one -> its length; the same run id again does nothing.

        The person's structured reasons and counterfactuals go with the old list; `interestlake explain` makes new ones.
        """
        rows = self.list_of(person)
        schema = self.context.lake.read("gold.recommendations").drop("run_id").schema
        rows = rows[[field.name for field in schema]]
        frame = self.context.spark.createDataFrame(rows.values.tolist(), schema).coalesce(1)
        frame = frame.withColumn("run_id", F.lit(run_id))
        lake, mine = self.context.lake, f"user_id = '{person.user_id}'"
        lake.replace_where("gold.recommendations", frame, mine, run_id)
        for name in OF_A_LIST:  # they speak of the list before
            if lake.exists(name):
                lake.delete(name, mine)
        return len(rows)
