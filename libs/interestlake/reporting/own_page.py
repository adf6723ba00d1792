"""The lake's tables -> one person's page: map, course of interests, list with reasons, what may come next, controls."""

import json
from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from .content import Missing, Suggestion
from .gather import OptionalTables
from .own_map import OwnMap, draw_map, read_map
from .own_time import ARROWS, Courses, read_courses
from .page import fill
from .person import DAY, collect_interests, collect_suggestions, collect_titles, suggestions

READS = (
    "silver.interactions", "silver.objections", "silver.interests", "silver.items", "silver.item_interests",
    "graph.interest_nodes", "gold.interest_map", "gold.interest_profiles", "gold.recommendations",
    "gold.counterfactuals", "gold.expansions",
)  # fmt: skip
RECENT = 5_000  # items of the history that the page holds, newest first
EXPANSIONS = 8
PROFILE = ("kind", "label", "confidence", "slope", "slope_error", "trend", "events")


@dataclass(frozen=True)
class Expansion:
    """An interest the person does not hold yet; `path` reads from what they hold to it."""

    interest_id: str
    name: str
    kind: str
    confidence: float
    surprise: float
    source: str
    path: tuple[str, ...]


@dataclass(frozen=True)
class Seen:
    item_id: str
    title: str
    day: str | None


@dataclass(frozen=True)
class OwnPage:
    """What one person's page shows. `details`: interest_id -> what the panel says; `refused`: (kind, id, name)."""

    user_id: str
    items: int
    first_day: str | None
    last_day: str | None
    reading: tuple[str, ...]
    map: OwnMap | Missing
    details: dict[str, dict]
    courses: Courses | Missing
    suggestions: tuple[Suggestion, ...] | Missing
    without: dict[str, str]
    expansions: tuple[Expansion, ...] | Missing
    recent: tuple[Seen, ...]
    refused: tuple[tuple[str, str, str], ...]
    seed: int


def gather_own(tables: OptionalTables, user_id: str, top_k: int, seed: int = 42) -> OwnPage:
    """About twelve small Spark jobs over one person's rows. A table that is not there is a Missing or an empty part."""
    mine = F.col("user_id") == user_id
    pairs = tables.get("silver.interactions").where(mine)
    history = pairs.select("item_id", F.col("weight").alias("liking"), "first_ts", "last_ts", "position").persist()
    refused = _refused(tables, mine)
    no_interest = {target for kind, target in refused if kind == "interest"}
    interest_map, lists = tables.get("gold.interest_map"), tables.get("gold.recommendations")
    interests = [] if interest_map is None else collect_interests(interest_map, tables.get("silver.interests"), user_id)
    interests = [row for row in interests if row["interest_id"] not in no_interest]
    interests = _with_profile(tables.get("gold.interest_profiles"), mine, interests)
    offered = [] if lists is None else collect_suggestions(lists, user_id, top_k)
    no_item = {target for kind, target in refused if kind == "item"}
    offered = [row for row in offered if row["item_id"] not in no_item]
    span = history.agg(F.count("*").alias("n"), F.date_format(F.min("first_ts"), DAY).alias("a"),
                       F.date_format(F.max("last_ts"), DAY).alias("b")).first()  # fmt: skip
    newest = history.orderBy(F.desc("position"), "item_id").limit(RECENT)
    newest = newest.select("item_id", F.date_format("last_ts", DAY).alias("day")).collect()
    item_ids = {i for row in interests for i in row["evidence"][:4]} | {row["item_id"] for row in newest} | no_item
    item_ids |= {i for row in offered for i in [row["item_id"], *row["evidence"]]}
    titles = collect_titles(tables.get("silver.items"), item_ids) if item_ids else {}
    carried, nodes = tables.get("silver.item_interests"), tables.get("graph.interest_nodes")
    own = Missing("Your interests have not been read yet. They appear after the next run.")
    courses: Courses | Missing = own
    if carried is not None and interest_map is not None:
        own = read_map(interests, carried, history, nodes)
        groups = {} if isinstance(own, Missing) else {n.interest_id: n.group for n in own.graph.nodes}
        courses = read_courses(interests, carried, history, groups)
    history.unpersist()
    names = _names(tables, [target for kind, target in refused if kind == "interest"])
    return OwnPage(
        user_id=user_id, items=span["n"], first_day=span["a"], last_day=span["b"],
        reading=reading_of(interests), map=own, details={r["interest_id"]: _detail(r, titles) for r in interests},
        courses=courses,
        suggestions=suggestions(offered, titles) if lists is not None else Missing(
            "No list has been made for you yet. It appears after the next run."),
        without=_counterfactuals(tables.get("gold.counterfactuals"), mine),
        expansions=_expansions(tables.get("gold.expansions"), mine, no_interest),
        recent=tuple(Seen(r["item_id"], titles.get(r["item_id"], (r["item_id"], ()))[0], r["day"]) for r in newest),
        refused=tuple((kind, id, titles.get(id, (names.get(id, id), ()))[0]) for kind, id in refused),
        seed=seed,
    )  # fmt: skip


