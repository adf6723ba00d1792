"""The publishers' formats, planted small and, where the data is at hand, whole."""

import datetime as dt
import json

import pytest

from interestlake.core.errors import BadInput
from interestlake.sources import load_source

RATINGS = "userId,movieId,rating,timestamp\r\n1,1,4.0,964982703\r\n1,11,5.0,964981247\r\n2,1,x,1\r\n"
MOVIES = (
    "movieId,title,genres\r\n1,Toy Story (1995),Adventure|Comedy\r\n"
    '11,"American President, The (1995)",Drama\r\n'
    '29,"City of Lost Children, The (Cité des enfants perdus, La) (1995)",Drama\r\n'
    '40,"Cry, the Beloved Country (1995)",(no genres listed)\r\n'
)
PLOTS = "1::Toy Story::1995::G::22 Nov 1995::Comedy::John Lasseter::N/A::Tom Hanks, Tim Allen::A boy: his toys.::http://p/1.jpg\n2::short\n"


@pytest.fixture
def small_movielens(write):
    write("ratings.csv.gz", RATINGS)
    write("tags.csv", "userId,movieId,tag,timestamp\r\n2,11,funny,1445714994\r\n2,11, ,1445714994\r\n")
    write("movies.csv", MOVIES)
    write("movies_extrainfos.dat.gz", PLOTS.encode("latin-1"))
    write("kg/kg.txt", "7\tfilm.film.writer\t9\n8\tfilm.film.writer\t9\r\n7\tbroken\n")
    return write("kg/item_index2entity_id.txt", "1\t7\r\n")


def test_movielens(small_movielens, request_for, rows_of):
    loaded = load_source("movielens", request_for(small_movielens))
    assert rows_of(loaded.events, "user_id", "item_id", "event_type", "value", "text", "file", "line") == [
        ("1", "1", "rating", 4.0, None, "ratings.csv.gz", 2),
        ("1", "11", "rating", 5.0, None, "ratings.csv.gz", 3),
        ("2", "11", "tag", None, "funny", "tags.csv", 2),
    ]
    assert loaded.events.where("item_id = '1'").first().event_ts == dt.datetime(2000, 7, 30, 18, 45, 3)
    items = {row.item_id: row for row in loaded.items.collect()}
    assert {key: row.title for key, row in items.items()} == {
        "1": "Toy Story (1995)",
        "11": "The American President (1995)",
        "29": "The City of Lost Children (Cité des enfants perdus, La) (1995)",
        "40": "Cry, the Beloved Country (1995)",
    }
    assert [items[key].categories for key in ("1", "40")] == [["Adventure", "Comedy"], []]
    assert (items["1"].description, items["1"].image_url) == ("A boy: his toys.", "http://p/1.jpg")
    attributes = {"year": "1995", "director": "John Lasseter", "actors": "Tom Hanks, Tim Allen", "rated": "G"}
    assert items["1"].attributes == attributes
    assert (items["11"].description, items["11"].attributes) == (None, {"year": "1995"})
    assert rows_of(loaded.facts, "subject", "predicate", "object", "subject_item_id") == [
        ("7", "film.film.writer", "9", "1"),
        ("8", "film.film.writer", "9", None),
    ]
    assert [
        (file, line, reason.split(":")[0])
        for file, line, reason in rows_of(loaded.quarantine, "file", "line", "reason")
    ] == [
        ("kg/kg.txt", 3, "wrong number of fields"),
        ("movies_extrainfos.dat.gz", 2, "wrong number of fields"),
        ("ratings.csv.gz", 4, "value not a number"),
        ("tags.csv", 3, "missing tag"),
    ]


