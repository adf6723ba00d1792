import datetime as dt

import pytest

EVENT = (
    "event_id string, user_id string, item_id string, event_type string, value double, text string, "
    "event_ts timestamp, source string, file string, line bigint"
)


@pytest.fixture
def events(spark):
    """events([(user, item, type, value, day or None[, text])]) -> rows of bronze.events; day 0 is 2020-01-01."""

    def make(rows):
        start = dt.datetime(2020, 1, 1)
        made = []
        for line, (user, item, event_type, value, day, *text) in enumerate(rows, 1):
            at = None if day is None else start + dt.timedelta(days=day)
            value = None if value is None else float(value)
            made.append((f"e{line:04d}", user, item, event_type, value, text[0] if text else None, at, "t", "f", line))
        return spark.createDataFrame(made, EVENT)

    return make


@pytest.fixture
def pairs(spark):
    """pairs([(user, item, seconds or None)]) -> pairs by one choice each, not yet split."""

    def make(rows):
        made = [
            (user, item, *(2 * (None if at is None else dt.datetime.fromtimestamp(at, dt.UTC),)))
            for user, item, at in rows
        ]
        return spark.createDataFrame(made, "user_id string, item_id string, first_ts timestamp, chosen_ts timestamp")

    return make
