"""Source "yelp": reviews, tips, businesses and friends of the Yelp Open Dataset, JSON lines."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..rules import EventFields, filled, judge, judge_events, judge_items, listed
from .layout import Edition, Fields, Part

NOBODY = "None"


def _reviews(given: Fields):
    said = EventFields(given["user_id"], given["business_id"], F.lit("review"), given.get("stars"), given["text"],
                       given["date"], "iso")  # fmt: skip
    return judge_events(said)


def _businesses(given: Fields):
    # a business's own stars and counts are made of all its reviews, held-out ones too
    return judge_items(
        given["business_id"],
        title=given["name"],
        categories=listed(given["categories"], ","),
        attributes={"city": given["city"], "state": given["state"]},
    )


def _people(given: Fields):
    user_id, friends = filled(given["user_id"]), filled(given["friends"])
    friends = listed(F.when(friends != NOBODY, friends), ",")
    return judge({"user_id": user_id, "friends": friends}, [(user_id.isNull(), "missing user id: expected text")])


def _friends(parts: dict[str, DataFrame]) -> dict[str, DataFrame]:
    if "people" not in parts:
        return {}
    links = parts["people"].withColumn("friend_id", F.explode("friends"))
    return {"friends": links.withColumn("friend_id", F.trim("friend_id")).where("friend_id != ''")}


def _names(kind: str) -> tuple[str, ...]:
    return f"yelp_academic_dataset_{kind}.json", f"{kind}.json"


PARTS = {
    "reviews": Part(
        _names("review"), ("user_id", "business_id", "stars", "text", "date"), _reviews, "events", "jsonl", needed=True
    ),
    "tips": Part(_names("tip"), ("user_id", "business_id", "text", "date"), _reviews, "events", "jsonl"),
    "businesses": Part(
        _names("business"),
        ("business_id", "name", "categories", "city", "state"),
        _businesses,
        "items",
        "jsonl",
        without="businesses have no name and no categories",
    ),
    "people": Part(_names("user"), ("user_id", "friends"), _people, form="jsonl", without="people have no friends"),
}
LAYOUT = (Edition(PARTS, _friends),)