def test_movielens_without_its_files(write, request_for):
    with pytest.raises(BadInput, match=r"movies: found ratings\.csv; expected movies\.csv"):
        load_source("movielens", request_for(write("ratings.csv", RATINGS)))
    write("movies.csv", "movieId,title,genres\n1,A,B\n")
    with pytest.raises(BadInput, match=r"expected a column movieId"):
        load_source("movielens", request_for(write("ratings.csv", "userId,movie,rating,timestamp\n1,1,1,1\n")))


def test_amazon_reviews(write, request_for, rows_of):
    review = {
        "reviewerID": "A1", "asin": "B1", "reviewerName": "Jo Public", "helpful": [0, 0], "reviewText": "It hums.",
        "overall": 2.0, "summary": "Too loud", "unixReviewTime": 1252800000,
    }  # fmt: skip
    lines = [review, {**review, "asin": "B2", "summary": "Why?", "reviewText": ""}, {**review, "overall": None}]
    write("reviews_Small_5.json.gz", "\n".join(map(json.dumps, lines)) + '\n{"reviewerID": "A2", "asi')
    product = {
        "asin": "B1", "title": "Don't \"stop\"", "price": 9.5, "imUrl": "http://p/b1.jpg",
        "categories": [["Shop", "Music", "Jazz"], ["Shop", "Jazz"], ["Sale"]],
        "related": {"also_bought": [f"C{n}" for n in range(30)] + ["C1"], "also_viewed": ["D"]},
    }  # fmt: skip
    folder = write("meta_Small.json.gz", f"{product!r}\n{{'asin': 'B3'}}\n{{'asin': 'B4', 'title'")
    loaded = load_source("amazon-reviews", request_for(folder, max_quarantine_share=0.5))
    assert rows_of(loaded.events, "user_id", "item_id", "event_type", "value", "text") == [
        ("A1", "B1", "review", 2.0, "Too loud. It hums."),
        ("A1", "B1", "review", None, "Too loud. It hums."),
        ("A1", "B2", "review", 2.0, "Why?"),
    ]
    assert "Jo Public" not in str(loaded.events.collect())
    items = {row.item_id: row for row in loaded.items.collect()}
    assert (items["B1"].title, items["B1"].categories) == ('Don\'t "stop"', ["Music", "Jazz", "Sale"])
    assert (items["B1"].attributes, items["B1"].image_url) == ({"price": "9.5"}, "http://p/b1.jpg")
    assert (items["B3"].title, items["B3"].categories, items["B3"].attributes) == (None, [], {})
    assert rows_of(loaded.facts, "subject", "predicate", "object") == sorted(
        [("B1", "also_bought", f"C{n}") for n in range(20)], key=repr
    )
    assert rows_of(loaded.quarantine, "file", "line") == [("meta_Small.json.gz", 3), ("reviews_Small_5.json.gz", 4)]


@pytest.mark.parametrize("header", ["", "userID\tartistID\tweight\n"])
def test_lastfm_with_and_without_a_header(write, request_for, rows_of, header):
    write("user_artists.dat", f"{header}2\t51\t13883\n2\t52\t-1\n3\t51\t7\n")
    write(
        "artists.dat",
        b"id\tname\turl\tpictureURL\n51\tDuran\thttp://l/d\thttp://p/d.jpg\n" + "52\tBjörk\t\t\n".encode("latin-1"),
    )
    folder = write("user_friends.dat", "userID\tfriendID\r\n2\t3\r\n")
    loaded = load_source("lastfm", request_for(folder))
    first = 2 if header else 1
    assert rows_of(loaded.events, "user_id", "item_id", "event_type", "value", "event_ts", "line") == [
        ("2", "51", "play", 13883.0, None, first),
        ("3", "51", "play", 7.0, None, first + 2),
    ]
    assert rows_of(loaded.items, "item_id", "title", "image_url") == [
        ("51", "Duran", "http://p/d.jpg"),
        ("52", "Björk", None),
    ]
    assert rows_of(loaded.friends, "user_id", "friend_id") == [("2", "3")]
    assert rows_of(loaded.quarantine, "line") == [(first + 1,)]


