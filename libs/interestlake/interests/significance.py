"""How sure: tails of distributions as column functions, and the false discovery rate over a table."""

import pandas as pd
from pyspark.sql import Column, DataFrame, Window, WindowSpec
from pyspark.sql import functions as F
from pyspark.sql.types import DoubleType
from scipy import stats

from ..core.lineage import cut

NORMAL_95 = 1.959964  # standard errors to either side of a 95 % interval
STEPS_PER_HALVING = 64  # of p
LAST_STEP = 1 << 20  # of p = 0; the smallest p above it is in step 68,736


@F.pandas_udf(DoubleType())
def beta_above(rate: pd.Series, first: pd.Series, second: pd.Series) -> pd.Series:
    """P(X > rate) for X ~ Beta(first, second)."""
    return pd.Series(stats.beta.sf(rate, first, second))


@F.pandas_udf(DoubleType())
def two_sided_t(t: pd.Series, freedom: pd.Series) -> pd.Series:
    """P(|T| >= |t|) for Student's t; nan where t is."""
    return pd.Series(2 * stats.t.sf(t.abs(), freedom))


@F.pandas_udf(DoubleType())
def two_sided_half(count: pd.Series, trials: pd.Series) -> pd.Series:
    """P of a count at least as far from trials / 2, for a fair coin: the exact sign test (Dixon and Mood, 1946)."""
    further = count.where(count * 2 >= trials, trials - count)
    return pd.Series(2 * stats.binom.sf(further - 1, trials, 0.5)).clip(upper=1.0)


def beta_confidence(carriers: Column, items: Column, rate: Column, prior_items: float) -> Column:
    """Chance that a person's rate of an interest is above `rate`, the population's, in (0,1).

    Of the person's `items`, `carriers` carry it; the prior is Beta(prior_items * rate, prior_items * (1 - rate)), so
    the posterior is Beta(prior + carriers, prior + items - carriers) and one lucky item proves little. `rate` is held
    within [1e-6, 1 - 1e-6].
    """
    base = F.least(F.greatest(rate, F.lit(1e-6)), F.lit(1 - 1e-6))
    return beta_above(base, base * prior_items + carriers, (1 - base) * prior_items + items - carriers)


def wilson(count: Column, trials: Column) -> tuple[Column, Column]:
    """(low, high): 95 % interval of a share, count of trials (Wilson, 1927). Example: 9 of 10 -> 0.596, 0.982."""
    share, z2 = count / trials, NORMAL_95**2
    middle = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    reach = NORMAL_95 * F.sqrt(share * (1 - share) / trials + z2 / (4 * trials * trials)) / (1 + z2 / trials)
    return middle - reach, middle + reach


def benjamini_hochberg(rows: DataFrame) -> DataFrame:
    """rows(p_value, ...) -> with q_value (Benjamini and Hochberg, 1995): the least false discovery rate that keeps it.

    q of the i-th smallest of m = min over j >= i of p_j m / j, the same for equal p. Rows whose p is null or nan are
    not tested: q null. p is ranked within steps of its logarithm, and the steps, some thousands, among each other, so
    that no task holds every row. One Spark job, which computes the rows.
    """
    rows, p = cut(rows), F.col("p_value")  # a second computation may sum in another order, and p would not meet itself
    tested = rows.where(p.isNotNull() & ~F.isnan("p_value"))
    step = F.when(p > 0, F.floor(-F.log2(p) * STEPS_PER_HALVING)).otherwise(F.lit(LAST_STEP))
    values = tested.groupBy("p_value").agg(F.count(F.lit(1)).alias("rows")).withColumn("step", step)
    downwards = Window.orderBy("step")  # steps ascend as p falls
    sizes = values.groupBy("step").agg(F.sum("rows").alias("size"))
    sizes = sizes.withColumn("above", F.sum("size").over(_until(downwards, -1)))
    sizes = sizes.withColumn("tests", F.sum("size").over(Window.partitionBy()))
    inside = Window.partitionBy("step").orderBy(F.desc("p_value"))
    larger = F.coalesce("above", F.lit(0)) + F.coalesce(F.sum("rows").over(_until(inside, -1)), F.lit(0))
    ranked = values.join(sizes, "step").withColumn("raw", p * F.col("tests") / (F.col("tests") - larger))
    least = ranked.groupBy("step").agg(F.min("raw").alias("raw"))
    least = least.select("step", F.min("raw").over(_until(downwards, -1)).alias("of_above"))
    q_value = F.least(F.lit(1.0), F.min("raw").over(_until(inside, 0)), F.col("of_above"))
    judged = ranked.join(least, "step").select("p_value", q_value.alias("q_value"))
    untested = rows.where(p.isNull() | F.isnan("p_value")).withColumn("q_value", F.lit(None).cast("double"))
    return tested.join(judged, "p_value").select(*rows.columns, "q_value").unionByName(untested)


def _until(window: WindowSpec, last: int) -> WindowSpec:
    return window.rowsBetween(Window.unboundedPreceding, last)
