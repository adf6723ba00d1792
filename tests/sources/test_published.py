"""Collections that are declared by their published layout, each planted small; the rows are known by construction."""

import datetime as dt
import json

import pytest

from interestlake.core.errors import BadInput
from interestlake.privacy.identity import Origin
from interestlake.sources import load_source
from interestlake.sources.bronze import bronze_events
from interestlake.sources.registry import LAYOUTS

EVENT = ("user_id", "item_id", "event_type", "value", "text", "event_ts")
ITEM = ("item_id", "title", "description", "categories", "attributes", "image_url")
FACT = ("subject", "predicate", "object", "subject_item_id")
BAD = ("file", "line", "reason")


def lines(*rows, by="\t"):
    return "".join(by.join(row) + "\n" for row in rows)


def objects(*rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


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


ARTICLES = (
    "article_id,product_code,prod_name,product_type_name,product_group_name,graphical_appearance_name,"
    "colour_group_name,department_name,index_group_name,section_name,garment_group_name,detail_desc\n"
    "0108775015,0108775,Strap top,Vest top,Garment Upper body,Solid,Black,Jersey Basic,Ladieswear,Womens,Jersey Basic,"
    '"A top, with\nnarrow straps."\n'
)


def test_hm(write, request_for, rows_of):
    bought = ["2018-09-20,c1,0108775015,0.05,2"] * 3 + [
        "2018-09-21,c1,0108775015,0.05,1",
        "someday,c2,0108775015,0.1,2",
    ]
    write("transactions_train.csv", "t_dat,customer_id,article_id,price,sales_channel_id\n" + "\n".join(bought))
    write("customers.csv", "customer_id,FN,Active,age,postal_code\nc1,,,49.0,52043\n")
    write("images/010/0108775015.jpg", b"\xff\xd8")
    loaded = load_source("hm", request_for(write("articles.csv", ARTICLES)))
    first, second = dt.datetime(2018, 9, 20), dt.datetime(2018, 9, 21)
    purchase = ("c1", "0108775015", "purchase", None, None)
    assert rows_of(loaded.events, *EVENT) == [(*purchase, first)] * 3 + [(*purchase, second)]
    kept = loaded.events.transform(bronze_events(Origin("hm", "hm", "hm"), b"a key of 16 bytes"))
    assert rows_of(kept, "item_id", "event_type", "event_ts") == [("0108775015", "purchase", first)] * 3 + [
        ("0108775015", "purchase", second)
    ]
    attributes = {"appearance": "Solid", "colour": "Black", "department": "Jersey Basic", "section": "Womens"}
    categories = ["Ladieswear", "Garment Upper body", "Vest top", "Jersey Basic"]
    assert rows_of(loaded.items, *ITEM) == [
        ("0108775015", "Strap top", "A top, with\nnarrow straps.", categories, attributes, None)
    ]
    assert rows_of(loaded.quarantine, *BAD) == [
        ("transactions_train.csv", 6, "timestamp not readable: expected an ISO 8601 time")
    ]


def test_criteo_attribution(write, request_for, rows_of):
    header = ("timestamp", "uid", "campaign", "conversion", "conversion_timestamp", "conversion_id", "attribution",
              "click", "click_pos", "cat1")  # fmt: skip
    rows = [
        ("0", "20073966", "22589171", "0", "-1", "-1", "0", "0", "-1", "5824233"),  # shown only
        ("2", "24607497", "884761", "0", "-1", "-1", "0", "1", "-1", "30763035"),
        ("90", "28474333", "18975823", "1", "1449193", "3063962", "0", "1", "0", "138937"),
        ("95", "28474333", "18975823", "1", "1449193", "3063962", "0", "0", "1", "138937"),  # the same sale
        ("99", "7306395", "29427842", "1", "-1", "1", "0", "1", "0", "28928366"),
    ]
    folder = write("criteo_attribution_dataset.tsv.gz", lines(header, *rows))
    loaded = load_source("criteo", request_for(folder))
    start = dt.datetime(1970, 1, 1)
    sale = ("28474333", "18975823", "purchase", None, None, start + dt.timedelta(seconds=1449193))
    assert rows_of(loaded.events, *EVENT) == [
        ("24607497", "884761", "view", None, None, start + dt.timedelta(seconds=2)),
        sale,
        sale,
        ("28474333", "18975823", "view", None, None, start + dt.timedelta(seconds=90)),
    ]
    assert loaded.events.transform(bronze_events(Origin("c", "c", "c"), b"a key of 16 bytes")).count() == 3
    assert loaded.items.count() == 0
    assert rows_of(loaded.quarantine, *BAD) == [
        ("criteo_attribution_dataset.tsv.gz", 6, "sale without a time: expected unix seconds, 1970 to 2099")
    ]
    assert loaded.notes[0].startswith("note: Criteo's times count seconds from the first impression")


def test_criteo_search(write, request_for, rows_of):
    def click(sale, delay, product, user="U1", at="1596439471"):
        shades = ["C1", "C2", "-1", "-1", "-1", "-1", "-1"]
        return [
            sale,
            "-1.0",
            delay,
            at,
            "0",
            "0.0",
            "A",
            "D",
            "-1",
            "G",
            "B1",
            *shades,
            "DE",
            product,
            "T1 T2",
            "P",
            user,
        ]

    rows = [click("0", "-1", "00AB"), click("1", "60", "00AB"), click("0", "-1", "-1"), click("1", "5", "CD", at="x")]
    loaded = load_source("criteo", request_for(write("Criteo_Conversion_Search/CriteoSearchData", lines(*rows))))
    clicked = dt.datetime(2020, 8, 3, 7, 24, 31)
    assert rows_of(loaded.events, *EVENT) == [
        ("U1", "00AB", "purchase", None, None, clicked + dt.timedelta(minutes=1)),
        ("U1", "00AB", "view", None, None, clicked),
        ("U1", "00AB", "view", None, None, clicked),
    ]
    assert rows_of(loaded.items, *ITEM) == [("00AB", None, None, ["C1", "C2"], {"brand": "B1"}, None)]
    assert rows_of(loaded.quarantine, "line", "reason") == [
        (3, "missing item id: expected text"),
        (4, "timestamp not readable: expected unix seconds"),
    ]


def test_retailrocket(write, request_for, rows_of):
    done = ["1433221332117,257597,view,355908,", "1433221332117,257597,addtocart,355908,",
            "1433221999827,257597,transaction,355908,4000", "1433221999827,257597,stare,355908,"]  # fmt: skip
    write("events.csv", "timestamp,visitorid,event,itemid,transactionid\n" + "\n".join(done))
    header = "timestamp,itemid,property,value\n"
    write("item_properties_part1.csv", header + "1435460400000,355908,categoryid,1338\n1441508400000,16,888,n7.0 9\n")
    write("item_properties_part2.csv", header + "1439089200000,355908,categoryid,213\n1439089200000,,available,1\n")
    loaded = load_source("retailrocket", request_for(write("category_tree.csv", "categoryid,parentid\n213,16\n16,\n")))
    bought, seen = dt.datetime(2015, 6, 2, 5, 13, 19, 827000), dt.datetime(2015, 6, 2, 5, 2, 12, 117000)
    assert rows_of(loaded.events, *EVENT) == [
        ("257597", "355908", "like", None, None, seen),
        ("257597", "355908", "purchase", None, None, bought),
        ("257597", "355908", "view", None, None, seen),
    ]
    assert rows_of(loaded.items, *ITEM) == [
        ("16", None, None, [], {}, None),  # an item, and no category
        ("355908", None, None, ["category 213"], {}, None),
    ]
    assert rows_of(loaded.facts, *FACT) == [("category 213", "parent category", "category 16", None)]
    assert [(file, line, reason.split(":")[0]) for file, line, reason in rows_of(loaded.quarantine, *BAD)] == [
        ("events.csv", 5, "unknown event type"),
        ("item_properties_part2.csv", 3, "missing item id"),
    ]


GAME = {
    "id": "761140", "title": "Lost &amp; Found", "app_name": "Lost", "genres": ["Action", "Design &amp; Art"],
    "tags": ["Action", "2D"], "developer": "K", "price": 4.99, "release_date": "2018-01-04", "early_access": False,
}  # fmt: skip


def test_steam_reviews_of_ucsd(write, request_for, rows_of):
    review = {"username": "Chaos", "hours": 0.1, "product_id": "761140", "date": "2017-12-17", "text": 'It\'s "ok"'}
    numbered = {**review, "user_id": "76561198011", "username": "Jo"}
    write("steam_reviews.json.gz", f"{review!r}\n{numbered!r}\n{{u'username': u'Cut\n".replace("'Chaos'", "u'Chaos'"))
    unnamed = {**GAME, "id": "9", "title": None, "genres": None, "tags": None}
    loaded = load_source("steam", request_for(write("steam_games.json.gz", f"{GAME!r}\n{unnamed!r}\n{{'title': 'X'}}")))
    day = dt.datetime(2017, 12, 17)
    assert rows_of(loaded.events, *EVENT) == [
        ("76561198011", "761140", "review", None, 'It\'s "ok"', day),
        ("Chaos", "761140", "review", None, 'It\'s "ok"', day),
    ]
    attributes = {"developer": "K", "price": "4.99", "release_date": "2018-01-04"}
    assert rows_of(loaded.items, *ITEM) == [
        ("761140", "Lost &amp; Found", None, ["Action", "Design & Art", "2D"], attributes, None),
        ("9", "Lost", None, [], attributes, None),
    ]
    assert rows_of(loaded.quarantine, "file", "line") == [("steam_games.json.gz", 3), ("steam_reviews.json.gz", 3)]


def test_steam_libraries_of_ucsd(write, request_for, rows_of):
    def game(item_id, minutes):
        return {"item_id": item_id, "item_name": "G", "playtime_forever": minutes, "playtime_2weeks": 0}

    owners = [
        {"user_id": "u1", "items_count": 2, "items": [game("10", 6), game("20", 0)]},
        {"user_id": "u2", "items": []},
    ]
    write("australian_users_items.json.gz", "\n".join(map(repr, [*owners, {"items": [game("10", 1)]}])))
    said = {"item_id": "10", "review": "Fun", "funny": ""}
    reviews = [{**said, "posted": "Posted November 5, 2011.", "recommend": True},
               {**said, "item_id": "20", "posted": "Posted July 15.", "recommend": False}]  # fmt: skip
    folder = write("australian_user_reviews.json.gz", repr({"user_id": "u1", "user_url": "x", "reviews": reviews}))
    loaded = load_source("steam", request_for(folder))
    assert rows_of(loaded.events, *EVENT) == [
        ("u1", "10", "play", 6.0, None, None),
        ("u1", "10", "review", 1.0, "Fun", dt.datetime(2011, 11, 5)),
        ("u1", "20", "purchase", None, None, None),
        ("u1", "20", "review", 0.0, "Fun", None),
    ]
    assert rows_of(loaded.quarantine, "line", "reason") == [(3, "missing user id: expected text")]
    assert rows_of(loaded.items, *ITEM) == [(game_id, "G", None, [], {}, None) for game_id in ("10", "20")]
    assert loaded.notes == (
        "warning: no file steam_games.json or output_steam_games.json: "
        "what the shop says of games is lacking (title, genres, tags)",
    )


def test_steam_200k(write, request_for, rows_of):
    rows = ["151603712,Fallout 4,purchase,1.0,0", "151603712,Fallout 4,play,87.5,0", "1,,play,2,0",
            '59945701,"Tom ""T"", Inc.",purchase,1.0,0']  # fmt: skip
    loaded = load_source("steam", request_for(write("steam-200k.csv", "\n".join(rows))))
    assert rows_of(loaded.events, *EVENT) == [
        ("151603712", "Fallout 4", "play", 87.5, None, None),
        ("151603712", "Fallout 4", "purchase", None, None, None),
        ("59945701", 'Tom "T", Inc.', "purchase", None, None, None),
    ]
    assert rows_of(loaded.items, "item_id", "title") == [("Fallout 4",) * 2, ('Tom "T", Inc.',) * 2]
    assert rows_of(loaded.quarantine, *BAD) == [("steam-200k.csv", 3, "missing item id: expected text")]


SHELVED = "goodreads_book_id,tag_id,count\n2767052,1,900\n2767052,2,100\n2767052,3,300\n1,3,5\n2767052,9,x\n"
SHELVES = "tag_id,tag_name\n1,to-read\n2,dystopia\n3,young-adult\n"


@pytest.mark.parametrize(
    ("header", "ratings"),
    [
        ("book_id,goodreads_book_id", "user_id,book_id,rating\n7,1,5\n7,1,x\n"),
        ("id,book_id", "book_id,user_id,rating\n1,7,5\n1,7,x\n"),  # the first release, on Kaggle
    ],
)
def test_goodbooks(write, request_for, rows_of, header, ratings):
    write("ratings.csv", ratings)
    write("to_read.csv", "user_id,book_id\n9,1\n")
    write("book_tags.csv", SHELVED)
    write("tags.csv", SHELVES)
    columns = "authors,original_publication_year,original_title,title,language_code,average_rating,image_url"
    book = '1,2767052,"Suzanne Collins, X",2008.0,Games,"The Games (#1)",eng,4.34,https://i/1.jpg'
    loaded = load_source("goodbooks", request_for(write("books.csv", f"{header},{columns}\n{book}\n")))
    assert rows_of(loaded.events, *EVENT) == [
        ("7", "1", "rating", 5.0, None, None),
        ("9", "1", "like", None, None, None),
    ]
    attributes = {"authors": "Suzanne Collins, X", "year": "2008", "language": "eng"}
    assert rows_of(loaded.items, *ITEM) == [
        ("1", "The Games (#1)", None, ["young-adult", "dystopia"], attributes, "https://i/1.jpg")
    ]
    assert rows_of(loaded.quarantine, *BAD) == [
        ("book_tags.csv", 6, "missing times: expected a number"),
        ("ratings.csv", 3, "value not a number: expected a number >= 0"),
    ]


def quoted(*rows):
    return "\r\n".join(";".join(f'"{field}"' for field in row) for row in rows) + "\r\n"


BOOK_HEADER = ("ISBN", "Book-Title", "Book-Author", "Year-Of-Publication", "Publisher", "Image-URL-S", "Image-URL-M",
               "Image-URL-L")  # fmt: skip
PICTURES = ("http://s", "http://m", "http://l")


def test_book_crossing(write, request_for, rows_of):
    said = ("034545104X", "0"), ("0155061224", "5"), ("034545104x", "7"), ("0155061224", "\u00bd")
    rows = [("276725", *one) for one in said]
    write("BX-Book-Ratings.csv", quoted(("User-ID", "ISBN", "Book-Rating"), *rows).encode("latin-1"))
    books = [
        ("034545104X", 'Flesh \\"Tones\\"; a Novel', "Fran\u00e7oise", "2002", "Ballantine &amp; Co", *PICTURES),
        ("0155061224", "Rites of Passage", "Judith", "0", "Heinle", *PICTURES),
        ("078946697X", 'X-Men (Level 4)\\";Michael Teitelbaum', "2000", "DK", *PICTURES),  # a field is missing
    ]
    write("BX-Users.csv", quoted(("User-ID", "Location", "Age"), ("276725", "reno, nevada, usa", "18")))
    loaded = load_source(
        "book-crossing", request_for(write("BX-Books.csv", quoted(BOOK_HEADER, *books).encode("latin-1")))
    )
    assert rows_of(loaded.events, *EVENT) == [
        ("276725", "0155061224", "rating", 5.0, None, None),
        ("276725", "034545104X", "rating", 7.0, None, None),
        ("276725", "034545104X", "view", None, None, None),
    ]
    attributes = {"author": "Fran\u00e7oise", "year": "2002", "publisher": "Ballantine & Co"}
    assert rows_of(loaded.items, *ITEM) == [
        ("0155061224", "Rites of Passage", None, [], {"author": "Judith", "publisher": "Heinle"}, "http://l"),
        ("034545104X", 'Flesh "Tones"; a Novel', None, [], attributes, "http://l"),
    ]
    assert rows_of(loaded.quarantine, *BAD) == [
        ("BX-Book-Ratings.csv", 5, "value not a number: expected a number >= 0"),
        ("BX-Books.csv", 4, "broken CSV: expected 8 fields"),
    ]


def test_book_crossing_with_commas(write, request_for, rows_of):
    write("Ratings.csv", "User-ID,ISBN,Book-Rating\n276725,034545104X,0\n276726,0155061224,5\n,0155061224,5\n")
    books = [
        ",".join(BOOK_HEADER),
        '034545104X,"Caf\u00e9, a Novel",M. Rose,2002,Ballantine,' + ",".join(PICTURES),
        '078946697X,"X-Men (Level 4)\\"";Michael Teitelbaum",2000,DK,' + ",".join(PICTURES) + ",",
    ]
    loaded = load_source("book-crossing", request_for(write("Books.csv", "\n".join(books))))
    assert rows_of(loaded.events, *EVENT) == [
        ("276725", "034545104X", "view", None, None, None),
        ("276726", "0155061224", "rating", 5.0, None, None),
    ]
    attributes = {"author": "M. Rose", "year": "2002", "publisher": "Ballantine"}
    assert rows_of(loaded.items, *ITEM) == [
        ("034545104X", "Caf\u00e9, a Novel", None, [], attributes, "http://l"),
        ("078946697X", 'X-Men (Level 4)\\";Michael Teitelbaum', None, [], {}, None),  # its other columns moved up
    ]
    assert rows_of(loaded.quarantine, "line", "reason") == [(4, "missing user id: expected text")]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("yelp", "yelp_academic_dataset_review.json or review.json"),
        ("mind", "behaviors.tsv"),
        ("hm", "transactions_train.csv"),
        ("criteo", "criteo_attribution_dataset.tsv or CriteoSearchData or CriteoSearchData.csv"),
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
