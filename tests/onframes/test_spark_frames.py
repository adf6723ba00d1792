"""The same lists from Spark frames, as Spark frames."""

import pandas as pd

from interestlake import Recommender

from ..benchmark.world import pairs

WORLD = pairs(people=24, length=8)
ORDER = ["user_id", "rank"]


def test_spark_frames_in_spark_frames_out(spark):
    made = Recommender(["item_knn"], quick=True)
    plain = Recommender(["item_knn"], quick=True).fit(WORLD)
    made.fit(spark.createDataFrame(WORLD))
    everybody = made.recommend(k=3)
    assert everybody.columns == ["user_id", "item_id", "rank", "score"]
    pd.testing.assert_frame_equal(everybody.toPandas().sort_values(ORDER, ignore_index=True), plain.recommend(k=3))
    asked = spark.createDataFrame([("u001",), ("u002",)], "user_id string")
    theirs = plain.recommend(asked, k=2)
    assert sorted({row.user_id for row in theirs.collect()}) == ["u001", "u002"]
    assert isinstance(made.recommend(["u001"]), pd.DataFrame)
    alike = made.similar_items(spark.createDataFrame([("i00",)], "item_id string"), k=2)
    pd.testing.assert_frame_equal(alike.toPandas(), plain.similar_items(["i00"], k=2))
