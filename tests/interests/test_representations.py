"""Three planted groups of interests come back as three clusters; every shape holds the vector whole."""

import numpy as np
import pytest

from interestlake.interests.clusters import ward_clusters
from interestlake.interests.representations import (
    clusters_of_subgraph,
    clusters_of_vector,
    subgraph_of_clusters,
    subgraph_of_vector,
    vector_of_clusters,
    vector_of_subgraph,
)

GROUPS = {"jazz": (0, 4), "clay": (1, 3), "trail": (2, 3)}
EDGES = [("jazz-0", "jazz-1", 0.9), ("clay-0", "jazz-0", 0.2), ("clay-0", "elsewhere", 1.0)]


def plant() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(1)
    points = {}
    for name, (axis, size) in GROUPS.items():
        for n in range(size):
            point = np.eye(3)[axis] + 0.05 * rng.standard_normal(3)
            points[f"{name}-{n}"] = point / np.linalg.norm(point)
    return points


@pytest.fixture(scope="module")
def frames(spark):
    points = plant()
    vectors = spark.createDataFrame([(k, v.tolist()) for k, v in points.items()],
                                    "interest_id string, vector array<double>")  # fmt: skip
    shares = {"jazz": 0.5 / 4, "clay": 0.3 / 3, "trail": 0.2 / 3}
    rows = [("u", k, shares[k.split("-")[0]]) for k in points] + [("v", "jazz-0", 0.6), ("v", "unplaced", 0.4)]
    vector = spark.createDataFrame(rows, "user_id string, interest string, weight double").persist()
    return vector, vectors, spark.createDataFrame(EDGES, "src string, dst string, weight double")


def as_dict(vector):
    return {(row["user_id"], row["interest"]): row["weight"] for row in vector.collect()}


def test_planted_groups_are_the_clusters_largest_share_first(frames):
    vector, vectors, _ = frames
    found = {row["cluster"]: row for row in vector.transform(clusters_of_vector(vectors, 1.0)).collect()
             if row["user_id"] == "u"}  # fmt: skip
    assert [{m["interest"].split("-")[0] for m in found[n]["members"]} for n in range(3)] == [{name} for name in GROUPS]
    assert [found[n]["share"] for n in range(3)] == pytest.approx([0.5, 0.3, 0.2])
    assert all(found[n]["medoid"] in {m["interest"] for m in found[n]["members"]} for n in range(3))


def test_every_way_round_gives_the_vector_back(frames):
    vector, vectors, edges = frames
    whole = as_dict(vector)
    clusters, subgraph = vector.transform(clusters_of_vector(vectors, 1.0)), vector.transform(subgraph_of_vector(edges))
    assert as_dict(vector_of_clusters(clusters)) == whole
    assert as_dict(vector_of_subgraph(subgraph)) == whole
    assert as_dict(vector_of_subgraph(clusters.transform(subgraph_of_clusters(edges)))) == whole
    same = subgraph.transform(clusters_of_subgraph(vectors, 1.0))
    assert sorted(map(tuple, same.collect())) == sorted(map(tuple, clusters.collect()))


def test_a_subgraph_has_the_edges_among_the_persons_own_interests(frames):
    vector, _, edges = frames
    found = {row["user_id"]: row["edges"] for row in vector.transform(subgraph_of_vector(edges)).collect()}
    assert {(e["src"], e["dst"]) for e in found["u"]} == {("jazz-0", "jazz-1"), ("clay-0", "jazz-0")}
    assert found["v"] == []


def test_the_medoid_is_the_member_nearest_to_all():
    points = np.array([[0.0], [1.0], [1.2], [9.0]])
    clusters, medoids = ward_clusters(points, np.array([0.2, 0.2, 0.2, 0.4]), 4.0)
    assert clusters.tolist() == [0, 0, 0, 1] and medoids.tolist() == [1, 3]
    assert ward_clusters(points[:1], np.ones(1), 1.0)[0].tolist() == [0]
