"""Source "amazon-reviews": review files of the Amazon 2014 collection, with product metadata where present."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from ..core.errors import BadInput
from .contract import Loaded, Request, collect_groups
from .files import InputFile, list_files
from .formats import json_lines, python_literals
from .lines import read_lines
from .rules import EventFields, filled, judge_events, judge_items
from .settle import Settled, settle

REVIEW = ("reviewerID", "asin", "overall", "summary", "reviewText", "unixReviewTime")
PRODUCT = ("asin", "title", "description", "categories", "brand", "price", "imUrl", "related")
MAX_ALSO_BOUGHT, MAX_DEPTH = 20, 50
SENTENCE_END = r"[.!?\u2026]$"


def load(request: Request) -> Loaded:
    """Every *.json(.gz) under the inputs: meta* holds products (Python literals), any other file reviews (JSON lines).

    Events: reviews, value = stars, text = summary and body; the reviewer's name is never read. Items: title,
    description, categories flattened (each path without its root, which names the whole shop), picture. Facts:
    also_bought, at most 20 per product in the order given. One Spark job per kind of file.
    """
    files = [file for file in list_files(request.spark, request.inputs) if _is_json(file)]
    products = tuple(file for file in files if _base(file).startswith("meta"))
    reviews = tuple(file for file in files if file not in products)
    if not reviews:
        shown = ", ".join(file.name for file in files) or "no .json file"
        raise BadInput.of("reviews", found=shown, expected="a file of reviews, *.json or *.json.gz", where="--input")
    judged = read_lines(request.spark, reviews).transform(json_lines(*REVIEW)).transform(_reviews())
    settled = settle(judged, reviews, request.max_quarantine_share)
    if settled.record_count == 0:
        raise BadInput.of("reviews", found="no usable review", expected="at least one", where="--input")
    if not products:
        return collect_groups(request.spark, events=[settled])
    lines = read_lines(request.spark, products).transform(python_literals(*PRODUCT))
    listed = settle(lines.transform(_products()), products, request.max_quarantine_share)
    items = listed.with_records(listed.records.drop("also_bought"))
    return collect_groups(request.spark, events=[settled], items=[items], facts=[_also_bought(listed)])


def _is_json(file: InputFile) -> bool:
    return _base(file).removesuffix(".gz").endswith((".json", ".jsonl"))


def _base(file: InputFile) -> str:
    return file.name.rsplit("/", 1)[-1]


def _field(name: str) -> Column:
    return F.col("fields")[name]


def _reviews():
    summary, body = filled(_field("summary")), filled(_field("reviewText"))
    stop = F.when(summary.rlike(SENTENCE_END), F.lit("")).otherwise(F.lit("."))
    text = F.concat_ws(" ", F.concat(summary, stop), body)
    return judge_events(
        EventFields(
            _field("reviewerID"), _field("asin"), F.lit("review"), _field("overall"), text, _field("unixReviewTime")
        )
    )


def _products():
    paths = F.from_json(_field("categories"), "array<array<string>>")
    related = F.from_json(_field("related"), "also_bought array<string>")["also_bought"]
    below_root = F.transform(paths, lambda path: F.when(F.size(path) > 1, F.slice(path, 2, MAX_DEPTH)).otherwise(path))
    return judge_items(
        _field("asin"),
        title=_field("title"),
        description=_field("description"),
        categories=F.flatten(below_root),
        attributes={"brand": _field("brand"), "price": _field("price")},
        image_url=_field("imUrl"),
        also_bought=F.slice(F.array_distinct(related), 1, MAX_ALSO_BOUGHT),
    )


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
