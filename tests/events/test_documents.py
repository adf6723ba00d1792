import datetime as dt
import hashlib

import pytest

from interestlake.interactions.documents import MAX_CHARACTERS, event_documents, item_documents, item_texts
from interestlake.text.cleaned import clean

ITEM = (
    "item_id string, title string, description string, categories array<string>, attributes map<string,string>, "
    "image_url string, source string"
)

ENDS = "user_id string, train_until timestamp, validation_until timestamp"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("  Tom &amp; <b>Jerry</b><br/>live \t\n on  ", "Tom & Jerry live on"),
        ("a\u0000b\u200bc\ufeff \x85 d", "abc d"),
        ("Cafe\u0301", "Caf\u00e9"),
        ("3 < 4 and 5 > 2, <!-- gone -->I <3 it", "3 < 4 and 5 > 2, I <3 it"),
        ("<p></p> &nbsp;", None),
        ("", None),
        (None, None),
    ],
)
def test_clean(raw, expected):
    assert clean(raw) == expected


def test_item_documents(spark):
    rows = [
        ("1", "Jazz &amp; Tea", "Mail x@y.org <br>now", ["A"], {}, None, "t"),
        ("2", "What?", None, [], {}, None, "t"),
        ("3", None, "Only words", [], {}, None, "t"),
        ("4", None, "<p> </p>", [], {}, None, "t"),
        ("5", "Long", "x" * (MAX_CHARACTERS + 9), [], {}, None, "t"),
    ]
    items = spark.createDataFrame(rows, ITEM).transform(item_texts())
    assert {row.item_id: row.title for row in items.collect()} == {
        "1": "Jazz & Tea",
        "2": "What?",
        "3": None,
        "4": None,
        "5": "Long",
    }
    found = {row.item_id: row for row in items.transform(item_documents()).collect()}
    assert {item: row.text for item, row in found.items() if item != "5"} == {
        "1": "Jazz & Tea. Mail [email] now",
        "2": "What?",
        "3": "Only words",
    }
    assert [item for item, row in found.items() if row.cut] == ["5"]
    assert len(found["5"].text) == MAX_CHARACTERS
    assert {(row.kind, row.user_id, row.rating, row.event_ts, row.split) for row in found.values()} == {
        ("item", None, None, None, "all")
    }
    one = found["1"]
    assert one.text_hash == hashlib.sha256(one.text.encode()).hexdigest()
    assert one.doc_id == hashlib.sha256(f"item|1||{one.text_hash}".encode()).hexdigest()


def test_texts_carry_the_split_of_their_pair(spark, events):
    rows = events(
        [
            ("a", "1", "review", 4, 0, "Fine"), ("a", "1", "tag", None, 1, "cosy"),
            ("a", "2", "review", 2, 2, "Not fine"),
            ("a", "3", "tag", None, 3, "lonely"), ("a", "1", "rating", 4, 3), ("a", "2", "review", 3, 4, "Not  fine"),
            ("b", "2", "review", None, 4, "<br>"),
        ]
    )  # fmt: skip
    pairs = spark.createDataFrame(
        [("a", "1", "test"), ("a", "2", "train")], "user_id string, item_id string, split string"
    )
    never = spark.createDataFrame([("a", None, None)], ENDS)
    found = rows.transform(event_documents(pairs, never)).collect()
    assert sorted(
        (row.kind, row.item_id, row.text, row.rating, row.split) for row in found if row.kind == "review"
    ) == [
        ("review", "1", "Fine", 4.0, "test"),
        ("review", "2", "Not fine", 2.0, "train"),
    ]
    assert sorted((row.item_id, row.text, row.rating, row.split) for row in found if row.kind == "tag") == [
        ("1", "cosy", None, "test"),
        ("3", "lonely", None, "train"),
    ]
    assert all(row.event_ts is not None for row in found)


@pytest.mark.parametrize("for_all", [False, True])
def test_a_text_written_after_its_split_ended_is_of_a_later_one(spark, events, for_all):
    rows = events([
        ("a", "1", "review", 4, 0, "early"), ("a", "1", "tag", None, 10, "on the day"),
        ("a", "1", "tag", None, 11, "late"),
        ("a", "1", "tag", None, 21, "last"), ("a", "2", "tag", None, 30, "validation, late"),
        ("a", "9", "tag", None, 15, "no pair"), ("a", "9", "tag", None, None, "no time"),
        ("b", "1", "tag", None, 15, "of another"),
    ])  # fmt: skip
    pairs = spark.createDataFrame(
        [("a", "1", "train"), ("a", "2", "validation")], "user_id string, item_id string, split string")  # fmt: skip
    day = dt.datetime(2020, 1, 1)
    ends = spark.createDataFrame([("a", day + dt.timedelta(days=10), day + dt.timedelta(days=20))], ENDS)
    found = rows.transform(event_documents(pairs, ends.drop("user_id") if for_all else ends)).collect()
    assert {row.text: row.split for row in found} == {
        "early": "train", "on the day": "train", "late": "validation", "last": "test", "validation, late": "test",
        "no pair": "validation", "no time": "train", "of another": "validation" if for_all else "train",
    }  # fmt: skip
