"""Source "book-crossing": ratings and books of Book-Crossing, as its dump of 2004 or as republished with commas."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from ..dialect import Dialect
from ..rules import EventFields, judge_events, judge_items, number
from .layout import Edition, Fields, Part

DUMP = Dialect(delimiter=";", escape="\\", fallback="ISO-8859-1")
COMMAS = Dialect(fallback="ISO-8859-1")
RATING = ("User-ID", "ISBN", "Book-Rating")
BOOK = ("ISBN", "Book-Title", "Book-Author", "Year-Of-Publication", "Publisher", "Image-URL-L")


def _ratings(given: Fields):
    """1 to 10 are ratings; 0 says that somebody had the book and did not rate it."""
    rating = given["Book-Rating"]
    unrated = F.coalesce(number(rating) == 0, F.lit(False))
    event_type = F.when(unrated, "view").otherwise("rating")
    return judge_events(EventFields(given["User-ID"], _isbn(given), event_type, F.when(~unrated, rating)))


def _books(given: Fields):
    year = given["Year-Of-Publication"]

    def known(column: Column) -> Column:
        # some titles swallow the author, and every later column moves up by one: no year stands where the year does
        return F.when(year.rlike(r"^\s*\d+\s*$"), column)

    written = {"author": given["Book-Author"], "publisher": given["Publisher"]}
    return judge_items(
        _isbn(given),
        title=given["Book-Title"],
        attributes={name: known(column) for name, column in written.items()} | {"year": F.when(number(year) > 0, year)},
        image_url=known(given["Image-URL-L"]),
    )


def _isbn(given: Fields) -> Column:
    return F.upper(given["ISBN"])  # its check digit is written X and x


def _edition(ratings: str, books: str, dialect: Dialect) -> Edition:
    lost = "books have no title and no author"
    return Edition(
        {
            "ratings": Part((ratings,), RATING, _ratings, "events", dialect=dialect, needed=True),
            "books": Part((books,), BOOK, _books, "items", dialect=dialect, without=lost),
        }
    )


LAYOUT = (
    _edition("BX-Book-Ratings.csv", "BX-Books.csv", DUMP),
    _edition("Ratings.csv", "Books.csv", COMMAS),
)
