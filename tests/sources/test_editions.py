"""Other editions of the publishers' collections, each planted small."""

import datetime as dt
import json

from interestlake.sources import load_source


def test_movielens_1m_and_10m(write, request_for, rows_of):
    write("ratings.dat", "1::661::3::978302109\n2::1193::3.5::978301968\n2::1193::x\n")
    write(
        "movies.dat",
        '661::Mis\u00e9rables, Les (1995)::Drama|Musical\n1193::12" (1975)::(no genres listed)\n'.encode("latin-1"),
    )
    folder = write("tags.dat", "15::661::excellent!::1215184630\n")
    loaded = load_source("movielens", request_for(folder))
    assert rows_of(loaded.events, "user_id", "item_id", "event_type", "value", "text") == [
        ("1", "661", "rating", 3.0, None),
        ("15", "661", "tag", None, "excellent!"),
        ("2", "1193", "rating", 3.5, None),
    ]
    assert rows_of(loaded.items, "item_id", "title", "categories", "attributes") == [
        ("1193", '12" (1975)', [], {"year": "1975"}),
        ("661", "Les Mis\u00e9rables (1995)", ["Drama", "Musical"], {"year": "1995"}),
    ]
    assert rows_of(loaded.quarantine, "file", "line") == [("ratings.dat", 3)]


def test_movielens_20m_25m_and_32m(write, request_for, rows_of):
    write("ml-25m/ratings.csv", "userId,movieId,rating,timestamp\n1,296,5.0,1147880044\n1,296,six,1147880044\n")
    write("ml-25m/tags.csv", 'userId,movieId,tag,timestamp\n3,260,"sci-fi, ""classic""",1439472355\n')
    write("ml-25m/movies.csv", 'movieId,title,genres\n296,Pulp Fiction (1994),Crime|Drama\n260,"Star, The",Action\n')
    write("ml-25m/links.csv", "movieId,imdbId,tmdbId\n296,0110912,680\n")
    write("ml-25m/genome-tags.csv", "tagId,tag\n1,007\n")
    loaded = load_source(
        "movielens", request_for(write("ml-25m/genome-scores.csv", "movieId,tagId,relevance\n1,1,0.02\n"))
    )
    assert rows_of(loaded.events, "user_id", "item_id", "event_type", "value", "text", "event_ts") == [
        ("1", "296", "rating", 5.0, None, dt.datetime(2006, 5, 17, 15, 34, 4)),
        ("3", "260", "tag", None, 'sci-fi, "classic"', dt.datetime(2015, 8, 13, 13, 25, 55)),
    ]
    assert rows_of(loaded.items, "item_id", "title", "categories", "attributes") == [
        ("260", "The Star", ["Action"], {}),
        ("296", "Pulp Fiction (1994)", ["Crime", "Drama"], {"year": "1994"}),
    ]
    assert rows_of(loaded.quarantine, "file", "line") == [("ml-25m/ratings.csv", 3)]


def test_lastfm_1k(write, request_for, rows_of):
    lines = [
        ("user_1", "2009-05-04T23:08:57Z", "m1", "Bj\u00f6rk", "", "J\u00f3ga"),
        ("user_1", "2009-05-04T13:54:10Z", "", "Nobody", "", "Song"),
        ("user_2", "2009-05-04T13:54:10Z", "m1", "Bj\u00f6rk", "t", "Song"),
        ("user_2", "x", "m1", "Bj\u00f6rk", "t", "Song"),
    ]
    name = "userid-timestamp-artid-artname-traid-traname.tsv"
    loaded = load_source("lastfm", request_for(write(name, "\n".join("\t".join(line) for line in lines))))
    assert rows_of(loaded.events, "user_id", "item_id", "event_type", "value", "event_ts") == [
        ("user_1", "Nobody", "play", None, dt.datetime(2009, 5, 4, 13, 54, 10)),
        ("user_1", "m1", "play", None, dt.datetime(2009, 5, 4, 23, 8, 57)),
        ("user_2", "m1", "play", None, dt.datetime(2009, 5, 4, 13, 54, 10)),
    ]
    assert rows_of(loaded.items, "item_id", "title", "categories") == [
        ("Nobody", "Nobody", []),
        ("m1", "Bj\u00f6rk", []),
    ]
    assert rows_of(loaded.quarantine, "line") == [(4,)]


