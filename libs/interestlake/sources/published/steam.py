"""Source "steam": reviews, libraries and games of the Steam collections of UCSD, or the play hours of Kaggle's."""

from dataclasses import replace
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from ..contract import completed
from ..dialect import Dialect
from ..rules import EventFields, filled, judge, judge_events, judge_items, listed
from .layout import Edition, Fields, Part

ACTIONS = ("user", "game", "behaviour", "value", "zero")
POSTED = r"(\w+) (\d{1,2}), (\d{4})"
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")  # fmt: skip
REVIEWED = "array<struct<item_id: string, recommend: string, review: string, posted: string>>"
OWNED = "array<struct<item_id: string, item_name: string, playtime_forever: double>>"


def _reviews(given: Fields):
    """People of a numbered profile have a user_id; of the others the name in their profile's address is the id."""
    user = F.coalesce(filled(given["user_id"]), given["username"])
    wrote = EventFields(user, given["product_id"], F.lit("review"), None, given["text"], given["date"], "iso")
    return judge_events(wrote)


def _games(given: Fields):
    labels = (F.coalesce(listed(given[name], ","), F.array().cast("array<string>")) for name in ("genres", "tags"))
    return judge_items(
        given["id"],
        title=F.coalesce(filled(given["title"]), given["app_name"]),
        categories=F.concat(*labels),
        attributes={name: given[name] for name in ("developer", "publisher", "release_date", "price")},
    )


def _of_user(name: str, kind: str):
    """A line is a person with a list, which may be empty."""

    def judged(given: Fields):
        user_id, entries = filled(given["user_id"]), F.from_json(given[name], kind)
        rules = [
            (user_id.isNull(), "missing user id: expected text"),
            (entries.isNull(), f"missing {name}: expected a list"),
        ]
        return judge({"user_id": user_id, "entries": entries}, rules)

    return judged


def _tables_of_users(parts: dict[str, DataFrame]) -> dict[str, DataFrame]:
    """Events of both lists; the games that somebody has, by name, for the shop's list has no longer all of them."""
    tables, told = {}, []
    if "library" in parts:
        owned, played = _entries(parts["library"]), F.col("playtime_forever") > 0
        kind, minutes = F.when(played, "play").otherwise("purchase"), F.when(played, F.col("playtime_forever"))
        told.append(owned.withColumns({"event_type": kind, "value": minutes}))
        tables = _named(owned.withColumn("title", filled(F.col("item_name"))))
    if "reviews" in parts:
        recommends = F.lower("recommend").isin("true", "1").cast("double")
        wrote = {"event_type": F.lit("review"), "value": recommends, "text": filled(F.col("review"))}
        told.append(_entries(parts["reviews"]).withColumns({**wrote, "event_ts": _posted(F.col("posted"))}))
    events = (frame.transform(completed("events")) for frame in told)
    return tables | {"events": reduce(DataFrame.unionByName, events)}


def _named(rows: DataFrame) -> dict[str, DataFrame]:
    named = F.min(F.struct("file", "line")).alias("place"), F.max("title").alias("title")
    return {"items": rows.groupBy("item_id").agg(*named).select("*", "place.*")}


def _entries(lines: DataFrame) -> DataFrame:
    entries = lines.select("file", "line", "user_id", F.explode("entries").alias("entry")).select("*", "entry.*")
    return entries.withColumn("item_id", filled(F.col("item_id"))).where("item_id IS NOT NULL")


def _posted(text: Column) -> Column:
    """ "Posted November 5, 2011." -> its day; null for a day of an unsaid year."""
    month, day, year = (F.regexp_extract(text, POSTED, part) for part in (1, 2, 3))
    number_of = F.create_map(*(F.lit(part) for place, name in enumerate(MONTHS, 1) for part in (name, place)))
    return F.try_to_timestamp(F.format_string("%s-%d-%s", year, number_of[month], day))


def _actions(given: Fields):
    name = filled(given["game"])
    played = F.when(F.trim(given["behaviour"]) == "play", given["value"])
    return judge_events(EventFields(given["user"], given["game"], given["behaviour"], played), title=name)


def _names(parts: dict[str, DataFrame]) -> dict[str, DataFrame]:
    return _named(parts["actions"])


GAMES = Part(
    ("steam_games.json", "output_steam_games.json"),
    ("id", "title", "app_name", "genres", "tags", "developer", "publisher", "release_date", "price"),
    _games,
    "items",
    "literals",
    without="what the shop says of games is lacking (title, genres, tags)",
)
REVIEWS = Part(
    ("steam_reviews.json", "steam_new.json"),
    ("username", "user_id", "product_id", "text", "date"),
    _reviews,
    "events",
    "literals",
    needed=True,
)
LIBRARY = Part(
    ("australian_users_items.json",), ("user_id", "items"), _of_user("items", OWNED), form="literals", needed=True
)
USER_REVIEWS = Part(
    ("australian_user_reviews.json",), ("user_id", "reviews"), _of_user("reviews", REVIEWED), form="literals"
)
ACTION = Part(("steam-200k.csv",), ACTIONS[:4], _actions, "events", dialect=Dialect(names=ACTIONS), needed=True)
LAYOUT = (
    Edition({"reviews": REVIEWS, "games": GAMES}),
    Edition({"library": LIBRARY, "reviews": USER_REVIEWS, "games": GAMES}, _tables_of_users),
    Edition({"reviews": replace(USER_REVIEWS, needed=True), "games": GAMES}, _tables_of_users),
    Edition({"actions": ACTION}, _names),
)
