"""Lake tables -> steps over interests, and each interest's share of the choices per month."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from ..profile import with_rarity
from ..profiles import Nodes
from .forecast import one_interest
from .steps import TEST, TRAIN, VALIDATION, Steps

MONTH_SECONDS = 30 * 86_400
ALL = "*"  # the series of all choices together
FORECASTS = (
    "interest string, people bigint, period int, share double, low double, high double, smoothing double, "
    "naive double, mean double"
)


def main_interests(nodes: Nodes, kind: str) -> DataFrame:
    """(item_id, interest_id): the interest of `kind` that tells most of the item, weight * rarity; ties by id. Lazy."""
    carried = with_rarity(nodes.held, nodes.names).where(F.col("kind") == kind)
    best = Window.partitionBy("item_id").orderBy(F.desc(F.round("carry", 9)), "interest_id")
    return carried.withColumn("place", F.row_number().over(best)).where("place = 1").select("item_id", "interest_id")


def read_steps(main: DataFrame, interactions: DataFrame) -> tuple[Steps, np.ndarray]:
    """main(item_id, interest_id), interactions with times -> (Steps, user_ids by owner number). One Spark job.

    Steps are in the order of position. Everything reaches the driver: one whole number and two short ones a step.
    """
    rows = interactions.where("weight > 0 AND first_ts IS NOT NULL").join(main, "item_id")
    rows = rows.select("user_id", "position", "interest_id", "split").toPandas().sort_values(["user_id", "position"])
    users, owner = np.unique(rows["user_id"].to_numpy(object).astype(str), return_inverse=True)
    nodes, node = np.unique(rows["interest_id"].to_numpy(object).astype(str), return_inverse=True)
    split = rows["split"].map({"train": TRAIN, "validation": VALIDATION, "test": TEST}).to_numpy(int)
    return Steps(owner, node, split, nodes.astype(object)), users.astype(object)


def monthly_shares(carried: DataFrame, least: int, least_people: int) -> Callable[[DataFrame], DataFrame]:
    """interactions -> (interest, period, share, periods, people): share of the choices of each 30 days whose item
    carries it; people: who made its choices in all periods.

    Periods count from the first choice; the last, unfinished one is left out. Interests of fewer than `least` choices,
    or `least_people` people, are left out. The interest `ALL` is the number of choices over the mean per period. Lazy.
    """

    def transform(interactions: DataFrame) -> DataFrame:
        timed = interactions.where("first_ts IS NOT NULL AND weight > 0")
        seconds = F.col("first_ts").cast("double")
        ends = timed.agg(F.min(seconds).alias("start"), F.max(seconds).alias("end"))
        ends = ends.withColumn("periods", F.floor((F.col("end") - F.col("start")) / MONTH_SECONDS).cast("int"))
        placed = timed.crossJoin(F.broadcast(ends)).withColumn(
            "period", F.floor((seconds - F.col("start")) / MONTH_SECONDS).cast("int")
        )
        placed = placed.where("period < periods").select("user_id", "item_id", "period", "periods")
        totals = placed.groupBy("period", "periods").agg(F.count("*").alias("choices"))
        carries = placed.join(carried.select("item_id", "interest_id"), "item_id")
        backed = carries.groupBy("interest_id").agg(F.countDistinct("user_id").alias("people"), F.count("*").alias("n"))
        backed = backed.where((F.col("n") >= least) & (F.col("people") >= least_people)).drop("n")
        counted = carries.groupBy("interest_id", "period").agg(F.count("*").alias("chosen"))
        shares = counted.join(backed, "interest_id").join(totals, "period").select(
            F.col("interest_id").alias("interest"), "period", (F.col("chosen") / F.col("choices")).alias("share"),
            "periods", "people",
        )  # fmt: skip
        mean = totals.agg((F.sum("choices") / F.max("periods")).alias("mean"))
        everybody = placed.agg(F.countDistinct("user_id").alias("people"))
        whole = totals.crossJoin(F.broadcast(mean)).crossJoin(F.broadcast(everybody)).select(
            F.lit(ALL).alias("interest"), "period", (F.col("choices") / F.col("mean")).alias("share"), "periods",
            "people",
        )  # fmt: skip
        return shares.unionByName(whole)

    return transform


def forecast_shares(shares: DataFrame) -> DataFrame:
    """`monthly_shares` -> FORECASTS, three periods on per interest. Lazy; one pass of applyInPandas over interests."""

    def work(rows: pd.DataFrame) -> pd.DataFrame:
        return one_interest(rows, int(rows["periods"].iloc[0]))

    return shares.where("periods >= 4").groupBy("interest").applyInPandas(work, FORECASTS)
