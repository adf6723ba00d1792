"""What a lake serves, judged: the tenth fault, a stale model; lists that narrow; lists shown that are none; ingests."""

from datetime import UTC, datetime, time, timedelta

import pytest
from pyspark.sql import functions as F

from interestlake.core.contract import rows_of
from interestlake.core.params.all import Params
from interestlake.monitoring.judge import ALARM, OK, UNKNOWN, Limits
from interestlake.monitoring.released import LISTS, SERVED, released_verdicts
from interestlake.monitoring.releases import judge_ingests

MONITOR = Params().monitor
LIMITS = Limits(**{name: getattr(MONITOR, name) for name in Limits.__dataclass_fields__})
TODAY = datetime.now(UTC).date()
PEOPLE, ITEMS = 60, 40


def entry(user: int, rank: int, item: int, score: float) -> dict:
    return {"user_id": f"u{user:02}", "rank": rank, "item_id": f"i{item:02}", "score": score, "sources": [],
            "reason": "r", "evidence": []}  # fmt: skip


def wide(user: int) -> list[dict]:
    return [entry(user, place + 1, (user * 4 + place) % ITEMS, 1 - place / 10) for place in range(4)]


def narrow(user: int) -> list[dict]:
    """Of everybody the two items that most have chosen, with scores in another unit."""
    return [entry(user, place + 1, place, 50 - place) for place in range(2)]


def put(lake, name, rows, run_id):
    return lake.write(name, rows_of(lake.spark, name, rows), run_id)


def released(lake, run_id, entries_of):
    put(lake, LISTS, [{**one, "run_id": run_id} for user in range(PEOPLE) for one in entries_of(user)], run_id)
    put(lake, "ops.stages", [{"run_id": run_id, "stage": "recommend", "seconds": 1.0, "rows": {}, "metrics": {},
                              "versions": {}}], run_id)  # fmt: skip


@pytest.fixture
def served(lake):
    """A lake with one release; items of low number are chosen by most."""
    put(lake, "silver.users", [{"user_id": f"u{n:02}", "user_index": n, "item_count": 3} for n in range(PEOPLE)], "r1")
    items = [{"item_id": f"i{n:02}", "item_index": n, "title": f"i{n}", "categories": [],
              "user_count": PEOPLE if n < 2 else 2} for n in range(ITEMS)]  # fmt: skip
    put(lake, "silver.items", items, "r1")
    for name in ("ops.runs", "ops.stages"):
        lake.create(name)
    released(lake, "r1", wide)
    return lake


def events(spark, rows):
    """rows: (user, item, day)."""
    told = [(f"u{user:02}", f"i{item:02}", datetime.combine(day, time(12), UTC)) for user, item, day in rows]
    return spark.createDataFrame(told, "user_id string, item_id string, event_ts timestamp")


def verdicts(lake, day, rows=()):
    first = day - timedelta(days=MONITOR.reference_days)
    return released_verdicts(lake, events(lake.spark, list(rows)), first, [day], MONITOR, LIMITS)


def by_figure(found):
    return {one.figure: one for one in found}


def test_a_stale_model_is_named_on_the_day_it_is(served):
    most = int(MONITOR.max_model_days)
    fresh = by_figure(verdicts(served, TODAY + timedelta(days=most - 1)))["model_age"]
    stale = by_figure(verdicts(served, TODAY + timedelta(days=most)))["model_age"]
    assert (fresh.verdict, stale.verdict) == (OK, ALARM)
    assert stale.subject == "run r1" and stale.value > most >= fresh.value


def test_a_release_of_few_much_chosen_items_is_named_beside_the_one_before(served):
    alone = by_figure(verdicts(served, TODAY))
    assert alone["coverage"].verdict == UNKNOWN and alone["coverage"].value == 1.0
    released(served, "r2", wide)
    same = by_figure(verdicts(served, TODAY))
    assert {same[name].verdict for name in ("coverage", "popularity", "scores")} == {OK}
    released(served, "r3", narrow)
    found = by_figure(verdicts(served, TODAY))
    assert {found[name].verdict for name in ("coverage", "popularity", "scores")} == {ALARM}
    assert found["coverage"].value == pytest.approx(2 / ITEMS) and found["popularity"].value == pytest.approx(1.0)
    assert found["coverage"].subject == "run r3"