BY_TIME = "2\t51\t7\t1238536800000\n3\t51\t7\t1238536800000\n2\t51\t9\t1238536800000\n2\t52\t7\t-61\n"
BY_DAY = (
    "userID\tartistID\ttagID\tday\tmonth\tyear\n"
    "2\t51\t7\t1\t4\t2009\n2\t52\t7\t1\t4\t1956\n2\t51\t9\t1\t4\t2009\n3\t51\t7\t1\t4\t2009\n"
)
BY_TIME_FILE, BY_DAY_FILE = "user_taggedartists-timestamps.dat", "user_taggedartists.dat"


@pytest.mark.parametrize(
    ("given", "read", "when"),
    [
        ({BY_TIME_FILE: BY_TIME}, BY_TIME_FILE, dt.datetime(2009, 3, 31, 22)),
        ({BY_DAY_FILE: BY_DAY}, BY_DAY_FILE, dt.datetime(2009, 4, 1)),
        ({BY_DAY_FILE: BY_DAY, BY_TIME_FILE: BY_TIME}, BY_TIME_FILE, dt.datetime(2009, 3, 31, 22)),
    ],
    ids=["by time", "by day", "both"],
)
def test_lastfm_tags(write, request_for, rows_of, given, read, when):
    write("user_artists.dat", "2\t51\t13883\n")
    write("artists.dat", "51\tDuran\t\t\n")
    folder = write("tags.dat", "tagID\ttagValue\n7\tnew wave\n8\t\n")
    for name, text in given.items():
        write(name, text)
    loaded = load_source("lastfm", request_for(folder))
    assert rows_of(loaded.events, "user_id", "item_id", "event_type", "text", "event_ts") == [
        ("2", "51", "play", None, None),
        ("2", "51", "tag", "new wave", when),
        ("3", "51", "tag", "new wave", when),
    ]
    assert loaded.event_count == 3
    broken = {(row.file, row.reason.split(":")[0]) for row in loaded.quarantine.collect()}
    assert broken == {(read, "missing tag"), (read, "timestamp out of range"), ("tags.dat", "missing tag")}


def test_lastfm_tags_need_their_names(write, request_for):
    write("user_artists.dat", "2\t51\t13883\n")
    write("artists.dat", "51\tDuran\t\t\n")
    with pytest.raises(BadInput, match="tags.dat"):
        load_source("lastfm", request_for(write("user_taggedartists.dat", "2\t51\t7\t1\t4\t2009\n")))


def counts(loaded):
    frames = ("events", "items", "friends", "facts", "quarantine")
    return {name: getattr(loaded, name).count() for name in frames if not getattr(loaded, name).isEmpty()}


def test_movielens_latest_small_whole(shared_data, request_for):
    loaded = load_source("movielens", request_for(str(shared_data / "movielens-latest-small")))
    assert counts(loaded) == {"events": 100_836 + 3_683, "items": 9_742, "facts": 20_782}
    assert loaded.events.where("event_type = 'rating'").select("user_id").distinct().count() == 610


def test_both_amazon_collections_whole(shared_data, request_for):
    folders = ("amazon-digital-music-head", "amazon-musical-instruments-5core")
    loaded = load_source("amazon-reviews", request_for(*(str(shared_data / name) for name in folders)))
    found = counts(loaded)
    assert found.pop("facts") > 7_419
    assert found == {"events": 6_908 + 10_261, "items": 7_419, "quarantine": 2}
    broken = {(row.file.split("_")[0], row.line) for row in loaded.quarantine.collect()}
    assert broken == {("reviews", 6_909), ("meta", 7_420)}


def test_lastfm_whole(shared_data, request_for):
    loaded = load_source("lastfm", request_for(str(shared_data / "lastfm-hetrec2011")))
    assert counts(loaded) == {"events": 92_834, "items": 17_632, "friends": 25_434, "facts": 15_518}
