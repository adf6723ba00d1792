"""The same lists from Spark frames, as Spark frames."""

import pandas as pd
import pytest

from interestlake import Recommender
from interestlake.core.errors import BadInput
from interestlake.recommending.on_frames import read

from ..benchmark.world import pairs

WORLD = pairs(people=24, length=8)
ORDER = ["user_id", "rank"]


def test_a_spark_frame_is_counted_before_it_is_collected(spark, monkeypatch):
    pairs = spark.createDataFrame(WORLD)
    plain = Recommender(["item_knn"], quick=True).fit(WORLD)
    columns = (("users", "user_id", plain.recommend), ("items", "item_id", plain.similar_items))
    for what, name, ask in columns:
        with pytest.raises(BadInput, match=f"{what}: found the columns id; expected {name} among them"):
            ask(spark.range(1))
    collected = []
    monkeypatch.setattr(type(pairs), "toPandas", collected.append)
    small = Recommender(["item_knn"], quick=True, max_gigabytes=1e-6)
    with pytest.raises(BadInput, match=f"pairs of {len(WORLD)} rows: found 0.00 GB planned .*; expected at most 1e-06"):
        small.fit(pairs)
    plain.max_gigabytes = 1e-9  # pandas frames are here already
    for what, name, ask in columns:
        with pytest.raises(BadInput, match=rf"{what} of 1 rows: .*set it in Recommender\(max_gigabytes"):
            ask(spark.createDataFrame([("u001",)], f"{name} string"))
    monkeypatch.setattr(read, "free_gigabytes", lambda: 1e-9)
    with pytest.raises(BadInput, match=f"pairs of {len(WORLD)} rows"):
        Recommender(["item_knn"], quick=True).fit(pairs)
    monkeypatch.setattr(read, "MAX_PAIRS", len(WORLD) - 1)
    expected = f"pairs: found {len(WORLD)} rows; expected at most {len(WORLD) - 1}; set it in interestlake run"
    with pytest.raises(BadInput, match=expected):
        Recommender(["item_knn"], quick=True).fit(pairs)
    assert collected == []


def test_long_texts_count_and_columns_that_are_not_read_do_not(spark, monkeypatch):
    """Two items with a text of a MiB, beside a column of eight that is not read."""
    items = spark.sql("SELECT explode(array('a', 'b')) AS item_id, repeat('n', 4194304) AS note")
    items = items.selectExpr("*", "nullif(item_id, 'b') AS title", "repeat('t', 524288) AS text")
    monkeypatch.setattr(read, "free_gigabytes", lambda: 0.9 / 1024)
    with pytest.raises(BadInput, match="items of 2 rows"):
        read.here(items, "items", 1.0, read.COLUMNS["items"])
    monkeypatch.setattr(read, "free_gigabytes", lambda: 1.1 / 1024)
    found = read.here(items, "items", 1.0, read.COLUMNS["items"])
    assert list(found.columns) == ["item_id", "title", "text"] and len(found) == 2


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
