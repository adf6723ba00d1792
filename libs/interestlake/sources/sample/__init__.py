"""Source "sample": a generated world whose interests, communities, trends and faults are known."""

from dataclasses import replace

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from ..contract import Loaded, Request
from ..files import list_files
from ..mapping import Group, Mapping
from ..table import load_mapped
from .interests import INTERESTS
from .world import BASE, ensure_world

MAPPING = Mapping(
    events=Group(
        ("events-*.jsonl",),
        "jsonl",
        {name: name for name in ("user_id", "item_id", "event_type", "value", "text", "timestamp")},
    ),
    items=Group(
        ("items-*.jsonl",),
        "jsonl",
        {name: name for name in ("item_id", "title", "description", "categories")},
        attributes=("format", "maker"),
    ),
    friends=Group(("friends-*.csv",), "csv", {"user_id": "user_id", "friend_id": "friend_id"}),
    facts=Group(("facts-*.nt",), "ntriples", base=BASE, item_prefix="item/"),
)
TRUTH = {
    "truth.user_interests": ("user_interests", "user_id string, interest string, weight double, community int"),
    "truth.items": ("items", "item_id string, interest string, community int"),
    "truth.sentiment": ("sentiment", "user_id string, item_id string, polarity int"),
}


def load(request: Request) -> Loaded:
    """The world (request.seed, request.sample_users), generated where its files are not there yet, and its truth.

    The raw files go through the same parsing as any publisher's.
    """
    folder = ensure_world(request.spark, request.lake_root, request.seed, request.sample_users)
    files = list_files(request.spark, (folder,))
    data = tuple(file for file in files if not file.name.startswith("truth/"))
    return replace(load_mapped(request, data, MAPPING), truth=read_truth(request.spark, folder))


def read_truth(spark: SparkSession, folder: str) -> dict[str, DataFrame]:
    """Truth table -> rows; user ids as generated. Lazy."""
    truth = {
        table: spark.read.schema(schema).json(f"{folder}/truth/{name}-*.jsonl")
        for table, (name, schema) in TRUTH.items()
    }
    trends = [(interest.name, interest.community, interest.slope, interest.direction) for interest in INTERESTS]
    truth["truth.trends"] = spark.createDataFrame(
        trends, "interest string, community int, slope double, direction string"
    )
    kinds = spark.read.schema("kind string").json(f"{folder}/truth/dirt-*.jsonl")
    truth["truth.dirt"] = kinds.groupBy("kind").agg(F.count(F.lit(1)).alias("count"))
    return truth