def test_a_click_between_runs_is_no_release(served):
    """One person's list made anew under a request's own id is not held against the release."""
    served.replace_where(LISTS, rows_of(served.spark, LISTS, [{**entry(0, 1, 9, 1.0), "run_id": "r1"}]),
                         "user_id = 'u00'", "request-1")  # fmt: skip
    found = by_figure(verdicts(served, TODAY))
    assert found["coverage"].subject == "run r1" and "scores" not in found


def test_lists_that_people_no_longer_choose_from_are_named(served):
    """Each day a person chooses one new item that nothing lists, and two in three one of their list; then none does."""
    listed = [
        {**entry(user, place, 300 + place, 1.0), "run_id": "r1"} for user in range(PEOPLE) for place in range(1, 31)
    ]
    served.replace_where(LISTS, rows_of(served.spark, LISTS, listed), "true", "r1/lists")
    days = {back: TODAY + timedelta(days=back) for back in range(1, 31)}
    others = [(user, 400 + back, day) for back, day in days.items() for user in range(PEOPLE)]
    hits = [(user, 300 + back, day) for back, day in days.items() for user in range(PEOPLE) if user % 3]
    usual = by_figure(verdicts(served, days[30], [*others, *hits]))["listed"]
    assert usual.verdict == OK and usual.value == pytest.approx(0.4)
    gone = by_figure(verdicts(served, days[30], [*others, *(one for one in hits if one[2] < days[30])]))["listed"]
    assert gone.verdict == ALARM and gone.value == 0.0 and gone.usual == pytest.approx(0.4)


def test_a_service_that_shows_other_lists_than_the_lake_holds_is_named(served):
    def place(day, user, item):
        return {"list_id": f"l{day}-{user}", "position": 1, "user_id": f"u{user:02}", "item_id": f"i{item:02}",
                "propensity": 1.0, "list_source": "lake", "made_by": "r1", "run_id": "j",
                "served_at": datetime.combine(day, time(9))}  # fmt: skip

    days = [TODAY + timedelta(days=back) for back in range(1, 31)]
    shown = [place(day, user, user * 4 % ITEMS) for day in days[:-1] for user in range(PEOPLE)]
    shown += [place(days[-1], user, (user * 4 + (20 if user % 2 else 0)) % ITEMS) for user in range(PEOPLE)]
    put(served, SERVED, shown, "j")
    found = by_figure(verdicts(served, days[-1]))["served"]
    assert found.verdict == ALARM and found.value == 0.5 and found.usual == 0.0
    assert by_figure(verdicts(served, days[-2]))["served"].verdict == OK


def noted(events, quarantined, dropped):
    return {"events": events, "quarantined": quarantined, "duplicates_dropped": dropped}


@pytest.mark.parametrize("newest, alarms", [
    (noted(1000, 11, 0), set()), (noted(500, 400, 0), {"quarantined"}), (noted(0, 0, 1000), {"dropped"}),
])  # fmt: skip
def test_an_ingest_unlike_those_before_it_is_named(newest, alarms):
    before = [noted(1000, 10, 0), noted(900, 12, 1), noted(1100, 9, 0)]
    found = list(judge_ingests(TODAY, "movielens", [*before, newest], LIMITS))
    assert {one.figure for one in found if one.verdict == ALARM} == alarms
    assert all(one.verdict == UNKNOWN for one in judge_ingests(TODAY, "movielens", [newest], LIMITS))


def test_of_a_lake_without_lists_ingests_alone_are_judged(lake):
    for name in ("ops.runs", "ops.stages"):
        lake.create(name)
    put(lake, "ops.runs", [{"run_id": "r", "source": "table", "seed": 1, "fingerprint": ""}], "r")
    put(lake, "ops.stages", [{"run_id": "r", "stage": "ingest", "seconds": 1.0, "rows": {},
                              "metrics": noted(10.0, 0.0, 0.0), "versions": {"bronze.events": 0}}], "r")  # fmt: skip
    assert {(one.figure, one.subject) for one in verdicts(lake, TODAY)} == {
        ("quarantined", "table"),
        ("dropped", "table"),
    }
    assert lake.read("ops.stages").where(F.col("stage") == "ingest").count() == 1
