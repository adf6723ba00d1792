"""One person's list made again by the lake's models and weights, and put in place of the old one."""

from pyspark.sql import functions as F

from ..core.stage import StageContext
from ..graph.gram import partition_count
from ..privacy.person import Person
from .fit_weights import weights_of
from .gather import gather_item_models
from .histories import friend_items, histories, people, strongest_interests
from .people_behind import WEIGHTS
from .personal import Fusion, recommend_block, weighted_only
from .scoring import ITEM_TABLES, PEOPLE_TABLES, objections

OF_A_LIST = ("gold.reasons", "gold.counterfactuals")
NEEDED = (*ITEM_TABLES, *PEOPLE_TABLES, WEIGHTS, "gold.recommendations")


def can_relist(lake) -> bool:
    """Whether the stage recommend has run on this lake."""
    return all(lake.exists(name) for name in NEEDED)


class Relister:
    """Holds the item-side models, which one person's objection does not change; people are read anew on every call."""

    def __init__(self, context: StageContext):
        """About 17 Spark jobs, as in `stages.scoring.open_scoring`."""
        self.context, params = context, context.params
        tables = {name: context.read(name) for name in (*ITEM_TABLES, "silver.users", "silver.interactions")}
        users = tables["silver.users"].select("user_id", "user_index")
        train = tables["silver.interactions"].where("split = 'train'")
        self.partitions = partition_count(users.count())
        models = gather_item_models(tables, histories(train), params.recommend, self.partitions, context.log)
        sources, weights = weights_of(context.read(WEIGHTS).collect())
        fusion = Fusion(sources, weights, params.recommend.cold_history, params.recommend.candidates)
        self.models, self.fusion = weighted_only(models, fusion)

    def row(self, person: Person):
        """The person as a frame of one row for `recommend_block`, objections heeded. About six small Spark jobs."""
        context = self.context
        tables = {name: context.read(name) for name in (*PEOPLE_TABLES, "silver.items")}
        mine = F.col("user_id") == person.user_id
        users = tables["silver.users"].where(mine).select("user_id", "user_index")
        pairs = tables["silver.interactions"].select("user_index", "item_index", "weight", "position")
        friends = friend_items(tables["silver.friends"].where(mine), tables["silver.users"])(pairs)
        vectors = {"two_tower": tables["models.two_tower_user_vectors"]}
        history = histories(pairs.where(F.col("user_index") == person.user_index))
        interests = strongest_interests(users)(tables["gold.interest_map"].where(mine))
        asked = objections(context, _Named(users, tables))
        frame = people(users, history, friends, vectors, 1)(interests, *asked).toPandas()
        return frame.astype(object).where(frame.notna(), None)

    def list_of(self, person: Person):
        """The person's next list, see `recommend_block`."""
        return recommend_block(self.row(person), self.models, self.fusion, self.context.params.recommend.top_k)

    def relist(self, person: Person, run_id: str) -> int:
        """Put the person's next list in place of the present one -> its length; the same run id again does nothing.

        The person's structured reasons and counterfactuals go with the old list; `interestlake explain` makes new ones.
        """
        rows = self.list_of(person)
        schema = self.context.lake.read("gold.recommendations").drop("run_id").schema
        frame = self.context.spark.createDataFrame(rows.values.tolist(), schema).coalesce(1)
        frame = frame.withColumn("run_id", F.lit(run_id))
        lake, mine = self.context.lake, f"user_id = '{person.user_id}'"
        lake.replace_where("gold.recommendations", frame, mine, run_id)
        for name in OF_A_LIST:  # they speak of the list before
            if lake.exists(name):
                lake.delete(name, mine)
        return len(rows)


class _Named:
    """What `objections` asks of a Scoring, for one person."""

    def __init__(self, users, tables):
        self.users, self.tables = users, tables
