"""The lists of a past run made again, from the tables as it read them and the models as it released them."""

from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.errors import BadInput
from ..core.lake import Lake
from ..core.lake_as_of import LakeAsOf, runs_of, standing
from ..core.only_row import only_row
from ..core.registered import registered_by
from ..core.stage import StageContext
from ..privacy.objections import TABLE as OBJECTIONS
from .against_champion import RANKER
from .chosen_tables import FUSION
from .passes import recommend
from .recommender import Recommender
from .saved import TABLE as RECOMMENDER
from .saved import kept_file, open_recommender, registered_recommender
from .scoring import PEOPLE_TABLES, Scoring, everyone_of
from .shared import SharedRecommender

LISTS = "gold.recommendations"
MADE_OF = (*PEOPLE_TABLES, OBJECTIONS, RECOMMENDER, FUSION, LISTS)  # what a list is made of
CLOSE = 1e-6  # scores of one list may differ by so much: blocks of other people are other products


@dataclass(frozen=True)
class Compared:
    """people: whose list still is the one that the run wrote; equal: entry for entry; entries: of all those lists;
    differing: entries with another item, or a score further off than CLOSE; anew: people whose list is another now."""

    people: int
    equal: int
    entries: int
    differing: int
    anew: int


def recommender_of(lake: LakeAsOf, run_id: str, tracking_uri: str) -> Recommender:
    """What the run released: the lake's file while it is kept, else that of the registered ranker.

    Raises BadInput where neither is there.
    """
    if kept_file(lake):
        return open_recommender(lake)
    version = registered_by(tracking_uri, RANKER, run_id)
    if version is None:
        raise BadInput.of(f"run {run_id}", found="neither its models' file in the lake nor a registered version",
                          expected="one of them", where="--tracking-uri, or the registry")  # fmt: skip
    return registered_recommender(f"models:/{version[0]}/{version[1]}", tracking_uri)


def lists_again(context: StageContext, scoring: Scoring, shared: SharedRecommender, length: int) -> DataFrame:
    """gold.recommendations of everybody, without run_id, as of the context's lake. Lazy."""
    return everyone_of(context, scoring).transform(recommend(shared, length))


def lists_written(lake: Lake, run_id: str, version: int) -> DataFrame:
    """The rows that the run wrote to gold.recommendations, of people whose list still is that one. Lazy.

    version: that the run wrote. Deletions and lists made again since, at people's requests, are in it.
    """
    at = standing(lake, LISTS, version, runs_of(lake, ("forget", "feedback")))
    return lake.read(LISTS, at).where(F.col("run_id") == run_id)


def length_written(written: DataFrame) -> int:
    """Entries of the longest of those lists. One Spark job."""
    return int(only_row(written.agg(F.max("rank")))[0] or 0)


def compare(again: DataFrame, written: DataFrame) -> Compared:
    """Lists made again, held to those written. Two Spark jobs."""
    theirs = written.select("user_id", "rank", F.col("item_id").alias("item"), F.col("score").alias("then"))
    users = theirs.select("user_id").distinct()
    mine = again.select("user_id", "rank", "item_id", "score").join(users, "user_id")
    both = theirs.join(mine, ["user_id", "rank"], "full")
    same = (F.col("item") == F.col("item_id")) & (F.abs(F.col("then") - F.col("score")) <= CLOSE)
    person = both.groupBy("user_id").agg(
        F.count(F.lit(1)).alias("entries"), F.count_if(~F.coalesce(same, F.lit(False))).alias("differing")
    )
    row = only_row(person.agg(
        F.count(F.lit(1)), F.count_if(F.col("differing") == 0), F.coalesce(F.sum("entries"), F.lit(0)),
        F.coalesce(F.sum("differing"), F.lit(0)),
    ))  # fmt: skip
    there = again.select("user_id").distinct().count()
    return Compared(row[0], row[1], row[2], row[3], there - row[0])
