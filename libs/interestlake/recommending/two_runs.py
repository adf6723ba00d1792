"""Two runs of a lake beside each other: accuracy on the same held-out pairs, lists, weights, and what lay between."""

from collections.abc import Sequence
from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.lake_as_of import LakeAsOf
from ..core.only_row import only_row
from ..evaluation.paired import Difference, difference, differences, figures_of
from .against_champion import NO_PAIRS, fused_lists, held_out_of_both, of_people
from .chosen_tables import CHOSEN, FUSION

LISTS, JUDGED, PAIRS = "gold.recommendations", "models.lists", "silver.interactions"
READ = (LISTS, JUDGED, PAIRS, CHOSEN, FUSION, "models.recommender", "silver.users", "silver.items")
SIZES = {"people": "silver.users", "items": "silver.items", "pairs": PAIRS}


@dataclass(frozen=True)
class Changed:
    """Lists of people who have one in both runs: shared: mean share of the shorter one's items that both hold, whatever
    their places; equal: people whose items are the same in the same order; gained, lost: (item_id, people) that most
    lists gained and lost."""

    people: int
    shared: float
    equal: int
    gained: Sequence[tuple[str, int]]
    lost: Sequence[tuple[str, int]]


def accuracy(one: LakeAsOf, other: LakeAsOf, metrics: Sequence[str], k: int, length: int) -> dict[str, Difference]:
    """metric -> the other run's mean less the one's, over people whose held-out pairs are the same in both and who were
    judged by both. A Spark job a metric."""
    columns = ("user_id", "item_id", "split")
    mine, theirs = (fused_lists(lake.read(JUDGED)) for lake in (other, one))
    same, _, _ = held_out_of_both(*(lake.read(PAIRS).select(*columns) for lake in (other, one)))
    same = same.transform(of_people(mine)).transform(of_people(theirs))
    nothing = one.spark.createDataFrame([], NO_PAIRS)
    found = {}
    for metric in metrics:
        judge = figures_of(same, nothing, metric, k, length)
        found[metric] = difference(differences(mine.transform(judge), theirs.transform(judge)))
    return found


def changed_lists(one: DataFrame, other: DataFrame, most: int = 3) -> Changed:
    """Two runs' rows of gold.recommendations -> what changed. Three Spark jobs."""
    both = other.select("user_id").distinct().join(one.select("user_id").distinct(), "user_id")

    def placed(rows: DataFrame, name: str) -> DataFrame:
        return rows.join(both, "user_id", "left_semi").select("user_id", "item_id", F.col("rank").alias(name))

    pairs = placed(one, "then").join(placed(other, "now"), ["user_id", "item_id"], "full").persist()
    there = F.col("then").isNotNull() & F.col("now").isNotNull()
    person = pairs.groupBy("user_id").agg(
        F.count_if(there).alias("shared"),
        F.least(F.count("then"), F.count("now")).alias("length"),
        F.min(F.col("then").eqNullSafe(F.col("now")).cast("int")).alias("equal"),
    )
    row = only_row(person.agg(
        F.count(F.lit(1)), F.coalesce(F.avg(F.col("shared") / F.col("length")), F.lit(1.0)),
        F.coalesce(F.sum("equal"), F.lit(0)),
    ))  # fmt: skip

    def most_often(rows: DataFrame) -> list[tuple[str, int]]:
        counts = rows.groupBy("item_id").agg(F.count(F.lit(1)).alias("people"))
        return [(one["item_id"], one["people"]) for one in
                counts.orderBy(F.desc("people"), "item_id").limit(most).collect()]  # fmt: skip

    gained, lost = most_often(pairs.where("then IS NULL")), most_often(pairs.where("now IS NULL"))
    pairs.unpersist()
    return Changed(row[0], row[1], row[2], gained, lost)


def weights(one: LakeAsOf, other: LakeAsOf) -> list[tuple[str, float, float]]:
    """(model, weight then, weight now) of every model that has one in either, the largest change first."""
    then, now = ({row["model"]: row["weight"] for row in lake.read(CHOSEN).collect()} for lake in (one, other))
    rows = [(name, then.get(name, 0.0), now.get(name, 0.0)) for name in {**then, **now}]
    return sorted((row for row in rows if row[1] or row[2]), key=lambda row: (-abs(row[2] - row[1]), row[0]))


def sizes(lake: LakeAsOf) -> dict[str, int]:
    """Rows of SIZES. Three Spark jobs."""
    return {name: lake.read(table).count() for name, table in SIZES.items()}
