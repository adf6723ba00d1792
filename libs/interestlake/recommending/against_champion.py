"""The run's fused lists beside those of the present champion: the same people, pairs that neither has seen."""

from collections.abc import Callable, Mapping

import pandas as pd
from py4j.protocol import Py4JJavaError
from pyspark.errors import AnalysisException, PySparkException
from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as F

from ..core.errors import BadInput
from ..core.lake_as_of import noted_versions
from ..core.stage import StageContext
from ..core.tracking import CHAMPION
from ..evaluation.gate import Champion
from ..evaluation.paired import PER_PERSON, difference, differences, figures_of
from .choose import FUSED
from .former import PAIRS, RANKER, STAGE, went_on
from .passes import list_fused
from .saved import TABLE as RECOMMENDER
from .saved import registered_recommender
from .scoring import open_scoring
from .shared import SharedRecommender

TABLE = "gold.against_champion"
LISTS = "models.lists"
NO_PAIRS = "user_id string, item_id string"
FIGURES = ("challenger", "champion", "low", "high")
GONE = ("FileNotFoundException", "FILE_NOT_FOUND", "FAILED_READ_FILE", "VersionNotFound")


def compare(context: StageContext, metric: str, k: int, length: int) -> Champion | None:
    """This run's test lists beside the champion's; None where there is no champion, or this run made it.

    People whose held-out pairs are those of the champion's run have their test lists compared. Of the others, those
    with held-out pairs that the champion's run did not know: its released ranker lists for them as it is served, and
    held-out pairs that it did know are taken out of both lists. length: the rows of models.lists a person. About ten
    Spark jobs, and a pass over the people of the second kind.
    """
    run = context.tracker.run_of(RANKER, CHAMPION)
    if run is None or run == context.options.run_id:
        return None
    if metric not in PER_PERSON:
        return Champion(run, why=f"{metric} is no mean over people")
    versions = noted_versions(context.lake, run, STAGE)
    if versions is None or not {LISTS, PAIRS} <= set(versions):
        return Champion(run, why=f"the champion's run {run} has no stage {STAGE} in this lake")
    try:
        return _compared(context, run, versions, metric, k, length)
    except (AnalysisException, PySparkException, Py4JJavaError, BadInput) as fault:
        if isinstance(fault, BadInput) or any(sign in str(fault) for sign in GONE):
            return Champion(run, why=f"what run {run} read and wrote is no longer there as it was")
        raise


def _compared(context: StageContext, run: str, versions: dict[str, int], metric: str, k: int, length: int) -> Champion:
    columns = ("user_id", "item_id", "split")
    mine = fused_lists(context.read(LISTS))
    theirs = fused_lists(context.lake.read(LISTS, versions[LISTS]))
    # each run may have judged a sample of its own
    now = context.read(PAIRS).select(*columns).transform(of_people(mine)).persist()
    then = context.lake.read(PAIRS, versions[PAIRS]).select(*columns)
    if RECOMMENDER in versions and went_on(context.lake, run, versions[RECOMMENDER]):
        then = then.withColumn("split", F.lit("train"))  # its release was judged, which had learned every pair
    then = then.persist()
    same, new, seen = held_out_of_both(now, then)
    same = same.transform(of_people(theirs))
    nothing = context.spark.createDataFrame([], NO_PAIRS)
    alike = figures_of(same, nothing, metric, k, length)
    parts = [differences(mine.transform(alike), theirs.transform(alike)).persist()]
    if new.head(1):
        unknown = figures_of(new, seen, metric, k, length)
        listed = _by_champion(context, new, length)
        parts.append(differences(mine.transform(unknown), listed.transform(unknown)).persist())
    counts = [part.count() for part in parts]
    found = difference(parts[0] if len(parts) == 1 else parts[0].unionByName(parts[1]))
    for frame in (now, then, *parts):
        frame.unpersist()
    if found.people < 2:
        return Champion(run, why=f"{found.people} people have held-out pairs that neither run learned from")
    low, high = found.interval
    return Champion(run, found.people, counts[0], found.challenger, found.champion, low, high)


def as_row(found: Champion) -> dict[str, object]:
    """The columns of TABLE that a comparison fills."""
    figures = {name: None if found.why else getattr(found, name) for name in FIGURES}
    return {
        "champion_run": found.run,
        "people": found.people,
        "same_pairs": found.same_pairs,
        "why": found.why,
        **figures,
    }


def of_row(row: Mapping | Row | None) -> Champion | None:
    """A row of TABLE -> the comparison; None for None."""
    if row is None:
        return None
    figures = {} if row["why"] else {name: row[name] for name in FIGURES}
    return Champion(row["champion_run"], row["people"], row["same_pairs"], why=row["why"], **figures)


def held_out_of_both(now: DataFrame, then: DataFrame) -> tuple[DataFrame, DataFrame, DataFrame]:
    """Interactions(user_id, item_id, split) of two runs -> pairs (user_id, item_id) of three kinds. Lazy.

    same: the test pairs of people whose test pairs are equal in both; new: of the others, the test pairs of `now` that
    `then` has in no split; seen: those that it has.
    """
    test = F.col("split") == "test"

    def sets(rows: DataFrame) -> DataFrame:
        return rows.where(test).groupBy("user_id").agg(F.array_sort(F.collect_list("item_id")).alias("pairs"))

    equal = sets(now).join(sets(then), ["user_id", "pairs"], "left_semi").select("user_id")
    held_out = now.where(test).select("user_id", "item_id")
    others = held_out.join(equal, "user_id", "left_anti")
    known = then.select("user_id", "item_id")
    keys = ["user_id", "item_id"]
    same = held_out.join(equal, "user_id", "left_semi")
    new = others.join(known, keys, "left_anti")
    seen = others.join(known, keys, "left_semi").join(new.select("user_id").distinct(), "user_id", "left_semi")
    return same, new, seen


def fused_lists(lists: DataFrame) -> DataFrame:
    """models.lists -> the fused lists of the test split. Lazy."""
    return lists.where(f"split = 'test' AND model = '{FUSED}'").select("user_id", "rank", "item_id")


def of_people(lists: DataFrame) -> Callable:
    """rows(user_id, ...) -> those of people who have a list. Lazy."""
    return lambda rows: rows.join(lists.select("user_id").distinct(), "user_id", "left_semi")


def _by_champion(context: StageContext, new: DataFrame, length: int) -> DataFrame:
    """What the champion as it is served lists for the people of `new`, who have chosen all but these pairs.

    (user_id, rank, item_id), lazy; items that the champion does not know are in no history. Three small Spark jobs.
    """
    champion = registered_recommender(f"models:/{RANKER}@{CHAMPION}", context.tracker.uri)
    known = pd.DataFrame({"item_index": champion.catalogue.index_of_column.astype("int32")})
    known = F.broadcast(context.spark.createDataFrame(known, "item_index int"))
    scoring = open_scoring(context)
    hidden = context.read(PAIRS).join(new, ["user_id", "item_id"]).select("user_index", "item_index")
    pairs = scoring.pairs.join(known, "item_index", "left_semi").join(hidden, ["user_index", "item_index"], "left_anti")
    users = scoring.users.join(new.select("user_id").distinct(), "user_id", "left_semi")
    shared = SharedRecommender(context.spark, champion)
    return scoring.people(users, pairs)().transform(list_fused(shared, length)).select("user_id", "rank", "item_id")
