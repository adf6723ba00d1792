"""How a person's interests went over their own time: items per interval, and the words for the direction."""

from dataclasses import dataclass

from ..core.present import present
from .content import Missing
from .person import day_of, seconds_of

BUCKETS = 12
SHOWN = 8
WIDE, HIGH = 240, 56
ARROWS = {"rising": "↗", "steady": "→", "fading": "↘", "seasonal": "∿"}


@dataclass(frozen=True)
class Course:
    """One interest's items per interval of equal length; `line` and `area` are SVG paths on (WIDE, HIGH)."""

    interest_id: str
    name: str
    group: int
    trend: str | None
    slope: str | None
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
    SHOWN interests of largest share that are no topics.
    """
    shown = sorted((r for r in own if r["kind"] != "topic"), key=lambda r: (-r["share"], r["interest_id"]))[:SHOWN]
    dated = {row["item_id"]: row["first_ts"] for row in history if row["first_ts"] is not None}
    first, last = min(dated.values(), default=None), max(dated.values(), default=None)
    begin, end = seconds_of(first), seconds_of(last)
    if not shown or begin is None or end is None or end <= begin:
        return Missing("No course over time: the source keeps no times, or everything happened at once.")
    span = (end - begin) / BUCKETS
    counts: dict[str, list[int]] = {row["interest_id"]: [0] * BUCKETS for row in shown}
    for row in carried:
        if row["interest_id"] in counts and row["item_id"] in dated:
            since = present(seconds_of(dated[row["item_id"]])) - begin
            bucket = min(int(since / span), BUCKETS - 1)
            counts[row["interest_id"]][bucket] += 1
    courses = tuple(_course(row, counts[row["interest_id"]], groups.get(row["interest_id"], -1)) for row in shown)
    return Courses(present(day_of(first)), present(day_of(last)), courses)


def _course(row: dict, counts: list[int], group: int) -> Course:
    peak = max(counts)
    step = WIDE / (BUCKETS - 1)
    points = [(round(i * step, 1), round(HIGH - 4 - (HIGH - 12) * n / max(peak, 1), 1)) for i, n in enumerate(counts)]
    line = "M" + "L".join(f"{x:g} {y:g}" for x, y in points)
    slope = None
    if row.get("slope") is not None:
        error = f" ± {row['slope_error']:.2f}" if row.get("slope_error") is not None else ""
        slope = f"slope {row['slope']:+.2f}{error}"
    trend = row.get("trend") if row.get("trend") != "unknown" else None
    return Course(
        row["interest_id"],
        row["name"],
        group,
        trend,
        slope,
        tuple(counts),
        peak,
        line,
        f"{line}L{WIDE} {HIGH}L0 {HIGH}Z",
    )
