"""Strength of an interest on one scale: how surely a person chooses it more than everybody does."""

import pandas as pd
from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql.types import DoubleType
from scipy import stats

TAIL = 0.05  # of the posterior that the lower end leaves out
# pseudo-choices of everybody's taste beside a person's own, chosen on validation pairs (docs/interests.md)
NAMED_PRIOR = 0.25
EXTRACTED_PRIOR = 20.0
EXTRACTED_KINDS = ("keyword", "topic")
LEAST_RATE = 1e-9


@F.pandas_udf(DoubleType())
def beta_quantile(first: pd.Series, second: pd.Series) -> pd.Series:
    """The TAIL quantile of Beta(first, second)."""
    return pd.Series(stats.beta.ppf(TAIL, first, second))


def lower_lift(chosen: Column, choices: Column, rate: Column, prior: Column) -> Column:
    """The lower end of a person's lift of an interest, > 0 and at most 1 / rate.

    chosen of `choices` carry the interest; everybody's share is `rate`, held within [1e-9, 1 - 1e-9]. chosen ~
    Binomial(choices, p), p ~ Beta(prior, prior (1 - rate) / rate) with mean `rate` and `prior` pseudo-choices of the
    interest, so the posterior is Beta(prior + chosen, prior (1 - rate) / rate + choices - chosen); its 5 % quantile
    over `rate` is the lower lift. For rare interests it is the Gamma-Poisson shrinker (DuMouchel, 1999); for common
    ones it knows that nobody chooses more than all: eight of eight are surely more than everybody's half.
    """
    base = F.least(F.greatest(rate, F.lit(LEAST_RATE)), F.lit(1 - LEAST_RATE))
    others = F.greatest(choices - chosen, F.lit(0.0))  # sums of weights may pass each other in the last digit
    return beta_quantile(prior + chosen, prior * (1 - base) / base + others) / base


def prior_of(kind: Column) -> Column:
    """Words and topics are many and come by chance: they are drawn to everybody's taste harder than what is named."""
    return F.when(kind.isin(*EXTRACTED_KINDS), EXTRACTED_PRIOR).otherwise(NAMED_PRIOR)


def strength(chosen: Column, choices: Column, rate: Column, kind: Column) -> Column:
    """lift / (1 + lift) of the `lower_lift`, in (0,1): 1/2 as everybody, 3/4 three times as often.

    The chance that a choice of the interest is this person's and not somebody's who chooses as many items by
    everybody's taste.
    """
    lift = lower_lift(chosen, choices, rate, prior_of(kind))
    return F.round(lift / (1 + lift), 9)
