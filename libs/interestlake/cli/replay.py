"""`interestlake replay`: lists of a past run made again, of one person to read, of everybody to be counted."""

import argparse
from logging import Logger

from pyspark.sql import SparkSession

from ..core.config import RunOptions
from ..core.counted import counted
from ..core.errors import BadInput, GateRefused
from ..core.lake import Lake
from ..core.lake_as_of import lake_as_of
from ..core.moved_store import default_tracking_uri, settle_store
from ..core.params.all import Params
from ..core.spark_rows import SparkRows
from ..core.stage import StageContext, expect_lake
from ..privacy.names import shown
from ..privacy.objections import TABLE as OBJECTIONS
from ..privacy.person import find_person
from ..privacy.said import said_of
from ..recommending.personal import recommend_block
from ..recommending.relist import Relister
from ..recommending.replay import (
    LISTS,
    MADE_OF,
    Compared,
    compare,
    length_written,
    lists_again,
    lists_written,
    recommender_of,
)
from ..recommending.scoring import open_scoring
from ..recommending.shared import SharedRecommender
from ..serving.one_list import titles_of
from .exploring.list_at_once import as_text

STAGE = "recommend"


def replay(
    arguments: argparse.Namespace, spark: SparkSession, params: Params, options: RunOptions, log: Logger
) -> None:
    """Print a person's list as the run made it, or how many of everybody's come out the same. Writes nothing.

    Raises BadInput for a run that made no lists, a state that is no longer kept and a person who is not there, and
    GateRefused where lists differ.
    """
    lake, run_id = Lake(spark, options.lake), options.run_id
    expect_lake(lake, ("ops.stages", LISTS), "interestlake run")
    then = lake_as_of(lake, run_id, STAGE, MADE_OF)
    written = lists_written(lake, run_id, then.version(LISTS))
    length = length_written(written) or params.recommend.top_k
    uri = options.tracking_uri or default_tracking_uri(options.lake)
    settle_store(uri)
    recommender = recommender_of(then, run_id, uri)
    context = StageContext(spark, then, None, params, options, log)
    if arguments.user is None:
        scoring, shared = open_scoring(context), SharedRecommender(spark, recommender)
        again = lists_again(context, scoring, shared, length).persist()
        found = compare(again, written)
        again.unpersist()
        scoring.close()
        shared.destroy()
        print(told(found, run_id, _deleted(lake)))
        if found.differing:
            raise GateRefused(f"run {run_id}: found {found.differing:,} entries that differ; expected none: the code "
                              "or its libraries have changed since")  # fmt: skip
        return
    person = find_person(lake, arguments.user, params.ingest.pseudonym_key_file, forgotten_too=True)
    if person.user_index is None:
        raise BadInput.of(f"user {shown(arguments.user)}", found="a person whose data were deleted at their request "
                          "(forget --everything)", expected="somebody else: of them no list is made again",
                          where="--user")  # fmt: skip
    rows = recommend_block(Relister(context, lambda _: recommender).row(person), recommender, length)
    said = said_of(SparkRows.of_lake(lake), person.user_id)  # what was forgotten since is gone from the past, too
    rows = rows[[not said.forgot(person.user_id, "item", item) for item in rows["item_id"]]]
    if not len(rows):
        raise BadInput.of(f"list of {shown(arguments.user)}", found="none: the run did not know the person",
                          expected="a person of then", where="--user")  # fmt: skip
    titles = titles_of(SparkRows.of_lake(then), set(rows["item_id"]))
    print(as_text([(row.rank, row.item_id, titles.get(row.item_id, row.item_id), row.score, row.reason)
                   for row in rows.itertuples()], arguments.csv))  # fmt: skip


def _deleted(lake: Lake) -> int:
    """People who had everything deleted. One small Spark job."""
    if not lake.exists(OBJECTIONS):
        return 0
    return lake.read(OBJECTIONS).where("kind = 'everything' AND action = 'forget'").select("user_id").distinct().count()


def told(found: Compared, run_id: str, deleted: int) -> str:
    """What was compared, in lines."""
    lines = [f"{found.equal:,} of {found.people:,} people have the list of run {run_id} again, entry for entry: "
             f"{found.entries - found.differing:,} of {found.entries:,} entries"]  # fmt: skip
    if found.anew > 0:
        lines.append(
            f"{counted(found.anew, 'person has', 'people have')} a list of another run, or one made anew as they said "
            "something since: not compared"
        )
    if deleted:
        lines.append(f"{counted(deleted, 'person', 'people')} had everything deleted (forget --everything): no list of "
                     "theirs is made again")  # fmt: skip
    return "\n".join(lines)
