"""Quantiles found by counts of spans are Spark's exact percentile, and no task holds every moment."""

import numpy as np
import pytest
from pyspark.sql import functions as F

from interestlake.interactions.quantiles import exact_quantiles
from interestlake.interactions.split import split_pairs

from ..plans import plan_of

DAY = 86_400_000_000
SHARES = [0.0, 0.05, 0.3, 0.5, 0.7, 0.8, 0.95, 1.0]


def moments(seed: int) -> list[int]:
    """Microseconds of one kind: spread over years, within one second, before 1970, many ties, few rows."""
    rng = np.random.default_rng(seed)
    kinds = [
        rng.integers(0, 6000 * DAY, 300),
        1_700_000_000_000_000 + rng.integers(0, 900_000, 200),
        rng.integers(-3 * DAY, 3 * DAY, 150),
        rng.choice(rng.integers(0, 40 * DAY, 7), 400),
        rng.integers(0, 9000 * DAY, 1 + seed % 4),
        DAY * rng.integers(0, 20, 100),
    ]
    return [int(one) for one in kinds[seed % len(kinds)]]


@pytest.mark.parametrize("seed", range(12))
def test_quantiles_are_sparks_exact_percentile(spark, seed):
    rows = spark.createDataFrame([(one,) for one in moments(seed)] + [(None,)], "micros bigint")
    seconds = F.timestamp_micros("micros").cast("double")
    exact = rows.select(*(F.round(F.percentile(seconds, share) * 1e6).cast("long") for share in SHARES)).first()
    assert exact_quantiles(rows, SHARES) == list(exact)


def test_nothing_has_no_quantile(spark):
    assert exact_quantiles(spark.createDataFrame([(None,)], "micros bigint"), [0.5]) is None


def test_a_split_in_time_sorts_and_gathers_nothing(spark, pairs):
    rows = [(f"u{n % 5}", f"i{n}", n * 77_777) for n in range(60)]
    split = pairs(rows).transform(split_pairs("global_time", 0.1, 0.2, 1))
    plan = plan_of(split)
    assert "percentile" not in plan and "SinglePartition" not in plan
    assert {row["split"]: row["count"] for row in split.groupBy("split").count().collect()} == {
        "train": 42, "validation": 6, "test": 12}  # fmt: skip


def test_a_split_in_time_of_untimed_pairs_is_all_train(pairs):
    untimed = pairs([("u", "a", None), ("v", "b", None)]).transform(split_pairs("global_time", 0.1, 0.2, 1))
    assert {row["split"] for row in untimed.collect()} == {"train"}
