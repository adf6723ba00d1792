"""Tails and discovery rates beside scipy's."""

import numpy as np
import pytest
from pyspark.sql import functions as F
from scipy import stats

from interestlake.interests.significance import benjamini_hochberg, beta_confidence, two_sided_half, wilson


def test_false_discovery_rate_is_scipys(spark):
    p = np.random.default_rng(3).uniform(0, 1, 40) ** 2
    p[5] = p[6]
    rows = spark.createDataFrame([(n, float(v)) for n, v in enumerate(p)] + [(99, None)], "n int, p_value double")
    found = {row["n"]: row["q_value"] for row in rows.transform(benjamini_hochberg).collect()}
    assert found.pop(99) is None
    assert [found[n] for n in range(40)] == pytest.approx(list(stats.false_discovery_control(p)))


def test_sign_test_is_scipys(spark):
    rows = spark.createDataFrame([(float(k), 12.0) for k in range(13)], "k double, n double")
    found = [row[0] for row in rows.select(two_sided_half("k", "n")).collect()]
    assert found == pytest.approx([stats.binomtest(k, 12).pvalue for k in range(13)])


def test_the_interval_of_a_share_is_scipys(spark):
    cases = [(9, 10), (16, 20), (20, 20), (11, 20)]
    rows = spark.createDataFrame(cases, "k bigint, n bigint").select(*wilson(F.col("k"), F.col("n"))).collect()
    expected = [stats.binomtest(k, n).proportion_ci(method="wilson") for k, n in cases]
    assert [tuple(row) for row in rows] == [pytest.approx((one.low, one.high), abs=1e-6) for one in expected]


def test_more_evidence_is_surer_and_one_item_proves_little(spark):
    rows = spark.createDataFrame([(1.0, 1.0), (10.0, 10.0), (2.0, 20.0), (0.0, 20.0)], "carriers double, items double")
    sure = beta_confidence(F.col("carriers"), F.col("items"), F.lit(0.1), 10.0)
    one, ten, base, never = (row[0] for row in rows.select(sure).collect())
    assert one == pytest.approx(stats.beta.sf(0.1, 2, 9)) and one < 0.8
    assert ten > 0.999 and 0.3 < base < 0.6 and never < 0.05
