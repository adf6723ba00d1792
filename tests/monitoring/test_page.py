"""The page of the monitor: alarms first, courses that stay in their box, nothing of a row taken as markup."""

import re
from datetime import date, timedelta

from interestlake.monitoring.judge import ALARM, FIGURES, OK, UNKNOWN
from interestlake.monitoring.named import ABOUT, LIKELY, alarm_line, message
from interestlake.reporting.monitor_page import HEIGHT, WIDTH, monitor_page

LAST = date(2024, 1, 15)


def row(back=0, figure="volume", subject="shop/view", value=90.0, verdict=OK, **more):
    known = {"usual": 88.0, "low": 30.0, "high": 1e9} if verdict != UNKNOWN else dict.fromkeys(("usual", "low", "high"))
    return {"day": LAST - timedelta(days=back), "figure": figure, "subject": subject, "value": value, "score": None,
            "verdict": verdict, "why": "", "run_id": "r", **known, **more}  # fmt: skip


def test_every_figure_is_explained():
    assert set(FIGURES) <= set(ABOUT) == set(LIKELY)


def test_an_alarm_of_the_day_stands_first_and_an_earlier_one_last():
    rows = [
        row(1),
        row(value=0.0, verdict=ALARM),
        row(1, "nulls", "shop/<b>/text", 0.7, ALARM),
        row(0, "nulls", "shop/<b>/text", 0.0),
    ]
    page = monitor_page(rows, LAST)
    assert "<h1>2024-01-15: 1 out of line</h1>" in page
    now, then = page.index("Out of line on this day"), page.index("Earlier alarms")
    assert (
        now
        < page.index("<strong>0</strong>, usually 88")
        < then
        < page.index("2024-01-14 · nulls of shop/&lt;b&gt;/text")
    )
    assert "<b>" not in page and "http" not in page.replace("http-equiv", "")


def test_a_quiet_day_says_so_and_what_was_not_judged():
    page = monitor_page([row(), row(figure="words", subject="shop", verdict=UNKNOWN, why="few events")], LAST)
    assert "nothing out of line" in page and "1 of them not judged" in page and "few events" in page
    assert "Out of line on this day" not in page


def test_courses_stay_in_their_box():
    rows = [row(back, value=float(value)) for back, value in enumerate([0, 1e12, 3, 0.1])] + [
        row(figure="nulls", value=0.0)
    ]
    places = re.findall(r'points="([^"]*)"', monitor_page(rows, LAST))
    points = [tuple(map(float, one.split(","))) for text in places for one in text.split()]
    assert points and all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)


def test_a_line_and_a_message_say_value_bounds_and_meaning():
    alarm = row(value=0.0, verdict=ALARM)
    assert alarm_line(alarm).startswith(
        "volume of shop/view: 0, usually 88 (alarm outside 30 to 1e+09). Often a source"
    )
    told = message("2024-01-15", "r", [alarm, row(figure="nulls")])
    assert told["figures"] == 2 and [one["figure"] for one in told["alarms"]] == ["volume"]
    assert told["text"].startswith("2024-01-15: volume of shop/view")
    assert message("2024-01-15", "r", [row()])["text"] == "2024-01-15: nothing out of line"
