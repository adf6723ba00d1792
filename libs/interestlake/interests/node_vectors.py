"""Interests as points: the mean of the vectors of the items that carry them."""

from collections.abc import Callable, Sequence

import numpy as np
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

DECIMALS = 6


def node_vectors(item_vectors: DataFrame) -> Callable[[DataFrame], DataFrame]:
    """item interests(item_id, interest_id, weight) -> (interest_id, vector array<double>), each of unit length.

    item_vectors(item_id, vector array<float>), here the low-rank vectors of behaviour and text. An interest none of
    whose items has a vector has no row. Coordinates are rounded to 1e-6, so that the order of a sum moves no cluster.
    Lazy.
    """

    def transform(carried: DataFrame) -> DataFrame:
        placed = carried.join(item_vectors, "item_id").select("interest_id", "weight", F.posexplode("vector"))
        sums = placed.groupBy("interest_id", "pos").agg(F.sum(F.col("weight") * F.col("col")).alias("value"))
        ordered = F.sort_array(F.collect_list(F.struct("pos", "value"))).getField("value").alias("sums")
        whole = sums.groupBy("interest_id").agg(ordered)
        length = F.sqrt(F.aggregate("sums", F.lit(0.0), lambda total, value: total + value * value))
        unit = F.transform("sums", lambda value: F.round(value / length, DECIMALS))
        return whole.where(length > 1e-9).select("interest_id", unit.alias("vector"))

    return transform


def matrix_of(vectors: Sequence, dimension: int) -> np.ndarray:
    """Arrays or None -> (n, dimension) float64; None becomes zeros."""
    rows = np.zeros((len(vectors), dimension))
    for place, vector in enumerate(vectors):
        if vector is not None:
            rows[place] = vector
    return rows
