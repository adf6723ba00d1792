"""Daily counts -> a verdict for each day, figure and subject, against the days before. numpy alone, no Spark."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from .measures import divergence, psi, spread, surprise

OK, ALARM, UNKNOWN = "ok", "alarm", "unknown"
WEEK = 7
SHARES = ("share", "more", "less")  # out of line to either side, or to one alone
LEAST_WEEKDAYS = 3  # days of the same weekday that make a reference of their own
# figure -> (how it is judged, unit and meaning of its value)
FIGURES = {
    "volume": ("count", "events of the day"),
    "silence": ("silence", "hours from the newest event to the day's end"),
    "duplicates": ("more", "share of events that repeat another one of the day"),
    "refused": ("more", "share of the day's records that ingest set aside"),
    "nulls": ("share", "share of events without the column"),
    "unknown_items": ("more", "share of events whose item the catalogue lacks"),
    "one_person": ("more", "share of the day's events by the person who has most"),
    "listed": ("less", "share of new choices that stood in the person's list"),
    "served": ("more", "share of shown places that are in no list of the run that is named"),
    "values": ("psi", "population stability index of the values, in tenths of the reference"),
    "hours": ("divergence", "Jensen-Shannon divergence of the hours of the day, bits"),
    "categories": ("divergence", "Jensen-Shannon divergence of the chosen categories, bits"),
    "words": ("divergence", "Jensen-Shannon divergence of the words, bits"),
}
Counts = Mapping[tuple[date, str, str, str], tuple[float, float]]  # (day, figure, subject, bin) -> (amount, of)


@dataclass(frozen=True)
class Limits:
    """What makes an alarm: see conf/params/monitor.yml."""

    reference_days: int
    least_days: int
    least_events: int
    threshold: float
    least_change: float
    least_share: float
    drift: float
    vectors: float


@dataclass(frozen=True)
class Verdict:
    """One day of one figure of one subject. low, high: between them is as usual; null where nothing is known."""

    day: date
    figure: str
    subject: str
    value: float
    usual: float | None
    low: float | None
    high: float | None
    score: float | None
    verdict: str
    why: str = ""


def judge(counts: Counts, days: Sequence[date], limits: Limits) -> list[Verdict]:
    """Every figure and subject of the counts, on each of `days`; a subject that a day lacks counts 0 there.

    A day is held against the `reference_days` before it, and against those of its weekday where there are three:
    it must be out of line with both. Raises KeyError for a figure that FIGURES lacks.
    """
    found = []
    for (figure, subject), rows in sorted(_grouped(counts).items()):
        first = min(day for day, _ in rows)
        for day in days:
            past = [day - timedelta(days=back) for back in range(limits.reference_days, 0, -1)]
            past = [one for one in past if one >= first]
            found += _judged(figure, subject, rows, day, past, limits)
    return _told_once(found)


def _told_once(found: list[Verdict]) -> list[Verdict]:
    """A stream without an event is out of line in volume; its silence says nothing more."""
    gone = {
        (one.day, one.subject) for one in found if one.figure == "volume" and one.verdict == ALARM and not one.value
    }
    return [replace(one, verdict=OK, why="no event: see volume")
            if one.figure == "silence" and (one.day, one.subject) in gone else one for one in found]  # fmt: skip


def _grouped(counts: Counts) -> dict[tuple[str, str], dict[tuple[date, str], tuple[float, float]]]:
    grouped: dict = {}
    for (day, figure, subject, of_bin), amounts in counts.items():
        own = f"{subject}/{of_bin}" if FIGURES[figure][0] in SHARES and of_bin else subject
        grouped.setdefault((figure, own), {})[day, "" if own != subject else of_bin] = amounts
    return grouped


def _judged(
    figure: str, subject: str, rows: Mapping, day: date, past: Sequence[date], limits: Limits
) -> Iterator[Verdict]:
    how = FIGURES[figure][0]
    if len(past) < limits.least_days:
        if any(one == day for one, _ in rows):
            why = f"{len(past)} days before it, fewer than {limits.least_days}"
            yield Verdict(day, figure, subject, _plain(how, rows, day), None, None, None, None, UNKNOWN, why)
        return
    if how in ("psi", "divergence"):
        yield _histogram(figure, subject, how, rows, day, past, limits)
    elif how == "count":
        yield _count(figure, subject, rows, day, past, limits)
    elif how == "silence":
        yield _silence(figure, subject, rows, day, past, limits)
    else:
        yield _share(figure, subject, how, rows, day, past, limits)


def _plain(how: str, rows: Mapping, day: date) -> float:
    amount, of = rows.get((day, ""), (0.0, 0.0))
    return amount / of if how in SHARES and of else amount


def _weekday(day: date, past: Sequence[date]) -> list[int]:
    same = [place for place, one in enumerate(past) if (day - one).days % WEEK == 0]
    return same if len(same) >= LEAST_WEEKDAYS else []


def _count(figure: str, subject: str, rows: Mapping, day: date, past: Sequence[date], limits: Limits) -> Verdict:
    before = np.array([rows.get((one, ""), (0.0, 0.0))[0] for one in past])
    value, usual = rows.get((day, ""), (0.0, 0.0))[0], float(np.median(before))
    if usual < limits.least_events:
        why = f"{usual:g} events on a usual day, fewer than {limits.least_events}"
        return Verdict(day, figure, subject, value, usual, None, None, None, UNKNOWN, why)
    logs = np.log1p(before)
    sigma = float(np.hypot(spread(logs), 1 / np.sqrt(usual)))
    centres = [float(np.median(logs)), *([float(np.median(logs[same]))] if (same := _weekday(day, past)) else [])]
    score = _nearest([(np.log1p(value) - centre) / sigma for centre in centres])
    reach = max(limits.threshold * sigma, np.log1p(limits.least_change))
    low, high = (float(max(np.expm1(centre), 0.0)) for centre in (min(centres) - reach, max(centres) + reach))
    return _verdict(day, figure, subject, value, usual, low, high, score, not low <= value <= high)


def _silence(figure: str, subject: str, rows: Mapping, day: date, past: Sequence[date], limits: Limits) -> Verdict:
    """A stream that ended: its newest event is longer ago than on any day before, and than half a day."""
    counts = np.array([rows.get((one, "events"), (0.0, 0.0))[0] for one in past])
    hours = np.array([rows[one, ""][0] for one in past if (one, "") in rows])
    value = rows[day, ""][0] if (day, "") in rows else 24.0
    if np.median(counts) < limits.least_events or not len(hours):
        return Verdict(day, figure, subject, value, None, None, None, None, UNKNOWN, "few events on a usual day")
    high = float(max(hours.max() * 2, 12.0))
    return _verdict(day, figure, subject, value, float(np.median(hours)), 0.0, high, None, value > high)


def _share(
    figure: str, subject: str, how: str, rows: Mapping, day: date, past: Sequence[date], limits: Limits
) -> Verdict:
    amount, of = rows.get((day, ""), (0.0, 0.0))
    before = [rows[one, ""] for one in past if rows.get((one, ""), (0.0, 0.0))[1] > 0]
    value = amount / of if of else 0.0
    if of < limits.least_events or len(before) < limits.least_days:
        return Verdict(day, figure, subject, value, None, None, None, None, UNKNOWN, "few events")
    shares = np.array([part / whole for part, whole in before])
    usual = float(np.median(shares))
    likely = min(max(usual, 1 / sum(whole for _, whole in before)), 1.0)
    sigma = float(np.sqrt(likely * (1 - likely) / of + spread(shares) ** 2))
    reach = max(limits.threshold * sigma, limits.least_share)
    low, high = max(usual - reach, 0.0) if how != "more" else 0.0, min(usual + reach, 1.0) if how != "less" else 1.0
    score = (value - usual) / sigma if sigma else 0.0
    return _verdict(day, figure, subject, value, usual, low, high, score, not low <= value <= high)


def _histogram(
    figure: str, subject: str, how: str, rows: Mapping, day: date, past: Sequence[date], limits: Limits
) -> Verdict:
    places = {one: number for number, one in enumerate(sorted({of_bin for _, of_bin in rows}))}

    def histogram(of_day: date) -> np.ndarray:
        return np.array([rows.get((of_day, one), (0.0, 0.0))[0] for one in places])

    days, own = np.array([histogram(one) for one in past]), histogram(day)
    if own.sum() < limits.least_events or (days.sum(axis=1) > 0).sum() < limits.least_days:
        return Verdict(day, figure, subject, 0.0, None, None, None, None, UNKNOWN, "few events")
    measure = psi if how == "psi" else divergence
    references = [days.sum(axis=0), *([days[same].sum(axis=0)] if (same := _weekday(day, past)) else [])]
    value = min(measure(own, one) for one in references)
    floor = limits.drift if how == "psi" else limits.drift / (8 * np.log(2))  # the same distance in either measure
    score = surprise(own, references[0], days)
    usual = float(np.median([measure(one, references[0] - one) for one in days if one.sum() > 0]))
    moved = value > floor and score > limits.threshold
    names = [f"tenth {int(one) + 1}" for one in places] if how == "psi" else list(places)
    why = _moved(own, references[0], names) if moved else ""
    return _verdict(day, figure, subject, value, usual, 0.0, floor, score, moved, why)


def _moved(day: np.ndarray, reference: np.ndarray, names: Sequence[str]) -> str:
    """The bin that moved most, in words."""
    now, before = day / day.sum(), reference / reference.sum()
    place = int(np.argmax(np.abs(now - before)))
    return f"most at {names[place]}: {now[place]:.1%} of the day, usually {before[place]:.1%}"


def _nearest(scores: Sequence[float]) -> float:
    """The score nearest to 0; 0 where they disagree in which direction it lies."""
    return 0.0 if min(scores) < 0 < max(scores) else float(min(scores, key=abs))


def _verdict(
    day: date, figure: str, subject: str, value: float, usual: float, low: float, high: float, score: float | None,
    alarm: bool, why: str = "",
) -> Verdict:  # fmt: skip
    return Verdict(day, figure, subject, float(value), usual, low, float(high), score, ALARM if alarm else OK, why)
