"""ALS vectors solved from a history are the ones that Spark's ALS ended with."""

import numpy as np
import pandas as pd

from interestlake.core.params.all import Als
from interestlake.graph.als import factors, fit_als
from interestlake.interactions.batch import UserBatch
from interestlake.models.fold_in_als import FoldInAls
from interestlake.recommending.blocks import Catalogue, sparse_rows


def test_the_train_history_gives_spark_s_own_user_factors(spark):
    random = np.random.default_rng(8)
    rows = [
        (user, int(item), float(random.choice([0.0, 0.4, 1.0])))
        for user in range(30)
        for item in random.choice(20, 7, replace=False)
    ]
    pairs = spark.createDataFrame(rows, "user_index int, item_index int, weight double")
    params = Als(rank=5, iterations=3, blocks=2)
    user_factors, item_factors = (frame.toPandas() for frame in factors(fit_als(params, 1)(pairs)))
    items = pd.DataFrame({"item_id": [f"i{n:02d}" for n in range(20)], "item_index": range(20), "title": "t"})
    vectors = np.zeros((20, 5), np.float32)
    vectors[item_factors["item_index"]] = np.stack(item_factors["vector"].to_list())
    frame = pd.DataFrame(rows, columns=["user_index", "items", "weights"]).groupby("user_index").agg(list)
    people = frame.reset_index()
    scorer = FoldInAls.of("als", vectors, params.alpha, params.regularization)
    lists = people["items"].tolist(), people["weights"].tolist()
    history = sparse_rows(*lists, Catalogue.of(items).column_of_index, 20)
    solved = scorer.user_vectors(UserBatch(history, history, history, {}))
    expected = np.stack(user_factors.set_index("user_index")["vector"].loc[people["user_index"]].to_list())
    np.testing.assert_allclose(solved, expected, atol=1e-5)
