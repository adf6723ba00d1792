"""Histories of which times say an order, and histories that were told at one sitting: by arrays and by Spark."""

import numpy as np
import pandas as pd
import pytest

from interestlake.interactions.pace import APART_S, in_sequence
from interestlake.interactions.pace_of_tables import in_sequence_of
from interestlake.interactions.pairs import Pairs
from interestlake.models.registry import MODELS
from interestlake.recommending.codes import codes_of

DAY = 86_400.0
# seconds between the choices of each person -> whether they are a sequence
HISTORIES = [
    ([[30.0] * 49, [20.0] * 9], False),  # fifty ratings in half an hour
    ([[DAY] * 9, [3 * DAY]], True),
    ([[0.0] * 9, [DAY]], False),  # days without hours: nine of one day
    ([[APART_S, APART_S - 1], []], True),  # half of the steps
    ([[APART_S, 1.0, 1.0], []], False),
    ([[], []], False),  # nobody has two
]


def frame_of(histories) -> pd.DataFrame:
    times = [np.cumsum([1e9 + 7 * person, *gaps]) for person, gaps in enumerate(histories)]
    return pd.concat([
        pd.DataFrame({"user_id": f"u{person}", "item_id": [f"i{n:02}" for n in range(len(own))], "weight": 1.0,
                      "time": own, "position": range(1, len(own) + 1)}) for person, own in enumerate(times)
    ], ignore_index=True)  # fmt: skip


def pairs_of(frame: pd.DataFrame, timed: bool = True) -> Pairs:
    return Pairs.of(frame, *(np.unique(frame[n].to_numpy(object)) for n in ("user_id", "item_id")), timed)


@pytest.mark.parametrize(("histories", "expected"), HISTORIES)
def test_a_sequence_takes_its_time(histories, expected):
    frame = frame_of(histories)
    assert in_sequence(pairs_of(frame)) is expected
    assert in_sequence(pairs_of(frame.sample(frac=1, random_state=0))) is expected
    assert not in_sequence(pairs_of(frame, timed=False))


def test_tables_are_judged_as_arrays_are(spark):
    rows = [frame_of(histories).assign(user_id=lambda f, n=n: f"{n}-" + f.user_id) for n, (histories, _)
            in enumerate(HISTORIES)]  # fmt: skip
    table = spark.createDataFrame(pd.concat(rows)[["user_id", "time", "position"]])
    table = table.selectExpr("user_id", "timestamp_micros(bigint(time * 1e6)) AS first_ts", "position").cache()
    for number, (_, expected) in enumerate(HISTORIES):
        own = table.where(f"user_id LIKE '{number}-%'")
        assert in_sequence_of(own) is expected
    untimed = table.where("user_id LIKE '1-%'").selectExpr(
        "user_id", "IF(position = 2, NULL, first_ts) AS first_ts", "position"
    )
    assert in_sequence_of(untimed) is False


def test_only_what_speaks_of_time_is_said_otherwise():
    names = [model.name for model in MODELS]
    ordered, told = codes_of(names, True), codes_of(names, False)
    assert ordered == {model.name: model.reason for model in MODELS}
    changed = {name for name in names if ordered[name] != told[name]}
    assert changed == {"transitions", "log_evidence"} and {told[name] for name in changed} == {"together"}
