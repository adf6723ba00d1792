"""Feedback pairs: the newest row of a pair stands, what nobody can be judged by is counted and left out."""

import datetime as dt

import pytest

from interestlake.recommending.feedback import (
    FeedbackCounts,
    count_feedback,
    judged_items,
    located,
    newest_of_pair,
    usable,
    without,
)


def day(number):
    return dt.datetime(2024, 1, number)


def test_of_rows_about_one_pair_the_newest_stands_then_the_later_line(spark):
    rows = [
        ("ann", "later", 1.0, day(2), 2), ("ann", "later", 0.0, day(1), 3),
        ("ann", "tie", 1.0, day(1), 4), ("ann", "tie", 0.0, day(1), 5),
        ("ann", "no time", 0.0, None, 6), ("ann", "no time", 0.5, None, 7),
        ("ann", "some time", 0.0, day(1), 8), ("ann", "some time", 1.0, None, 9),
    ]  # fmt: skip
    schema = "user_id string, item_id string, weight double, event_ts timestamp, line bigint"
    frame = spark.createDataFrame(rows, schema)
    found = {row["item_id"]: row["liked"] for row in newest_of_pair(frame).collect()}
    assert found == {"later": True, "tie": False, "no time": True, "some time": False}


@pytest.fixture(scope="module")
def placed(spark):
    """Pairs of ann (0), bob (1) and a stranger with items a, b, c (0, 1, 2) and two that nobody knows."""
    users = spark.createDataFrame([("ann", 0), ("bob", 1)], "user_id string, user_index int")
    items = spark.createDataFrame([(name, i) for i, name in enumerate("abc")], "item_id string, item_index int")
    train = spark.createDataFrame([(0, 0), (1, 1)], "user_index int, item_index int")
    rows = [
        ("ann", "a", True),
        ("ann", "b", True),
        ("ann", "c", False),
        ("bob", "c", False),
        ("bob", "x", True),
        ("bob", "y", True),
        ("stranger", "a", True),
    ]
    pairs = spark.createDataFrame(rows, "user_id string, item_id string, liked boolean")
    frame = pairs.transform(located(users, items, train)).cache()
    yield frame
    frame.unpersist()


def test_every_pair_is_accounted_for(placed):
    assert count_feedback(9, placed) == FeedbackCounts(
        rows=9, repeated=2, unknown_people=1, unknown_items=2, trained=1, used=3, liked=1, people=1
    )


def test_people_who_liked_something_judge(placed):
    rows = placed.transform(usable).transform(judged_items).collect()
    assert [tuple(row) for row in rows] == [(0, [1], [2])]


def test_no_history_holds_what_feedback_is_about(spark, placed):
    history = spark.createDataFrame([(0, 0), (0, 1), (0, 2), (1, 0), (1, 2)], "user_index int, item_index int")
    left = history.transform(without(usable(placed))).collect()
    # the train pair of ann stays: it is history, and no feedback is judged by it
    assert sorted(tuple(row) for row in left) == [(0, 0), (1, 0)]
