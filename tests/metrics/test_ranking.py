"""Accuracy columns against hand numbers, scikit-learn and Spark's own RankingMetrics."""

import numpy as np
import pytest
from pyspark.sql import functions as F
from sklearn.metrics import ndcg_score

from interestlake.evaluation.ranking import all_at

HAND = {
    "precision": 0.4,
    "recall": 0.5,
    "f1": 4 / 9,
    "hit_rate": 1.0,
    "map": (1 + 2 / 3) / 4,
    "ndcg": 1.5 / (1 + 1 / np.log2(3) + 0.5 + 1 / np.log2(5)),
    "mrr": 1.0,
}


def measured(spark, rows, k):
    """rows (hits, relevant) -> list of {metric: value}."""
    frame = spark.createDataFrame([(n, *row) for n, row in enumerate(rows)], "n int, hits array<int>, relevant int")
    columns = [value.alias(name) for name, value in all_at(F.col("hits"), F.col("relevant"), k).items()]
    return [row.asDict() for row in frame.orderBy("n").select(*columns).collect()]


def test_the_example_of_the_docstrings(spark):
    assert measured(spark, [([1, 3], 4)], 5)[0] == pytest.approx(HAND)


def test_edges(spark):
    no_list, late, perfect, cut = measured(spark, [([], 3), ([6], 1), ([1, 2], 2), ([1, 2, 3, 4, 5, 6], 9)], 5)
    assert set(no_list.values()) == {0.0} and set(late.values()) == {0.0}
    assert perfect == pytest.approx({**dict.fromkeys(perfect, 1.0), "precision": 0.4, "f1": 4 / 7})
    assert cut == pytest.approx({**dict.fromkeys(cut, 1.0), "recall": 5 / 9, "f1": 10 / 14})


def random_lists(count=20, k=10):
    random = np.random.default_rng(11)
    for _ in range(count):
        shown = random.permutation(30)[: random.integers(1, 15)]
        relevant = random.choice(30, random.integers(1, 12), replace=False)
        hits = [rank for rank, item in enumerate(shown, 1) if item in relevant]
        yield shown, relevant, hits


def test_ndcg_equals_scikit_learn(spark):
    cases = list(random_lists())
    values = measured(spark, [(hits, len(relevant)) for _, relevant, hits in cases], 10)
    for (shown, relevant, _), value in zip(cases, values, strict=True):
        truth = np.isin(np.arange(30), relevant).astype(float)
        scores = np.full(30, -1.0) - np.arange(30)
        scores[shown] = np.arange(len(shown), 0, -1)
        # what the list does not show gains nothing
        truth_shown = np.where(np.isin(np.arange(30), shown), truth, 0)
        ideal = (1 / np.log2(np.arange(min(10, len(relevant))) + 2)).sum()
        within = ndcg_score(truth_shown[None], scores[None], k=10) if truth_shown.any() else 0.0
        ideal_shown = (1 / np.log2(np.arange(min(10, int(truth_shown.sum()))) + 2)).sum()
        assert value["ndcg"] == pytest.approx(within * ideal_shown / ideal, abs=1e-12)


def test_precision_recall_map_and_ndcg_equal_ranking_evaluator(spark):
    from pyspark.ml.evaluation import RankingEvaluator

    cases = list(random_lists())
    values = measured(spark, [(hits, len(relevant)) for _, relevant, hits in cases], 10)
    rows = [([float(i) for i in shown], [float(i) for i in relevant]) for shown, relevant, _ in cases]
    frame = spark.createDataFrame(rows, "prediction array<double>, label array<double>")
    names = {"precision": "precisionAtK", "recall": "recallAtK", "map": "meanAveragePrecisionAtK", "ndcg": "ndcgAtK"}
    for mine, theirs in names.items():
        oracle = RankingEvaluator(metricName=theirs, k=10).evaluate(frame)
        assert np.mean([value[mine] for value in values]) == pytest.approx(oracle, abs=1e-12), mine
