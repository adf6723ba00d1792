"""Strength of an interest on one scale: how surely a person chooses it more than everybody does."""

from pyspark.sql import Column
from pyspark.sql import functions as F

# of the posterior that the lower end leaves out: one-sided 95 %, DuMouchel's EB05
QUANTILE = 1.645
# pseudo-choices of everybody's taste beside a person's own, chosen on validation pairs (docs/interests.md)
NAMED_PRIOR = 0.5
EXTRACTED_PRIOR = 20.0
EXTRACTED_KINDS = ("keyword", "topic")


def lower_lift(chosen: Column, expected: Column, prior: Column) -> Column:
    """The lower end of a person's lift of an interest, > 0.

    chosen ~ Poisson(lift * expected), lift ~ Gamma(prior, prior) with mean 1, so the posterior is Gamma(prior + chosen,
    prior + expected): the Gamma-Poisson shrinker (DuMouchel, 1999), of which this is the 5 % quantile, by the
    cube-root approximation of Wilson and Hilferty (1931). Two lucky choices of something rare stay near 1.
    """
    shape = prior + chosen
    root = 1 - 1 / (9 * shape) - QUANTILE / (3 * F.sqrt(shape))
    return shape * F.pow(F.greatest(root, F.lit(0.05)), 3) / (prior + expected)


def prior_of(kind: Column) -> Column:
    """Words and topics are many and come by chance: they are drawn to everybody's taste harder than what is named."""
    return F.when(kind.isin(*EXTRACTED_KINDS), EXTRACTED_PRIOR).otherwise(NAMED_PRIOR)


def strength(chosen: Column, expected: Column, kind: Column) -> Column:
    """lift / (1 + lift) of the `lower_lift`, in (0,1): 1/2 as everybody, 3/4 three times as often.

    The chance that a choice of the interest is this person's and not somebody's who chooses as many items by
    everybody's taste.
    """
    lift = lower_lift(chosen, expected, prior_of(kind))
    return F.round(lift / (1 + lift), 9)
