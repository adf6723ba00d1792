"""Who is judged: all, or the same sample for whoever asks; validation by those who were listed for."""

import logging

import pytest
from pyspark.sql import functions as F

from interestlake.evaluation.judged import of_judged, sampled
from interestlake.evaluation.table import accuracy, held_out_people

LOG = logging.getLogger("judged")


@pytest.fixture(scope="module")
def people(spark):
    return spark.range(2_000).select(F.concat(F.lit("u"), "id").alias("user_id"))


def test_few_are_all_judged_without_a_word(people, caplog):
    with caplog.at_level(logging.INFO):
        assert sampled(people, 2_000, 1, LOG) is people
    assert not caplog.messages


def test_of_many_the_same_sample_is_drawn_in_whatever_order_they_come(people, caplog):
    with caplog.at_level(logging.INFO):
        drawn = {row["user_id"] for row in sampled(people, 500, 1, LOG).collect()}
    assert 430 < len(drawn) < 570  # 500 less and plus 3.6 deviations
    assert "about 500 of 2000 people" in caplog.text and "recommend.max_test_people" in caplog.text
    again = people.repartition(5).orderBy(F.desc("user_id"))
    assert {row["user_id"] for row in sampled(again, 500, 1, LOG).collect()} == drawn
    assert {row["user_id"] for row in sampled(people, 500, 2, LOG).collect()} != drawn


def test_people_that_validation_did_not_list_for_count_no_zeros(spark):
    pairs = [
        (f"u{n}", item, split) for n in range(6) for item, split in (("a", "train"), ("b", "validation"), ("c", "test"))
    ]
    pairs = spark.createDataFrame(pairs, "user_id string, item_id string, split string")
    rows = [("validation", "als", "u0", 1, "b"), ("validation", "als", "u1", 1, "x"), ("test", "als", "u2", 1, "c")]
    lists = spark.createDataFrame(rows, "split string, model string, user_id string, rank int, item_id string")
    tested = spark.createDataFrame([("u2",), ("u3",)], "user_id string")
    asked = pairs.transform(held_out_people(1)).transform(lambda all_: of_judged(all_, tested, lists))
    figures = lists.transform(accuracy(pairs, asked, (1,))).where("metric = 'ndcg' AND segment = 'all'").collect()
    found = {row["split"]: (row["value"], row["users"], row["error"]) for row in figures}
    # one of two is right in both: mean 1/2, deviation .7071, over the root of two
    assert found == {"validation": (0.5, 2, pytest.approx(0.5)), "test": (0.5, 2, pytest.approx(0.5))}
