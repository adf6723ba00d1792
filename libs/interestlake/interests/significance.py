"""How sure: tails of distributions as column functions, and the false discovery rate over a table."""

from collections.abc import Callable

import pandas as pd
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql.types import DoubleType
from scipy import stats

NORMAL_95 = 1.959964  # standard errors to either side of a 95 % interval


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


def benjamini_hochberg(*tie_columns: str) -> Callable[[DataFrame], DataFrame]:
    """rows(p_value, ...) -> with q_value (Benjamini and Hochberg, 1995): the least false discovery rate that keeps it.

    q of the i-th smallest of m = min over j >= i of p_j m / j. Rows whose p is null or nan are not tested: q null.
    `tie_columns` order equal p. The tested rows pass through one task: for tables as long as a vocabulary or its edges.
    """

    def transform(rows: DataFrame) -> DataFrame:
        tested = rows.where(F.col("p_value").isNotNull() & ~F.isnan("p_value"))
        order = Window.orderBy("p_value", *tie_columns)
        ranked = tested.withColumn("bh_rank", F.row_number().over(order))
        ranked = ranked.withColumn(
            "bh_raw", F.col("p_value") * F.count(F.lit(1)).over(Window.partitionBy()) / F.col("bh_rank")
        )
        later = Window.orderBy(F.desc("bh_rank")).rowsBetween(Window.unboundedPreceding, Window.currentRow)
        judged = ranked.withColumn("q_value", F.least(F.lit(1.0), F.min("bh_raw").over(later)))
        untested = rows.where(F.col("p_value").isNull() | F.isnan("p_value"))
        untested = untested.withColumn("q_value", F.lit(None).cast("double"))
        return judged.drop("bh_rank", "bh_raw").unionByName(untested)

    return transform
