"""Validation pairs of a bounded, seeded sample of people, as arrays for early stopping."""

import numpy as np
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..training.holdout import Holdout

MAX_USERS = 2000


def people_to_judge(interactions: DataFrame, max_users: int = MAX_USERS) -> DataFrame:
    """interactions(user_index, split) -> (user_index) of as many people as `sample_holdout` will hold. Lazy."""
    return _in_both_splits(interactions).limit(max_users).select("user_index")


def _in_both_splits(interactions: DataFrame) -> DataFrame:
    counts = (F.expr(f"count_if(split = '{split}') AS {split}") for split in ("validation", "train"))
    return interactions.groupBy("user_index").agg(*counts).where("validation > 0 AND train > 0")


def sample_holdout(interactions: DataFrame, seed: int, max_users: int = MAX_USERS) -> Holdout:
    """interactions(user_index, item_index, split) -> Holdout of at most `max_users` people with both splits.

    People are picked by hash of index and seed. Runs two Spark jobs; the sampled people's pairs reach the driver.
    """
    both = _in_both_splits(interactions)
    picked = both.orderBy(F.xxhash64("user_index", F.lit(seed)), "user_index").limit(max_users).select("user_index")
    pairs = (
        interactions.where("split IN ('train', 'validation')")
        .join(F.broadcast(picked), "user_index")
        .select("user_index", "item_index", "split")
        .toPandas()
    )
    users = np.sort(pairs["user_index"].unique())
    row = np.searchsorted(users, pairs["user_index"].to_numpy())
    item, held_out = pairs["item_index"].to_numpy(), (pairs["split"] == "validation").to_numpy()
    return Holdout(users, (row[~held_out], item[~held_out]), (row[held_out], item[held_out]))