def test_lastfm_360k(write, request_for, rows_of):
    lines = "0a\tm1\tbetty blowtorch\t2137\n0a\t\tdie \u00c4rzte\t1099\n0b\tm1\tbetty blowtorch\tnone\n"
    loaded = load_source("lastfm", request_for(write("usersha1-artmbid-artname-plays.tsv", lines)))
    assert rows_of(loaded.events, "user_id", "item_id", "value", "event_ts") == [
        ("0a", "die \u00c4rzte", 1099.0, None),
        ("0a", "m1", 2137.0, None),
    ]
    assert rows_of(loaded.items, "item_id", "title") == [
        ("die \u00c4rzte", "die \u00c4rzte"),
        ("m1", "betty blowtorch"),
    ]
    assert rows_of(loaded.quarantine, "line") == [(3,)]


def test_amazon_2018(write, request_for, rows_of):
    review = {
        "overall": 5.0,
        "verified": True,
        "reviewerID": "A1",
        "asin": "B1",
        "reviewText": "fine",
        "summary": "ok",
        "unixReviewTime": 1514764800,
        "vote": "1,234",
        "image": ["a"],
    }
    write("Toys.json", json.dumps(review))
    product = {
        "asin": "B1",
        "title": "Doll",
        "category": ["Toys", "Dolls", "</span></span>"],
        "description": ["one.", "two."],
        "also_buy": ["B2", "B2"],
        "also_view": ["B3"],
        "brand": "X",
        "price": "$5.00",
        "imageURL": ["http://x/s.jpg"],
        "imageURLHighRes": ["http://x/1.jpg"],
    }
    empty = {
        "asin": "B2",
        "title": "<span>var aPageStart = 1;</span>",
        "category": [],
        "description": [],
        "also_buy": [],
        "price": ".a-box-inner{back",
        "imageURL": [],
    }
    loaded = load_source(
        "amazon-reviews", request_for(write("meta_Toys.json", f"{json.dumps(product)}\n{json.dumps(empty)}"))
    )
    assert rows_of(loaded.items, "item_id", "title", "description", "categories", "attributes", "image_url") == [
        ("B1", "Doll", "one. two.", ["Dolls"], {"brand": "X", "price": "$5.00"}, "http://x/1.jpg"),
        ("B2", None, None, [], {}, None),
    ]
    assert rows_of(loaded.facts, "subject", "predicate", "object") == [("B1", "also_bought", "B2")]
    assert loaded.notes == ()


def test_amazon_2023(write, request_for, rows_of):
    review = {
        "rating": 4.0,
        "title": "Such a scent",
        "text": "I like it.",
        "images": [],
        "asin": "B0X",
        "parent_asin": "B0P",
        "user_id": "AG",
        "timestamp": 1588687728923,
        "helpful_vote": 0,
        "verified_purchase": True,
    }
    write("All_Beauty.jsonl", "\n".join([json.dumps(review), json.dumps({**review, "timestamp": "soon"})]))
    product = {
        "main_category": "All Beauty",
        "title": "Spray",
        "features": ["Large", "Light"],
        "description": [],
        "price": None,
        "images": [{"thumb": "t", "large": "http://x/l.jpg", "variant": "MAIN", "hi_res": None}],
        "store": "Howard",
        "categories": ["Beauty", "Hair", "Sprays"],
        "parent_asin": "B0P",
        "bought_together": None,
    }
    loaded = load_source("amazon-reviews", request_for(write("meta_All_Beauty.jsonl", json.dumps(product))))
    assert rows_of(loaded.events, "user_id", "item_id", "value", "text", "event_ts") == [
        ("AG", "B0P", 4.0, "Such a scent. I like it.", dt.datetime(2020, 5, 5, 14, 8, 48, 923000)),
    ]
    assert rows_of(loaded.items, "item_id", "title", "description", "categories", "attributes", "image_url") == [
        ("B0P", "Spray", "Large Light", ["Hair", "Sprays"], {"brand": "Howard"}, "http://x/l.jpg"),
    ]
    assert rows_of(loaded.quarantine, "reason") == [("timestamp not readable: expected unix seconds",)]
    assert loaded.notes == (
        "warning: no product has a also_bought or price: the fields of 2014, 2018 and 2023 were looked for",
    )
