"""ALS: a planted block matrix, and rows only for people and items that were trained."""

import numpy as np

from interestlake.core.params.all import Als
from interestlake.graph.als import factors, fit_als


def test_withheld_pairs_of_a_group_outrank_every_pair_across_groups(spark):
    """Two groups of 10 people and 10 items; the diagonal is withheld."""
    rows = [(u, i, 1.0) for u in range(20) for i in range(20) if u // 10 == i // 10 and u != i]
    train = spark.createDataFrame(rows, "user_index int, item_index int, weight double")
    model = fit_als(Als(rank=4, iterations=8, blocks=2), seed=1)(train)
    user_factors, item_factors = ({r[0]: np.array(r["vector"]) for r in frame.collect()} for frame in factors(model))
    scores = np.array([[user_factors[u] @ item_factors[i] for i in range(20)] for u in range(20)])
    group = np.arange(20) // 10
    across = scores[group[:, None] != group[None, :]].max()
    assert np.diag(scores).min() > across


def test_only_trained_rows_have_factors_and_a_second_fit_agrees(spark):
    rows = [(3, 7, 1.0), (3, 9, 0.5), (5, 9, 1.0)]
    train = spark.createDataFrame(rows, "user_index int, item_index int, weight double")
    fits = [factors(fit_als(Als(rank=3, iterations=3, blocks=2), seed=7)(train)) for _ in range(2)]
    users, items = ([{r[0]: r["vector"] for r in pair[side].collect()} for pair in fits] for side in (0, 1))
    assert sorted(users[0]) == [3, 5] and sorted(items[0]) == [7, 9]
    for key in users[0]:
        np.testing.assert_allclose(users[0][key], users[1][key], atol=1e-4)
