"""Source "amazon-reviews": Amazon reviews of 2014, 2018 or 2023, with product metadata where present."""

from dataclasses import replace

from pyspark.sql import Column
from pyspark.sql import functions as F

from ..core.errors import BadInput
from ..core.only_row import only_row
from .contract import Loaded, Request, collect_groups
from .files import InputFile, list_files
from .formats import json_lines, python_literals
from .lines import read_lines
from .rules import EventFields, filled, judge_events, judge_items, number
from .settle import Settled, settle

# the names of 2014 and 2018, then those of 2023
REVIEW = (
    "reviewerID", "asin", "overall", "summary", "reviewText", "unixReviewTime",
    "user_id", "parent_asin", "rating", "title", "text", "timestamp",
)  # fmt: skip
PRODUCT = (
    "asin", "title", "description", "categories", "brand", "price", "imUrl", "related",  # 2014
    "category", "also_buy", "imageURLHighRes", "imageURL",  # 2018
    "parent_asin", "features", "store", "images",  # 2023
)  # fmt: skip
PRICE = r"^\D{0,4}\d[\d.,]*(\s*-\s*\D{0,4}\d[\d.,]*)?$"
PAGE_CODE = r"</|var aPageStart|getTime\(\)"  # of titles and categories that were cut out of a page of 2018
MAX_ALSO_BOUGHT, MAX_DEPTH = 20, 50
SENTENCE_END = r"[.!?\u2026]$"


def load(request: Request) -> Loaded:
    """Every *.json(.gz) or *.jsonl(.gz) under the inputs: meta* holds products, any other file reviews.

    Events: reviews, value = stars, text = summary and body; the reviewer's name is never read. Items: title,
    description, categories flattened (each path without its root, which names the whole shop), picture. Facts:
    also_bought, at most 20 per product in the order given. A note says which of these no product has. Editions are
    told apart by the names of fields, line by line; products of 2023 are their parent_asin. Two Spark jobs.
    """
    reviews, products = expect_files(list_files(request.spark, request.inputs))
    judged = read_lines(request.spark, reviews).transform(json_lines(*REVIEW)).transform(_reviews())
    settled = settle(judged, reviews, request.max_quarantine_share)
    if settled.record_count == 0:
        raise BadInput.of("reviews", found="no usable review", expected="at least one", where="--input")
    if not products:
        return collect_groups(request.spark, events=[settled])
    lines = read_lines(request.spark, products).transform(python_literals(*PRODUCT))
    listed = settle(lines.transform(_products()), products, request.max_quarantine_share)
    items = listed.with_records(listed.records.drop("also_bought"))
    loaded = collect_groups(request.spark, events=[settled], items=[items], facts=[_also_bought(listed)])
    return replace(loaded, notes=_absent(listed))


def expect_files(files: tuple[InputFile, ...]) -> tuple[tuple[InputFile, ...], tuple[InputFile, ...]]:
    """Reviews and products. Raises BadInput where there are no reviews."""
    read = tuple(file for file in files if _is_json(file))
    products = tuple(file for file in read if _base(file).startswith("meta"))
    reviews = tuple(file for file in read if file not in products)
    if not reviews:
        shown = ", ".join(file.name for file in read) or "no .json file"
        raise BadInput.of("reviews", found=shown, expected="a file of reviews, *.json or *.json.gz", where="--input")
    return reviews, products


def _is_json(file: InputFile) -> bool:
    return _base(file).removesuffix(".gz").endswith((".json", ".jsonl"))


def _base(file: InputFile) -> str:
    return file.name.rsplit("/", 1)[-1]


def _field(name: str) -> Column:
    return F.col("fields")[name]


def _reviews():
    summary, body = filled(_either("summary", "title")), filled(_either("reviewText", "text"))
    stop = F.when(summary.rlike(SENTENCE_END), F.lit("")).otherwise(F.lit("."))
    text = F.concat_ws(" ", F.concat(summary, stop), body)
    millis = _field("timestamp")  # 2023 counts milliseconds
    seconds = F.coalesce(filled(_field("unixReviewTime")), (number(millis) / 1000).cast("string"), millis)
    user, item, value = (_either(*names) for names in (("reviewerID", "user_id"), ("parent_asin", "asin"),
                                                       ("overall", "rating")))  # fmt: skip
    return judge_events(EventFields(user, item, F.lit("review"), value, text, seconds))


def _products():
    def listed(name: str) -> Column:
        return F.from_json(_field(name), "array<string>")

    given = F.ltrim(_field("categories"))
    paths = F.when(given.startswith("[["), F.from_json(given, "array<array<string>>"))
    flat = F.filter(F.coalesce(listed("category"), F.when(~given.startswith("[["), listed("categories"))), _spoken)
    below_root = F.transform(F.coalesce(paths, F.array(flat)), _below_root)
    related = F.from_json(_field("related"), "also_bought array<string>")["also_bought"]
    picture = F.from_json(_field("images"), "array<struct<hi_res: string, large: string>>")[0]
    pictures = _field("imUrl"), listed("imageURLHighRes")[0], listed("imageURL")[0], picture["hi_res"], picture["large"]
    return judge_items(
        _either("parent_asin", "asin"),
        title=F.when(_spoken(_field("title")), _field("title")),
        description=F.concat_ws(" ", _paragraphs("description"), _paragraphs("features")),
        categories=F.flatten(below_root),
        attributes={"brand": _either("brand", "store"), "price": F.when(_field("price").rlike(PRICE), _field("price"))},
        image_url=F.coalesce(*(filled(one) for one in pictures)),
        also_bought=F.slice(F.array_distinct(F.coalesce(related, listed("also_buy"))), 1, MAX_ALSO_BOUGHT),
    )


def _either(name: str, other: str) -> Column:
    return F.coalesce(filled(_field(name)), _field(other))


def _paragraphs(name: str) -> Column:
    """A text, or the texts of a JSON list."""
    parts = F.when(F.ltrim(_field(name)).startswith("["), F.from_json(_field(name), "array<string>"))
    return F.when(parts.isNull(), _field(name)).otherwise(F.concat_ws(" ", parts))


def _spoken(text: Column) -> Column:
    return ~text.rlike(PAGE_CODE)


def _below_root(path: Column) -> Column:
    return F.when(F.size(path) > 1, F.slice(path, 2, MAX_DEPTH)).otherwise(path)


def _absent(listed: Settled) -> tuple[str, ...]:
    """A note where no product has one of the fields that an edition has. One Spark job."""
    expected = {
        "title": F.col("title"), "description": F.col("description"), "picture": F.col("image_url"),
        "category": F.when(F.size("categories") > 0, True), "also_bought": F.when(F.size("also_bought") > 0, True),
        "brand": F.col("attributes")["brand"], "price": F.col("attributes")["price"],
    }  # fmt: skip
    counts = only_row(listed.records.agg(*(F.count(column).alias(name) for name, column in expected.items())))
    absent = [name for name in expected if not counts[name]]
    if not absent or not listed.record_count:
        return ()
    return (f"warning: no product has a {' or '.join(absent)}: the fields of 2014, 2018 and 2023 were looked for",)


def _also_bought(listed: Settled) -> Settled:
    facts = listed.records.select(
        "file",
        "line",
        F.col("item_id").alias("subject"),
        F.lit("also_bought").alias("predicate"),
        F.explode("also_bought").alias("object"),
        F.col("item_id").alias("subject_item_id"),
    )
    return listed.beside(facts.where("length(object) > 0"))
