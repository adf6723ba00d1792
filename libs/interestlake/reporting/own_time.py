"""How a person's interests went over their own time: items per interval, and the words for the direction."""

from dataclasses import dataclass

from ..core.present import present
from .content import Missing
from .person import day_of, seconds_of

BUCKETS = 12
SHOWN = 8
LEAST_ITEMS = 5  # dated ones, below which a course is no more than its items
MOST_AT_ONCE = 0.9  # share of the items in one interval, from which there is no course
WIDE, HIGH = 240, 56
NORMAL_95 = 1.96  # standard errors to either side
ARROWS = {"rising": "↗", "steady": "→", "fading": "↘", "seasonal": "∿"}


@dataclass(frozen=True)
class Course:
    """One interest's items per interval of equal length; `line` and `area` are SVG paths on (WIDE, HIGH)."""

    interest_id: str
    name: str
    group: int
    trend: str | None
    change: str | None
    counts: tuple[int, ...]
    peak: int
    line: str
    area: str


@dataclass(frozen=True)
class Courses:
    first_day: str
    last_day: str
    courses: tuple[Course, ...]


def read_courses(
    own: list[dict], carried: list[dict], history: list[dict], groups: dict[str, int]
) -> Courses | Missing:
    """own: rows of `collect_interests`; history(item_id, first_ts): the person's; carried: silver.item_interests of it.

    Items of the person per interval (BUCKETS of equal length between the first and the last item) and interest, for the
    SHOWN interests of largest share that are no topics. A Missing for fewer than LEAST_ITEMS items with a time, and
    where all are of one day or one interval has MOST_AT_ONCE of them.
    """
    shown = sorted((r for r in own if r["kind"] != "topic"), key=lambda r: (-r["share"], r["interest_id"]))[:SHOWN]
    dated = {row["item_id"]: row["first_ts"] for row in history if row["first_ts"] is not None}
    first, last = min(dated.values(), default=None), max(dated.values(), default=None)
    begin, end = seconds_of(first), seconds_of(last)
    if not shown or begin is None or end is None:
        return Missing("When you chose things is not known, so there is nothing to show over time.")
    if len(dated) < LEAST_ITEMS:
        return Missing(f"Too few choices yet to show them over time: from {LEAST_ITEMS} on they will stand here.")
    if day_of(first) == day_of(last):
        return Missing(f"You chose everything on {day_of(first)}: too short a time to show a change.")
    span = max(end - begin, 1) / BUCKETS
    at = [min(int((present(seconds_of(moment)) - begin) / span), BUCKETS - 1) for moment in dated.values()]
    most, busiest = max((at.count(bucket), -bucket) for bucket in set(at))
    if most >= MOST_AT_ONCE * len(dated):
        day = day_of(min(m for m, bucket in zip(dated.values(), at, strict=True) if bucket == -busiest))
        return Missing(f"You chose {most:,} of {len(dated):,} items around {day}: too short a time to show a change.")
    counts: dict[str, list[int]] = {row["interest_id"]: [0] * BUCKETS for row in shown}
    for row in carried:
        if row["interest_id"] in counts and row["item_id"] in dated:
            since = present(seconds_of(dated[row["item_id"]])) - begin
            bucket = min(int(since / span), BUCKETS - 1)
            counts[row["interest_id"]][bucket] += 1
    courses = tuple(_course(row, counts[row["interest_id"]], groups.get(row["interest_id"], -1)) for row in shown)
    return Courses(present(day_of(first)), present(day_of(last)), courses)


def change_of(row: dict) -> str | None:
    """The 95 % interval of an interest's trend in words, by slope and slope_error of gold.interest_profiles."""
    slope, error = row.get("slope"), row.get("slope_error")
    if slope is None or error is None:
        return None
    low, high = (100 * (slope + side * NORMAL_95 * error) for side in (-1, 1))
    return f"{low:+.1f} to {high:+.1f} points of your choices in 30 days"


def _course(row: dict, counts: list[int], group: int) -> Course:
    peak = max(counts)
    step = WIDE / (BUCKETS - 1)
    points = [(round(i * step, 1), round(HIGH - 4 - (HIGH - 12) * n / max(peak, 1), 1)) for i, n in enumerate(counts)]
    line = "M" + "L".join(f"{x:g} {y:g}" for x, y in points)
    trend = row.get("trend") if row.get("trend") != "unknown" else None
    return Course(
        row["interest_id"],
        row["name"],
        group,
        trend,
        change_of(row) if trend else None,
        tuple(counts),
        peak,
        line,
        f"{line}L{WIDE} {HIGH}L0 {HIGH}Z",
    )
