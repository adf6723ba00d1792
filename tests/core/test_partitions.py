"""Numbers of partitions follow the data, and no profile of a cluster fixes them."""

from pathlib import Path

import pytest

from interestlake.core.partitions import partitions_for
from interestlake.core.session import read_properties

ROOT = Path(__file__).resolve().parents[2]
CLUSTERS = [ROOT / "conf/spark" / f"{name}.properties" for name in ("standalone", "gpu", "databricks")]
CLUSTERS.append(ROOT / "infra/kubernetes/kubernetes.properties")


@pytest.mark.parametrize(("rows", "partitions"), [(0, 4), (400, 4), (401, 5), (100_000, 1000)])
def test_a_hundred_rows_each(rows, partitions):
    assert partitions_for(rows, 100) == partitions


@pytest.mark.parametrize("path", CLUSTERS, ids=lambda path: path.stem)
def test_a_cluster_leaves_numbers_of_partitions_to_adaptive_execution(path):
    """Adaptive execution joins partitions and never makes more than it is given, so what is given is many.

    A frame that is kept is not adapted: its number is Spark's default.
    """
    settings = read_properties(path)
    if settings["spark.sql.shuffle.partitions"] != "auto":
        assert int(settings["spark.sql.adaptive.coalescePartitions.initialPartitionNum"]) >= 1000
        assert int(settings["spark.sql.shuffle.partitions"]) == 200
    assert "spark.default.parallelism" not in settings
    assert settings.get("spark.sql.adaptive.enabled", "true") == "true"
