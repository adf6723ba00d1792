"""One person: what they hold dear with the evidence, and what is put before them with the reason."""

from calendar import timegm
from collections.abc import Iterable
from datetime import datetime

from ..core.rows import Rows
from ..interests.reading_key import reading_key
from .content import Interest, Missing, Suggestion, largest_first
from .wording import KINDS

PER_KIND = 6
EVIDENCE = 3
INTEREST_MAP = ("interest_id", "strength", "share", "item_count", "evidence", "first_seen", "last_seen")
LISTED = ("rank", "item_id", "score", "sources", "evidence", "reason")


def collect_interests(rows: Rows, user_id: str) -> list[dict]:
    """gold.interest_map -> the person's rows with kind and name, in reading order; days as text, times in seconds.

    Bounded by interests.max_per_user per person.
    """
    mine = rows.of("gold.interest_map", INTEREST_MAP, {"user_id": [user_id]})
    named = {}
    if mine and rows.there("silver.interests"):
        ids = [row["interest_id"] for row in mine]
        vocabulary = rows.of("silver.interests", ["interest_id", "kind", "name"], {"interest_id": ids})
        named = {row["interest_id"]: row for row in vocabulary}
    for row in mine:
        kind, _, name = row["interest_id"].partition(":")
        said = named.get(row["interest_id"], {})
        row["kind"], row["name"] = said.get("kind") or kind, said.get("name") or name or row["interest_id"]
        for edge in ("first", "last"):
            seen = row.pop(f"{edge}_seen")
            row[f"{edge}_day"], row[f"{edge}_s"] = day_of(seen), seconds_of(seen)
    return sorted(mine, key=reading_key)


def collect_suggestions(rows: Rows, user_id: str, limit: int, run_id: str | None = None) -> list[dict]:
    """gold.recommendations, of one run where it is named -> the person's first `limit` rows in order."""
    asked = {"user_id": [user_id]} | ({} if run_id is None else {"run_id": [run_id]})
    listed = rows.of("gold.recommendations", LISTED, asked)
    return sorted((row for row in listed if row["rank"] <= limit), key=lambda row: row["rank"])


def collect_titles(rows: Rows, item_ids: set[str]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """silver.items -> {item_id: (title, categories)} of the items asked for."""
    items = rows.of("silver.items", ["item_id", "title", "categories"], {"item_id": item_ids}) if item_ids else []
    return {row["item_id"]: (row["title"], tuple(row["categories"])) for row in items}


def day_of(moment: datetime | None) -> str | None:
    """The day as "2018-05-01"; UTC."""
    return None if moment is None else moment.strftime("%Y-%m-%d")


def seconds_of(moment: datetime | None) -> int | None:
    """Whole seconds since 1970; UTC."""
    return None if moment is None else timegm(moment.utctimetuple())


def interest_groups(rows: list[dict], titles: dict, groups: dict[str, int]) -> tuple | Missing:
    """Rows of collect_interests -> ((kind, its PER_KIND strongest interests), ...) by KINDS, or a Missing."""
    if not rows:
        return Missing("No interest map for this person: the items of the history carry no interests.")
    times = [row[edge] for row in rows for edge in ("first_s", "last_s") if row[edge] is not None]
    begin, span = min(times, default=0), max(max(times, default=0) - min(times, default=0), 1)
    kinds = sorted({row["kind"] for row in rows}, key=lambda k: (list(KINDS).index(k) if k in KINDS else 99, k))
    strongest = {kind: [row for row in rows if row["kind"] == kind][:PER_KIND] for kind in kinds}
    return tuple(
        (kind, tuple(_interest(row, titles, groups, begin, span) for row in strongest[kind])) for kind in kinds
    )


def _interest(row: dict, titles: dict, groups: dict[str, int], begin: int, span: int) -> Interest:
    dated = row["first_s"] is not None and row["last_s"] is not None
    return Interest(
        name=row["name"],
        interest_id=row["interest_id"],
        strength=row["strength"],
        items=row["item_count"],
        evidence=tuple(titles.get(i, (i, ()))[0] for i in row["evidence"][:EVIDENCE]),
        first_day=row["first_day"],
        last_day=row["last_day"],
        start=(row["first_s"] - begin) / span if dated else None,
        length=(row["last_s"] - row["first_s"]) / span if dated else None,
        group=groups.get(row["interest_id"]),
    )


def suggestions(rows: list[dict], titles: dict) -> tuple | Missing:
    """Rows of collect_suggestions -> what is shown, or a Missing."""
    if not rows:
        return Missing("No recommendations for this person.")
    return tuple(
        Suggestion(
            rank=row["rank"],
            title=titles.get(row["item_id"], (row["item_id"], ()))[0],
            categories=titles.get(row["item_id"], ("", ()))[1][:4],
            score=row["score"],
            sources=largest_first((s["source"], s["share"]) for s in row["sources"]),
            reason=row["reason"],
            evidence=_unsaid((titles.get(i, (i, ()))[0] for i in row["evidence"][:EVIDENCE]), row["reason"]),
            item_id=row["item_id"],
        )
        for row in rows
    )


def _unsaid(evidence: Iterable[str], reason: str) -> tuple[str, ...]:
    """The titles that the reason does not name already."""
    return tuple(title for title in evidence if title not in reason)
