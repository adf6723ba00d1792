"""Published layouts of games and books, each planted small."""

import datetime as dt

import pytest

from interestlake.sources import load_source

from .layouts import BAD, EVENT, ITEM

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
        ("book_tags.csv", 6, "missing count: expected a number"),
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
