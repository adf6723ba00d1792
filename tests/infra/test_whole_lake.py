"""The bench of the whole pipeline: worlds have the sizes they say, figures are of the events they count."""

import json

import pandas as pd
import pytest
from bench.whole_lake.__main__ import growth
from bench.whole_lake.shuffles import by_stage
from bench.whole_lake.world import Size, write_world


def test_a_world_has_its_sizes_and_is_the_same_again(tmp_path):
    size = Size(3_000, text_share=0.1)
    for name in ("one", "two"):
        write_world(size, tmp_path / name)
    tables = {name: pd.read_csv(tmp_path / "one" / "in" / f"{name}.csv") for name in ("events-000", "items", "facts")}
    events = tables["events-000"]
    assert len(events) == 3_000 and len(tables["items"]) == size.catalogue == 50 and len(tables["facts"]) == 100
    assert (events["type"] == "review").sum() == size.texts == 300 == events["text"].nunique()
    assert events["user"].between(0, size.users - 1).all() and events["item"].between(0, 49).all()
    for path in (tmp_path / "one" / "in").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / "in" / path.name).read_bytes()


def test_the_exponent_tells_linear_from_quadratic():
    rows = [{"stage": stage, "events": events, "seconds": (events / 1_000) ** power}
            for stage, power in (("linear", 1.0), ("quadratic", 2.0)) for events in (10_000, 100_000)]  # fmt: skip
    linear, quadratic = growth(rows)
    assert linear.split() == ["linear", "1.00"] and quadratic.split() == ["quadratic", "2.00", "MISS"]
    assert "short" in next(growth([row | {"seconds": 1.0} for row in rows]))


def task(stage: int, second: float, seconds: float, written: int) -> dict:
    finish = int(second * 1000)
    metrics = {"Shuffle Write Metrics": {"Shuffle Bytes Written": written}, "Disk Bytes Spilled": 1}
    return {"Event": "SparkListenerTaskEnd", "Stage ID": stage,
            "Task Info": {"Launch Time": finish - int(seconds * 1000), "Finish Time": finish},
            "Task Metrics": metrics}  # fmt: skip


def test_what_is_shuffled_falls_to_the_stage_of_its_moment(tmp_path):
    events = [{"Event": "SparkListenerJobStart", "Submission Time": 11_000}, task(1, 12, 2, 100), task(1, 12, 2, 100),
              task(1, 19, 8, 100), task(2, 25, 1, 7), {"Event": "SparkListenerTaskEnd", "Stage ID": 3}]  # fmt: skip
    (tmp_path / "app").write_text("".join(json.dumps(event) + "\n" for event in events))
    found = by_stage(tmp_path, [("first", 10, 20), ("second", 20, 30)])
    assert (found["first"].written, found["first"].jobs, found["first"].skew) == (300, 1, pytest.approx(4.0))
    assert (found["second"].written, found["second"].spilled, found["second"].skew) == (7, 1, 1.0)
