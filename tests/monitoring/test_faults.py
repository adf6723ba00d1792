"""Nine of the ten planted faults are named on their day, and thirty quiet days stay quiet; the tenth, a stale model, is
in test_released.py."""

from datetime import timedelta

import pandas as pd
import pytest

from interestlake.core.params.all import Params
from interestlake.monitoring.daily import daily_counts
from interestlake.monitoring.judge import ALARM, OK, Limits, judge

from .world import EVENTS, FAULTS, LAST, generated

MONITOR = Params().monitor
LIMITS = Limits(**{name: getattr(MONITOR, name) for name in Limits.__dataclass_fields__})


@pytest.fixture(scope="module")
def world():
    return generated()


def verdicts(spark, events, items, days):
    frame = events.astype(object).where(events.notna(), None)
    frame["event_ts"] = pd.Series(events["event_ts"].dt.to_pydatetime(), index=events.index, dtype=object)
    catalogue = spark.createDataFrame(items, "item_id string, categories array<string>")
    first = days[0] - timedelta(days=MONITOR.reference_days)
    rows = spark.createDataFrame(frame, EVENTS).coalesce(2)
    none = spark.createDataFrame([], "source string, day date")
    counted = rows.transform(daily_counts(catalogue, none, first, days[-1], MONITOR.bins)).collect()
    counts = {(row["day"], row["figure"], row["subject"], row["bin"]): (row["amount"], row["of"]) for row in counted}
    return judge(counts, days, LIMITS)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_named_on_its_day(spark, world, fault):
    plant, figure, subject = FAULTS[fault]
    events, items = world
    found = verdicts(spark, plant(events, items), items, [LAST])
    alarms = {(one.figure, one.subject) for one in found if one.verdict == ALARM}
    assert (figure, subject) in alarms


def test_thirty_quiet_days_raise_at_most_one_alarm(spark, world):
    days = [LAST - timedelta(days=back) for back in range(29, -1, -1)]
    found = verdicts(spark, *world, days)
    assert [one for one in found if one.verdict == ALARM][1:] == []
    assert sum(one.verdict == OK for one in found) > 30 * 30  # it looked
