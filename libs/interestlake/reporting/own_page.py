"""The lake's tables -> one person's page: map, course of interests, list with reasons, what may come next, controls."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ..core.counted import counted
from ..core.rows import AnyOf, Rows
from ..interests.reading_key import LEAST_ITEMS, is_told, leading
from ..privacy.said import said_of
from .content import Missing, Suggestion
from .own_map import OwnMap, draw_map, read_map
from .own_time import ARROWS, Courses, change_of, read_courses
from .page import fill
from .person import collect_interests, collect_suggestions, collect_titles, day_of, suggestions

READS = (
    "silver.interactions", "silver.objections", "silver.interests", "silver.items", "silver.item_interests",
    "graph.interest_nodes", "gold.interest_map", "gold.interest_profiles", "gold.recommendations",
    "gold.counterfactuals", "gold.expansions",
)  # fmt: skip
RECENT = 5_000  # items of the history that the page holds, newest first
EXPANSIONS = 8
HISTORY = ("item_id", "weight", "first_ts", "last_ts", "position")
PROFILE = ("confidence", "slope", "slope_error", "trend")
EXPANSION = ("interest", "label", "kind", "confidence", "surprise", "source", "path")


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
    """What one person's page shows. `reading`: the interests that lead; `details`: interest_id -> what the panel says,
    in reading order; `refused`: (kind, id, name)."""

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

    @property
    def too_little(self) -> str | None:
        """Why nothing leads: too short a history, or choices as everybody's; None where something does."""
        if self.reading:
            return None
        if self.items < LEAST_ITEMS:
            return (
                f"too little to tell yet: {counted(self.items, 'item')}, and interests are read from {LEAST_ITEMS} on"
            )
        return "nothing stands out yet: no interest is surely stronger than everybody's"


def gather_own(rows: Rows, user_id: str, top_k: int, seed: int = 42) -> OwnPage:
    """One person's rows of READS, about twelve reads. A table that is not there is a Missing or an empty part."""
    mine = {"user_id": [user_id]}
    history = rows.of("silver.interactions", HISTORY, mine)
    refused = _refused(rows, mine)
    no_interest = {target for kind, target in refused if kind == "interest"}
    mapped, listed = rows.there("gold.interest_map"), rows.there("gold.recommendations")
    interests = collect_interests(rows, user_id) if mapped else []
    interests = [row for row in interests if row["interest_id"] not in no_interest and is_told(row)]
    interests = _with_profile(rows, mine, interests)
    no_item = {target for kind, target in refused if kind == "item"}
    offered = collect_suggestions(rows, user_id, top_k) if listed else []
    said = said_of(rows, user_id)
    offered = [row for row in offered if not said.bars(user_id, row["item_id"])]
    newest = sorted(history, key=lambda row: (-row["position"], row["item_id"]))[:RECENT]
    item_ids = {i for row in interests for i in row["evidence"][:4]} | {row["item_id"] for row in newest} | no_item
    item_ids |= {i for row in offered for i in [row["item_id"], *row["evidence"]]}
    titles = collect_titles(rows, item_ids)
    own = Missing("Your interests have not been read yet. They appear after the next run.")
    courses: Courses | Missing = own
    if mapped and rows.there("silver.item_interests"):
        chosen = {"item_id": [row["item_id"] for row in history]}
        carried = rows.of("silver.item_interests", ["item_id", "interest_id", "weight"], chosen)
        own = read_map(rows, interests, carried, history)
        groups = {} if isinstance(own, Missing) else {n.interest_id: n.group for n in own.graph.nodes}
        courses = read_courses(interests, carried, history, groups)
    names = _names(rows, [target for kind, target in refused if kind == "interest"])
    return OwnPage(
        user_id=user_id, items=len(history), first_day=day_of(_edge(min, history, "first_ts")),
        last_day=day_of(_edge(max, history, "last_ts")),
        reading=tuple(row["name"] for row in leading(interests, len(history))), map=own,
        details={r["interest_id"]: _detail(r, titles) for r in interests},
        courses=courses,
        suggestions=suggestions(offered, titles) if listed else Missing(
            "No list has been made for you yet. It appears after the next run."),
        without=_counterfactuals(rows, mine),
        expansions=_expansions(rows, mine, no_interest),
        recent=tuple(Seen(r["item_id"], titles.get(r["item_id"], (r["item_id"], ()))[0], day_of(r["last_ts"]))
                     for r in newest),
        refused=tuple((kind, id, titles.get(id, (names.get(id, id), ()))[0]) for kind, id in refused),
        seed=seed,
    )  # fmt: skip


def _edge(of: Callable, history: list[dict], name: str) -> datetime | None:
    return of((row[name] for row in history if row[name] is not None), default=None)


def _refused(rows: Rows, mine: AnyOf) -> list[tuple[str, str]]:
    if not rows.there("silver.objections"):
        return []
    said = rows.of("silver.objections", ["kind", "target"], {**mine, "action": ["not_interested"]})
    return sorted((row["kind"], row["target"]) for row in said)


def _names(rows: Rows, ids: list[str]) -> dict[str, str]:
    if not ids or not rows.there("silver.interests"):
        return {}
    named = rows.of("silver.interests", ["interest_id", "name"], {"interest_id": ids})
    return {row["interest_id"]: row["name"] for row in named}


def _with_profile(rows: Rows, mine: AnyOf, own: list[dict]) -> list[dict]:
    """The rows with trend, slope and confidence of gold.interest_profiles where it is there."""
    if not rows.there("gold.interest_profiles"):
        return own
    profile = rows.of("gold.interest_profiles", ["interest", *PROFILE], mine)
    by_id = {row.pop("interest"): row for row in profile}
    return [row | by_id.get(row["interest_id"], {}) for row in own]


def _detail(row: dict, titles: dict) -> dict:
    return {
        "name": row["name"], "kind": row["kind"],
        "strength": round(row["strength"], 3), "share": round(row["share"], 4),
        "items": row["item_count"], "first": row["first_day"], "last": row["last_day"], "trend": row.get("trend"),
        "change": change_of(row),
        "confidence": None if row.get("confidence") is None else round(row["confidence"], 2),
        "evidence": [titles.get(i, (i, ()))[0] for i in row["evidence"][:4]],
    }  # fmt: skip


def _counterfactuals(rows: Rows, mine: AnyOf) -> dict[str, str]:
    if not rows.there("gold.counterfactuals"):
        return {}
    said = rows.of("gold.counterfactuals", ["item_id", "sentence"], mine)
    return {row["item_id"]: row["sentence"] for row in said if row["sentence"]}


def _expansions(rows: Rows, mine: AnyOf, refused: set[str]) -> tuple[Expansion, ...] | Missing:
    if not rows.there("gold.expansions"):
        return Missing("Not worked out yet: interests near yours, new to you, will stand here.")
    said = rows.of("gold.expansions", EXPANSION, mine)
    said.sort(key=lambda row: (-row["confidence"], row["interest"]))
    expansions = tuple(
        Expansion(r["interest"], r["label"], r["kind"], r["confidence"], r["surprise"], r["source"], tuple(r["path"]))
        for r in said if r["interest"] not in refused
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
