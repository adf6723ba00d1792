"""A person's interests as several clusters, each with a medoid: one mean would lie between them, on nothing."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from scipy.cluster.hierarchy import fcluster, linkage

from .node_vectors import matrix_of

CLUSTERED = "user_id string, interest string, cluster int, medoid string"


def ward_clusters(points: np.ndarray, shares: np.ndarray, distance: float) -> tuple[np.ndarray, np.ndarray]:
    """points (n, d), shares (n,) -> cluster of each point (n,), from 0, largest share first; medoid row per cluster.

    Ward's method (Ward, 1963) merges until the next merge would be at `distance` or more, so a person has as many
    clusters as the interests ask for (PinnerSage, Pal et al., 2020). Equal shares: the cluster of the earlier point
    first. The medoid is the member with the least share-weighted sum of squared distances to the members, the earlier
    of equals.
    """
    count = len(points)
    labels = np.ones(1, int) if count == 1 else fcluster(linkage(points, "ward"), distance, "distance")
    names, first = np.unique(labels, return_index=True)
    weight = np.array([shares[labels == name].sum() for name in names])
    order = np.lexsort((first, -np.round(weight, 9)))
    clusters = np.empty(count, int)
    medoids = np.empty(len(names), int)
    for place, name in enumerate(names[order]):
        members = np.flatnonzero(labels == name)
        apart = ((points[members, None, :] - points[None, members, :]) ** 2).sum(axis=2) @ shares[members]
        clusters[members], medoids[place] = place, members[np.argmin(np.round(apart, 9))]
    return clusters, medoids


def cluster_interests(vectors: DataFrame, distance: float) -> Callable[[DataFrame], DataFrame]:
    """vector representation(user_id, interest, weight) -> (user_id, interest, cluster int, medoid).

    vectors(interest_id, vector), as long as the vocabulary. Interests without a vector stand at the origin, together.
    A person's list must be capped before: Ward's method takes the square of its length. Lazy; one pass of
    applyInPandas over people.
    """

    def one_person(rows: pd.DataFrame) -> pd.DataFrame:
        rows = rows.assign(rounded=rows["weight"].round(9))
        rows = rows.sort_values(["rounded", "interest"], ascending=[False, True], kind="stable")
        dimension = max((len(v) for v in rows["vector"] if v is not None), default=1)
        clusters, medoids = ward_clusters(matrix_of(rows["vector"], dimension), rows["weight"].to_numpy(), distance)
        names = rows["interest"].to_numpy()
        return pd.DataFrame({"user_id": rows["user_id"].to_numpy(), "interest": names,
                             "cluster": clusters.astype(np.int32), "medoid": names[medoids[clusters]]})  # fmt: skip

    def transform(weights: DataFrame) -> DataFrame:
        placed = weights.join(vectors.withColumnRenamed("interest_id", "interest"), "interest", "left")
        weighed = placed.select("user_id", "interest", F.col("weight").cast("double").alias("weight"), "vector")
        return weighed.groupBy("user_id").applyInPandas(one_person, CLUSTERED)

    return transform
