"""Collections that are declared by their published layout, each planted small; the rows are known by construction."""

import datetime as dt
import json

import pytest

from interestlake.core.errors import BadInput
from interestlake.sources import load_source
from interestlake.sources.registry import LAYOUTS

from .layouts import BAD, EVENT, FACT, ITEM, lines, objects


def test_yelp(write, request_for, rows_of):
    review = {"review_id": "r", "user_id": "u1", "business_id": "b1", "stars": 4.0, "useful": 0, "text": "Good.\nBack!",
              "date": "2018-07-07 22:09:11"}  # fmt: skip
    name = "yelp_academic_dataset_{}.json"
    write(name.format("review"), objects(review, {**review, "user_id": "u2", "stars": "five"}))
    tip = {"user_id": "u2", "business_id": "b1", "text": "Try the tea", "date": "2012-05-18 02:17:21"}
    write(name.format("tip"), objects(tip))
    business = {"business_id": "b1", "name": "Caf\u00e9", "city": "Reno", "state": "NV", "stars": 4.5,
                "categories": "Cafes, Tea Rooms", "attributes": {"WiFi": "free"}}  # fmt: skip
    write(name.format("business"), objects(business, {"business_id": "b2", "name": "X", "categories": None}))
    write(name.format("checkin"), objects({"business_id": "b1", "date": "2016-04-26 19:49:16, 2016-08-30 18:36:57"}))
    people = [("u1", "u2, u9"), ("u2", "None"), ("u3", ["u1"])]  # the last as in the releases until 2018
    people = objects(*({"user_id": user, "name": "Jo", "friends": friends} for user, friends in people))
    loaded = load_source("yelp", request_for(write(name.format("user"), people)))
    assert rows_of(loaded.events, *EVENT) == [
        ("u1", "b1", "review", 4.0, "Good.\nBack!", dt.datetime(2018, 7, 7, 22, 9, 11)),
        ("u2", "b1", "review", None, "Try the tea", dt.datetime(2012, 5, 18, 2, 17, 21)),
    ]
    assert rows_of(loaded.items, *ITEM) == [
        ("b1", "Caf\u00e9", None, ["Cafes", "Tea Rooms"], {"city": "Reno", "state": "NV"}, None),
        ("b2", "X", None, [], {}, None),
    ]
    assert rows_of(loaded.friends, "user_id", "friend_id") == [("u1", "u2"), ("u1", "u9"), ("u3", "u1")]
    assert rows_of(loaded.quarantine, *BAD) == [
        (name.format("review"), 2, "value not a number: expected a number >= 0")
    ]
    assert (loaded.event_count, loaded.bad_count, loaded.notes) == (2, 1, ())


def test_mind(write, request_for, rows_of):
    day = dt.datetime(2019, 11, 15)
    write(
        "MINDsmall_train/behaviors.tsv",
        lines(
            ("1", "U1", "11/15/2019 12:05:58 AM", "N1 N2", "N3-1 N4-0 N5-1"),
            ("2", "U1", "11/15/2019 9:05:58 PM", "N1 N2", "N4-0 N6-1"),
            ("3", "U2", "11/15/2019 12:05:58 PM", "", "N4-0"),
            ("4", "U2", "15.11.2019 12:05:58", "", "N4-1"),
        ),
    )
    # a test line says of nothing whether it was clicked; its history has clicks of the train folder
    write("MINDlarge_test/behaviors.tsv", lines(("1", "U1", "11/22/2019 1:00:00 PM", "N1 N2 N3", "N7 N8")))
    entities = json.dumps([{"Label": "Prince Philip", "Type": "P", "WikidataId": "Q80976"}])
    news = [
        ("N1", "news", "royals", 'The "Duke", again', "An abstract", "https://x/1", entities, entities),
        ("N3", "sports", "sports", "Cut", "", "https://x/3", "[]", ""),
    ]
    write("MINDsmall_train/entity_embedding.vec", "Q80976\t0.1\n")
    folder = write("MINDsmall_train/news.tsv", lines(*news, ("N9", "news")))
    loaded = load_source("mind", request_for(folder))
    assert rows_of(loaded.events, *EVENT, "file", "line") == [
        ("U1", "N1", "view", None, None, None, "MINDlarge_test/behaviors.tsv", 1),
        ("U1", "N2", "view", None, None, None, "MINDlarge_test/behaviors.tsv", 1),
        ("U1", "N3", "view", None, None, day.replace(minute=5, second=58), "MINDsmall_train/behaviors.tsv", 1),
        ("U1", "N5", "view", None, None, day.replace(minute=5, second=58), "MINDsmall_train/behaviors.tsv", 1),
        ("U1", "N6", "view", None, None, day.replace(hour=21, minute=5, second=58), "MINDsmall_train/behaviors.tsv", 2),
    ]
    assert loaded.event_count == 5
    assert rows_of(loaded.items, *ITEM) == [
        ("N1", 'The "Duke", again', "An abstract", ["news", "royals"], {"page": "https://x/1"}, None),
        ("N3", "Cut", None, ["sports"], {"page": "https://x/3"}, None),
    ]
    assert rows_of(loaded.facts, *FACT) == [("N1", "mentions", "Prince Philip", "N1")]
    assert rows_of(loaded.quarantine, *BAD) == [
        ("MINDsmall_train/behaviors.tsv", 4, "timestamp not readable: expected a time like 11/15/2019 9:05:58 AM"),
        ("MINDsmall_train/news.tsv", 3, "broken CSV: expected 8 fields"),
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("yelp", "yelp_academic_dataset_review.json or review.json"),
        ("mind", "behaviors.tsv"),
        ("hm", "transactions_train.csv"),
        ("criteo", "criteo_attribution_dataset.tsv or CriteoSearchData"),
        ("retailrocket", "events.csv"),
        ("steam", "steam_reviews.json or steam_new.json or australian_users_items.json or "
                  "australian_user_reviews.json or steam-200k.csv"),
        ("goodbooks", "ratings.csv"),
        ("book-crossing", "BX-Book-Ratings.csv or Ratings.csv"),
    ],
)  # fmt: skip
def test_without_its_file_a_source_says_what_it_found_and_expects(write, request_for, source, expected):
    folder = write("readme.md", "#")
    with pytest.raises(BadInput) as refused:
        load_source(source, request_for(folder))
    assert str(refused.value) == (f"events: found readme.md; expected {expected} (plain or .gz); set it in --input")
    assert source in LAYOUTS


def test_another_collection_of_the_same_file_name_is_told_by_its_columns(write, request_for):
    folder = write("ratings.csv", "userId,movieId,rating,timestamp\n1,1,4.0,964982703\n")
    with pytest.raises(
        BadInput, match=r"file ratings\.csv: found columns userId, movieId, .*; expected a column user_id"
    ):
        load_source("goodbooks", request_for(folder))
    with pytest.raises(BadInput, match=r"events: found none in events\.csv; expected at least one"):
        load_source(
            "retailrocket", request_for(write("events.csv", "timestamp,visitorid,event,itemid,transactionid\n"))
        )