def _refused(tables: OptionalTables, mine) -> list[tuple[str, str]]:
    table = tables.get("silver.objections")
    if table is None:
        return []
    rows = table.where(mine).where("action = 'not_interested'").select("kind", "target").collect()
    return sorted((row["kind"], row["target"]) for row in rows)


def _names(tables: OptionalTables, ids: list[str]) -> dict[str, str]:
    table = tables.get("silver.interests")
    if table is None or not ids:
        return {}
    return {r["interest_id"]: r["name"] for r in table.where(F.col("interest_id").isin(ids)).collect()}


def _with_profile(profiles: DataFrame | None, mine, own: list[dict]) -> list[dict]:
    """The rows with trend, slope and confidence of gold.interest_profiles where it is there. One Spark job."""
    if profiles is None:
        return own
    by_id = {row["interest"]: row for row in profiles.where(mine).select("interest", *PROFILE).collect()}
    fields = ("confidence", "slope", "slope_error", "trend")
    return [
        row | ({name: by_id[row["interest_id"]][name] for name in fields} if row["interest_id"] in by_id else {})
        for row in own
    ]


def _detail(row: dict, titles: dict) -> dict:
    return {
        "name": row["name"], "kind": row["kind"],
        "strength": round(row["strength"], 3), "share": round(row["share"], 4),
        "items": row["item_count"], "first": row["first_day"], "last": row["last_day"], "trend": row.get("trend"),
        "confidence": None if row.get("confidence") is None else round(row["confidence"], 2),
        "evidence": [titles.get(i, (i, ()))[0] for i in row["evidence"][:4]],
    }  # fmt: skip


def reading_of(own: list[dict]) -> tuple[str, ...]:
    """Names of the three interests of largest share that a person would name: categories and tags before keywords."""
    named = [r for r in own if r["kind"] in ("category", "tag")] or [r for r in own if r["kind"] == "keyword"]
    return tuple(r["name"] for r in sorted(named, key=lambda r: (-r["share"], r["interest_id"]))[:3])


def _counterfactuals(table: DataFrame | None, mine) -> dict[str, str]:
    if table is None:
        return {}
    rows = table.where(mine).where("length(sentence) > 0").select("item_id", "sentence").collect()
    return {row["item_id"]: row["sentence"] for row in rows}


def _expansions(table: DataFrame | None, mine, refused: set[str]) -> tuple[Expansion, ...] | Missing:
    if table is None:
        return Missing("Nobody has looked yet for interests that may come next.")
    rows = table.where(mine).orderBy(F.desc("confidence"), "interest").limit(EXPANSIONS + len(refused)).collect()
    expansions = tuple(
        Expansion(r["interest"], r["label"], r["kind"], r["confidence"], r["surprise"], r["source"], tuple(r["path"]))
        for r in rows if r["interest"] not in refused
    )[:EXPANSIONS]  # fmt: skip
    return expansions or Missing("Nothing new was found that is near enough to what you like.")


def render_own(page: OwnPage, lake: str, token: str | None = None) -> str:
    """The page as HTML that loads nothing. With a token its buttons write through the server that made it; without one
    they show the command. The same page gives the same text."""
    drawings = None if isinstance(page.map, Missing) else draw_map(page.map, page.seed)
    settings = {"user": page.user_id, "lake": lake, "token": token, "details": page.details}
    # "</script" inside a string would end the script
    packed = json.dumps(settings, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")
    return fill("profile.html", page=page, drawings=drawings, settings=packed, live=token is not None, ARROWS=ARROWS)
