"""Source "goodbooks": ratings, wish lists, books and shelves of goodbooks-10k; its first release on Kaggle too."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..rules import EventFields, filled, judge, judge_events, judge_items, number
from .layout import Edition, Fields, Part

MAX_SHELVES = 10
# shelves that say what somebody did with a book, not what it is about
OWNERS_SHELVES = (
    "to-read", "currently-reading", "read", "owned", "books-i-own", "i-own", "owned-books", "my-books", "my-library",
    "library", "wish-list", "to-buy", "favorites", "favourites", "default", "re-read", "kindle", "ebook", "ebooks",
    "audiobook", "audiobooks",
)  # fmt: skip


def _ratings(given: Fields):
    return judge_events(EventFields(given["user_id"], given["book_id"], F.lit("rating"), given["rating"]))


def _to_read(given: Fields):
    return judge_events(EventFields(given["user_id"], given["book_id"], F.lit("like")))


def _books(given: Fields):
    """Ratings name a book by its number in the collection, shelves by Goodreads's. In the first release, which has a
    column id, book_id is Goodreads's.
    """
    own, goodreads = ("id", "book_id") if "id" in given else ("book_id", "goodreads_book_id")
    year = F.regexp_replace(given["original_publication_year"], r"\.0$", "")
    return judge_items(
        given[own],
        title=F.coalesce(filled(given["title"]), given["original_title"]),
        attributes={"authors": given["authors"], "year": year, "language": given["language_code"]},
        image_url=given["image_url"],
        goodreads_id=filled(given[goodreads]),
    )


def _shelved(given: Fields):
    columns = {
        "goodreads_id": filled(given["goodreads_book_id"]),
        "tag_id": filled(given["tag_id"]),
        "count": number(given["count"]),
    }
    return judge(columns, [(column.isNull(), f"missing {name}: expected a number") for name, column in columns.items()])


def _shelves(given: Fields):
    tag_id, shelf = filled(given["tag_id"]), filled(given["tag_name"])
    rules = [(tag_id.isNull(), "missing tag id: expected a number"), (shelf.isNull(), "missing tag: expected text")]
    return judge({"tag_id": tag_id, "shelf": shelf}, rules)


def _items(parts: dict[str, DataFrame]) -> dict[str, DataFrame]:
    """Books, their categories the shelves that most people put them on."""
    if "books" not in parts or not {"shelved", "shelves"} <= set(parts):
        return {"items": parts["books"]} if "books" in parts else {}
    about = parts["shelves"].where(~F.col("shelf").isin(*OWNERS_SHELVES))
    about = about.groupBy("tag_id").agg(F.min("shelf").alias("shelf"))
    counted = parts["shelved"].join(F.broadcast(about), "tag_id").groupBy("goodreads_id", "shelf")
    ordered = F.sort_array(F.collect_list(F.struct((-F.col("count")).alias("order"), "shelf")))
    most = F.slice(F.transform(ordered, lambda one: one["shelf"]), 1, MAX_SHELVES).alias("most")
    of_book = counted.agg(F.max("count").alias("count")).groupBy("goodreads_id").agg(most)
    shelved = parts["books"].join(of_book, "goodreads_id", "left")
    return {"items": shelved.withColumn("categories", F.coalesce("most", "categories"))}


BOOK = ("book_id", "title", "original_title", "authors", "original_publication_year", "language_code", "image_url")
PARTS = {
    "ratings": Part(("ratings.csv",), ("user_id", "book_id", "rating"), _ratings, "events", needed=True),
    "to_read": Part(("to_read.csv",), ("user_id", "book_id"), _to_read, "events"),
    "books": Part(
        ("books.csv",),
        BOOK,
        _books,
        optional=("id", "goodreads_book_id"),
        without="books have no title and no shelves",
    ),
    "shelved": Part(("book_tags.csv",), ("goodreads_book_id", "tag_id", "count"), _shelved),
    "shelves": Part(("tags.csv",), ("tag_id", "tag_name"), _shelves),
}
LAYOUT = (Edition(PARTS, _items),)
