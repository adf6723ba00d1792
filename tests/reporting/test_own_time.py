"""A person's interests over their own time: counts by hand, and what a reader is told where there is no course."""

import datetime as dt

import pytest

from interestlake.reporting.content import Missing
from interestlake.reporting.own_time import BUCKETS, LEAST_ITEMS, SHOWN, Courses, change_of, read_courses

START = dt.datetime(2024, 1, 1)
OWN = [{"interest_id": f"tag:{n}", "kind": "tag", "name": f"tag {n}", "share": 1 / (n + 2)} for n in range(SHOWN + 2)]


def history(*days):
    return [{"item_id": f"i{n}", "first_ts": None if day is None else START + dt.timedelta(days=day)}
            for n, day in enumerate(days)]  # fmt: skip


def carried(chosen):
    return [{"item_id": row["item_id"], "interest_id": f"tag:{n % 2}"} for n, row in enumerate(chosen)]


def test_items_fall_into_steps_of_equal_length():
    chosen = history(0, 0, 55, 65, 115, 120, None)
    found = read_courses(OWN, carried(chosen), chosen, {"tag:0": 3})
    assert isinstance(found, Courses) and (found.first_day, found.last_day) == ("2024-01-01", "2024-04-30")
    first, second = found.courses[:2]
    assert len(found.courses) == SHOWN and (first.name, first.group, second.group) == ("tag 0", 3, -1)
    at = (
        {step for step, count in enumerate(first.counts) if count},
        {n for n, count in enumerate(second.counts) if count},
    )
    assert at == ({0, 5, 11}, {0, 6, 11})
    assert len(first.counts) == BUCKETS and first.peak == 1 and found.courses[2].peak == 0


def test_a_trend_is_told_with_its_interval():
    row = OWN[0] | {"trend": "rising", "slope": 0.05, "slope_error": 0.01}
    assert change_of(row) == "+3.0 to +7.0 points of your choices in 30 days"
    assert change_of(OWN[0]) is None and change_of(row | {"slope_error": None}) is None
    chosen = history(0, 0, 55, 65, 115, 120)
    told = [row, row | {"trend": "unknown"}]
    rising, unknown = (read_courses([one], carried(chosen), chosen, {}).courses[0] for one in told)
    assert rising.change == change_of(row) and (unknown.trend, unknown.change) == (None, None)


@pytest.mark.parametrize(("days", "said"), [
    ((None, None), "When you chose things is not known"),
    ((0, 10, 20, 30), f"from {LEAST_ITEMS} on they will stand here"),
    ((0,) * 9, "You chose everything on 2024-01-01: too short a time"),
    ((*(0,) * 2, *(301,) * 29), "You chose 29 of 31 items around 2024-10-28"),
])  # fmt: skip
def test_a_reader_is_told_why_there_is_no_course(days, said):
    chosen = history(*days)
    found = read_courses(OWN, carried(chosen), chosen, {})
    assert isinstance(found, Missing) and said in found.line
    assert isinstance(read_courses([], [], chosen, {}), Missing)
