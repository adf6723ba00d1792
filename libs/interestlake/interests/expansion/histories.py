"""People as rows for an expansion: what they are known to hold, and, for a measurement, what is hidden."""

from collections.abc import Callable, Iterable

import numpy as np
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from ..interest_map import interest_map
from ..profiles import Nodes

LATE_WEIGHT = 0.5  # an item's interests from this weight on are what it is about


def profile_rows(nodes: Nodes, seeds: int, shown: Column | None = None) -> Callable[[DataFrame], DataFrame]:
    """interactions -> (user_id, interests, weights, held), each array in the order of names.

    A person's `seeds` interests of greatest share, their shares, and all interests of the person's items, from the
    pairs of positive weight where `shown` holds. Lazy.
    """

    def transform(interactions: DataFrame) -> DataFrame:
        chosen = interactions.where("weight > 0").where(F.lit(True) if shown is None else shown)
        # every other place of a map goes to a share, so twice as many hold all of the largest
        mapped = chosen.transform(interest_map(nodes.held, nodes.names, 2 * seeds))
        largest = Window.partitionBy("user_id").orderBy(F.desc("share"), "interest_id")
        mapped = mapped.withColumn("place", F.row_number().over(largest)).where(F.col("place") <= seeds)
        share = F.col("share") / F.sum("share").over(Window.partitionBy("user_id"))
        mapped = mapped.withColumn("share", share)
        rows = mapped.groupBy("user_id").agg(F.sort_array(F.collect_list(F.struct("interest_id", "share"))).alias("m"))
        carried = chosen.join(nodes.held.select("item_id", "interest_id"), "item_id")
        interests = carried.groupBy("user_id").agg(F.array_sort(F.collect_set("interest_id")).alias("held"))
        return rows.join(interests, "user_id").select(
            "user_id", F.col("m.interest_id").alias("interests"), F.col("m.share").alias("weights"), "held"
        )

    return transform


def hide_late(nodes: Nodes, rows: DataFrame) -> Callable[[DataFrame], DataFrame]:
    """interactions -> `rows` with hidden: interests of the person's validation and test items that train shows nowhere.

    An item counts for the interests it carries at LATE_WEIGHT or more. People without a hidden interest drop out. Lazy.
    """

    def transform(interactions: DataFrame) -> DataFrame:
        late = interactions.where("split <> 'train' AND weight > 0").select("user_id", "item_id")
        about = nodes.held.where(F.col("weight") >= LATE_WEIGHT).select("item_id", "interest_id")
        met = late.join(about, "item_id").groupBy("user_id").agg(F.collect_set("interest_id").alias("late"))
        joined = rows.join(met, "user_id").withColumn("hidden", F.array_sort(F.array_except("late", "held")))
        return joined.where(F.size("hidden") > 0).drop("late")

    return transform


def numbered(ids: np.ndarray) -> Callable:
    """names -> their numbers among the ascending `ids`, names that are not among them left out."""

    def number(names: Iterable[str]) -> np.ndarray:
        asked = np.asarray([] if names is None else names, object)
        place = np.minimum(np.searchsorted(ids, asked), max(len(ids) - 1, 0)).astype(np.int64)
        return place[ids[place] == asked] if len(ids) else place[:0]

    return number
