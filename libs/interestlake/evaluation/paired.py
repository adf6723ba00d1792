"""Two recommenders on the same people and the same held-out pairs: how far apart, and how sure that is."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F
from scipy import stats

from ..core.only_row import only_row
from .ranking import all_at

LEVEL = 0.95  # of the interval
PER_PERSON = ("precision", "recall", "f1", "hit_rate", "map", "ndcg", "mrr")  # metrics that are a mean over people


@dataclass(frozen=True)
class Difference:
    """people, the mean of the metric by the one and by the other, and the standard error of the mean difference.

    error is nan for fewer than two people.
    """

    people: int
    challenger: float
    champion: float
    error: float

    @property
    def mean(self) -> float:
        return self.challenger - self.champion

    @property
    def interval(self) -> tuple[float, float]:
        """The mean difference less and plus t x error, Student's t at LEVEL (Student, 1908); infinite without error."""
        if math.isnan(self.error):
            return -math.inf, math.inf
        reach = float(stats.t.ppf((1 + LEVEL) / 2, self.people - 1)) * self.error
        return self.mean - reach, self.mean + reach


def figures_of(relevant: DataFrame, unlisted: DataFrame, metric: str, k: int, length: int) -> Callable:
    """lists(user_id, rank, item_id), the first `length` rows a person -> (user_id, value) of everybody in `relevant`.

    relevant(user_id, item_id): the held-out pairs. unlisted(user_id, item_id): pairs that are taken out of a list
    before its places are counted, since only one of two lists could know them. A person without a list has 0. Lazy.
    """
    order = Window.partitionBy("user_id").orderBy("rank")

    def build(lists: DataFrame) -> DataFrame:
        asked = lists.where(F.col("rank") <= length).join(unlisted, ["user_id", "item_id"], "left_anti")
        placed = asked.select("user_id", "item_id", F.row_number().over(order).alias("rank"))
        hits = placed.join(relevant, ["user_id", "item_id"]).groupBy("user_id")
        hits = hits.agg(F.array_sort(F.collect_list("rank")).alias("hits"))
        people = (
            relevant.groupBy("user_id").agg(F.count("*").cast("int").alias("relevant")).join(hits, "user_id", "left")
        )
        people = people.withColumn("hits", F.coalesce("hits", F.array().cast("array<int>")))
        return people.select("user_id", all_at(F.col("hits"), F.col("relevant"), k)[metric].alias("value"))

    return build


def differences(challenger: DataFrame, champion: DataFrame) -> DataFrame:
    """Figures (user_id, value) of the same people by two recommenders -> (user_id, challenger, champion). Lazy."""
    mine = challenger.select("user_id", F.col("value").alias("challenger"))
    return mine.join(champion.select("user_id", F.col("value").alias("champion")), "user_id")


def difference(pairs: DataFrame) -> Difference:
    """(user_id, challenger, champion) -> Difference. One Spark job."""
    apart = F.stddev_samp(F.col("challenger") - F.col("champion"))
    row = only_row(pairs.agg(F.count("*").alias("people"), F.avg("challenger").alias("challenger"),
                    F.avg("champion").alias("champion"), apart.alias("apart")))  # fmt: skip
    people, spread = int(row["people"]), row["apart"]
    error = math.nan if spread is None or people < 2 else spread / math.sqrt(people)
    return Difference(people, row["challenger"] or 0.0, row["champion"] or 0.0, error)
