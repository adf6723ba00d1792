"""The page of `interestlake monitor`: alarms of the day first, then every figure with its course."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ..monitoring.judge import ALARM, UNKNOWN
from ..monitoring.named import ABOUT, LIKELY
from .page import fill

PAGE = "reports/monitor.html"
WIDTH, HEIGHT, EDGE = 240.0, 40.0, 4.0


@dataclass(frozen=True)
class Course:
    """A figure of one subject: its newest row, and its values over the days as an SVG of WIDTH x HEIGHT.

    band: polygon of what is usual, empty where nothing is known; marks: (x, y) of alarms.
    """

    figure: str
    subject: str
    day: date
    value: float
    usual: float | None
    low: float | None
    high: float | None
    verdict: str
    why: str
    line: str
    band: str
    marks: tuple[tuple[float, float], ...]

    @property
    def likely(self) -> str:
        """What such an alarm has meant, in words."""
        return LIKELY.get(self.figure, "")


def monitor_page(rows: Sequence[Mapping], last: date) -> str:
    """Rows of gold.monitor -> HTML that loads nothing. last: the day that was judged last. No Spark job."""
    by_course: dict[tuple[str, str], list[Mapping]] = {}
    for row in sorted(rows, key=lambda row: row["day"]):
        by_course.setdefault((row["figure"], row["subject"]), []).append(row)
    courses = [_course(one) for one in by_course.values()]
    days = sorted({row["day"] for row in rows})
    alarms = [one for one in courses if one.verdict == ALARM and one.day == last]
    figures = {name: [one for one in courses if one.figure == name] for name in ABOUT}
    return fill(
        "monitor.html", last=last, days=days, alarms=alarms, about=ABOUT,
        figures={name: own for name, own in figures.items() if own}, width=WIDTH, height=HEIGHT,
        past=[row for row in rows if row["verdict"] == ALARM and row["day"] != last],
        unknown=sum(one.verdict == UNKNOWN for one in courses), count=len(courses),
    )  # fmt: skip


def _course(rows: Sequence[Mapping]) -> Course:
    newest = rows[-1]
    ends = [row[name] for row in rows for name in ("value", "low", "high") if row[name] is not None]
    values = [row["value"] for row in rows]
    # a bound far away would press the course flat
    reach = 2 * max(max(values), *(row["usual"] or 0.0 for row in rows)) or 1.0
    bottom, top = min([0.0, *values]), max([*values, *(end for end in ends if end <= reach)]) or 1.0

    def x(place: int) -> float:
        return round(EDGE + (WIDTH - 2 * EDGE) * (place / (len(rows) - 1) if len(rows) > 1 else 1.0), 1)

    def y(value: float) -> float:
        share = (min(max(value, bottom), top) - bottom) / ((top - bottom) or 1.0)
        return round(HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * share, 1)

    known = [place for place, row in enumerate(rows) if row["low"] is not None and row["high"] is not None]
    band = [(x(place), y(rows[place]["high"])) for place in known]
    band += [(x(place), y(rows[place]["low"])) for place in reversed(known)]
    marks = tuple((x(place), y(row["value"])) for place, row in enumerate(rows) if row["verdict"] == ALARM)
    fields = ("figure", "subject", "day", "value", "usual", "low", "high", "verdict", "why")
    return Course(
        **{name: newest[name] for name in fields}, line=_points([(x(p), y(v)) for p, v in enumerate(values)]),
        band=_points(band), marks=marks,
    )  # fmt: skip


def _points(places: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in places)
