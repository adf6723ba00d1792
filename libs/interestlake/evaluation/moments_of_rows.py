"""Moments of the columns of a Spark frame, by one aggregate and without a sum of squares."""

from collections.abc import Mapping, Sequence
from itertools import combinations_with_replacement
from typing import Any

import numpy as np
from pyspark.sql import Column
from pyspark.sql import functions as F

from .moments import Moments, nothing


def moment_columns(names: Sequence[str]) -> list[Column]:
    """Aggregates of the columns `names` (double, not null): n, m<i> and c<i>_<j>, which `moments_in` reads."""
    means = [F.avg(name).alias(f"m{i}") for i, name in enumerate(names)]
    pairs = combinations_with_replacement(range(len(names)), 2)
    # centred as they are merged, so that a large mean leaves the digits of a small spread alone
    return [F.count(F.lit(1)).alias("n"), *means,
            *(F.covar_pop(names[i], names[j]).alias(f"c{i}_{j}") for i, j in pairs)]  # fmt: skip


def moments_in(row: Mapping[str, Any] | Any, d: int) -> Moments:
    """A row of `moment_columns` of d names -> Moments; of no rows where it counted none."""
    count = int(row["n"])
    if not count:
        return nothing(d)
    scatter = np.empty((d, d))
    for i, j in combinations_with_replacement(range(d), 2):
        scatter[i, j] = scatter[j, i] = row[f"c{i}_{j}"] * count
    return Moments(count, np.array([row[f"m{i}"] for i in range(d)], float), scatter)
