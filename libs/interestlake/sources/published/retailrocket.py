"""Source "retailrocket": a shop's events, the categories of its items and the tree that these form."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..rules import EventFields, filled, judge, judge_events, number
from .layout import Edition, Fields, Part

# a thing in the cart is one that is wanted, not yet one that is bought
EVENT_TYPES = {"addtocart": "like", "transaction": "purchase"}
CATEGORY = "category "  # before its number, which may be an item's too


def _events(given: Fields):
    event_type = F.trim(given["event"])
    for theirs, ours in EVENT_TYPES.items():
        event_type = F.when(F.trim(given["event"]) == theirs, ours).otherwise(event_type)
    done = EventFields(
        given["visitorid"], given["itemid"], event_type, timestamp=given["timestamp"], time_unit="millis"
    )
    return judge_events(done)


def _properties(given: Fields):
    """One value of one property since a time; all but the category are hashed, and left."""
    item_id, at = filled(given["itemid"]), number(given["timestamp"])
    category = F.when(given["property"] == "categoryid", filled(given["value"]))
    rules = [
        (item_id.isNull(), "missing item id: expected text"),
        (at.isNull(), "timestamp not readable: expected unix milliseconds"),
    ]
    return judge({"item_id": item_id, "at": at, "category": F.concat(F.lit(CATEGORY), category)}, rules)


def _tree(given: Fields):
    child, parent = (F.concat(F.lit(CATEGORY), filled(given[name])) for name in ("categoryid", "parentid"))
    return judge({"subject": child, "object": parent}, [(child.isNull(), "missing category id: expected text")])


def _tables(parts: dict[str, DataFrame]) -> dict[str, DataFrame]:
    """Items with the category that they had last; facts: each category's parent."""
    tables = {}
    if "properties" in parts:
        last = F.max(F.when(F.col("category").isNotNull(), F.struct("at", "category")))["category"]
        found = F.min(F.struct("file", "line")).alias("place"), F.array_compact(F.array(last)).alias("categories")
        tables["items"] = parts["properties"].groupBy("item_id").agg(*found).select("*", "place.*")
    if "tree" in parts:
        tables["facts"] = parts["tree"].where("object IS NOT NULL").withColumn("predicate", F.lit("parent category"))
    return tables


PARTS = {
    "events": Part(("events.csv",), ("timestamp", "visitorid", "event", "itemid"), _events, "events", needed=True),
    "properties": Part(
        ("item_properties*.csv",),
        ("timestamp", "itemid", "property", "value"),
        _properties,
        without="items have no category",
    ),
    "tree": Part(("category_tree.csv",), ("categoryid", "parentid"), _tree),
}
LAYOUT = (Edition(PARTS, _tables),)
