"""Accuracy at k of one list against held-out items, as Spark columns.

Every function takes `hits`, array<int>: the ranks (from 1, ascending) at which the list holds a held-out item, and,
where the formula needs it, `relevant`, int: how many items were held out (at least 1). It returns a double column. A
list that is shorter than k, or missing (`hits` empty), counts with what it holds. Relevance is binary. In the examples
the list of 5 has hits at ranks 1 and 3, and 4 items were held out.
"""

from pyspark.sql import Column
from pyspark.sql import functions as F


def _hits_within(hits: Column, k: int) -> Column:
    return F.filter(hits, lambda rank: rank <= k)


def _sum(values: Column) -> Column:
    return F.aggregate(values, F.lit(0.0), lambda total, value: total + value)


def _discount(rank: Column) -> Column:
    return F.lit(1.0) / F.log2(rank.cast("double") + 1)


def precision(hits: Column, k: int) -> Column:
    """hits within k / k, also for a list shorter than k. Example: k=5 -> 2/5 = 0.4."""
    return F.size(_hits_within(hits, k)) / F.lit(float(k))


def recall(hits: Column, relevant: Column, k: int) -> Column:
    """hits within k / held-out items. Example: k=5 -> 2/4 = 0.5."""
    return F.size(_hits_within(hits, k)) / relevant.cast("double")


def f1(hits: Column, relevant: Column, k: int) -> Column:
    """2 P R / (P + R) = 2 * hits within k / (k + held-out items); 0 without a hit. Example: k=5 -> 4/9 = 0.444."""
    return F.lit(2.0) * F.size(_hits_within(hits, k)) / (relevant + F.lit(float(k)))


def hit_rate(hits: Column, k: int) -> Column:
    """1 with at least one hit within k, else 0. Example: k=5 -> 1."""
    return (F.size(_hits_within(hits, k)) > 0).cast("double")


def mean_average_precision(hits: Column, relevant: Column, k: int) -> Column:
    """Sum over the hits within k of (hits so far / rank), divided by min(k, held-out items); 0 without a hit.

    Example: k=5 -> (1/1 + 2/3) / 4 = 0.417. The mean over people is MAP at k.
    """
    within = _hits_within(hits, k)
    parts = F.transform(within, lambda rank, place: (place + 1) / rank.cast("double"))
    return _sum(parts) / F.least(relevant, F.lit(k)).cast("double")


def ndcg(hits: Column, relevant: Column, k: int) -> Column:
    """Sum over the hits within k of 1 / log2(rank + 1), divided by the same sum over ranks 1..min(k, held-out items).

    Järvelin and Kekäläinen 2002, binary gain. Example: k=5 -> (1 + 0.5) / (1 + 0.631 + 0.5 + 0.431) = 0.586.
    """
    gained = _sum(F.transform(_hits_within(hits, k), _discount))
    return gained / _sum(F.transform(F.sequence(F.lit(1), F.least(relevant, F.lit(k))), _discount))


def mrr(hits: Column, k: int) -> Column:
    """1 / rank of the first hit within k; 0 without one. Example: k=5 -> 1."""
    first = F.element_at(_hits_within(hits, k), 1)
    return F.coalesce(F.lit(1.0) / first.cast("double"), F.lit(0.0))


def all_at(hits: Column, relevant: Column, k: int) -> dict[str, Column]:
    """Every metric of this module at one k, by the name it has in gold.metrics."""
    return {
        "precision": precision(hits, k),
        "recall": recall(hits, relevant, k),
        "f1": f1(hits, relevant, k),
        "hit_rate": hit_rate(hits, k),
        "map": mean_average_precision(hits, relevant, k),
        "ndcg": ndcg(hits, relevant, k),
        "mrr": mrr(hits, k),
    }
