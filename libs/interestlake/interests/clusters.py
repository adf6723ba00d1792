"""A person's interests as several clusters, each with a medoid: one mean would lie between them, on nothing."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from scipy.cluster.hierarchy import fcluster, linkage

from .node_vectors import matrix_of

CLUSTERED = "user_id string, interest string, cluster int, medoid string"
NAMES = tuple(column.split()[0] for column in CLUSTERED.split(", "))


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
    A person's list must be capped before: Ward's method takes the square of its length. Lazy; people pass through
    Python by the batch.
    """

    def one_person(person: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        weights = np.asarray(person.weights)
        order = np.lexsort((np.asarray(person.interests, str), -weights.round(9)))
        names, points = np.asarray(person.interests, object)[order], [person.vectors[place] for place in order]
        dimension = max((len(v) for v in points if v is not None), default=1)
        clusters, medoids = ward_clusters(matrix_of(points, dimension), weights[order], distance)
        return names, clusters.astype(np.int32), names[medoids[clusters]]

    def people(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for frame in frames:
            rows = [one_person(person) for person in frame.itertuples(index=False)]
            if rows:
                users = np.repeat(frame["user_id"].to_numpy(), [len(names) for names, _, _ in rows])
                columns = (users, *(np.concatenate(column) for column in zip(*rows, strict=True)))
                yield pd.DataFrame(dict(zip(NAMES, columns, strict=True)))

    def transform(weights: DataFrame) -> DataFrame:
        placed = weights.join(vectors.withColumnRenamed("interest_id", "interest"), "interest", "left")
        held = F.collect_list(F.struct("interest", F.col("weight").cast("double").alias("weight"), "vector"))
        lists = placed.groupBy("user_id").agg(held.alias("held"))
        fields = (F.col(f"held.{name}").alias(f"{name}s") for name in ("interest", "weight", "vector"))
        return lists.select("user_id", *fields).mapInPandas(people, CLUSTERED)

    return transform
