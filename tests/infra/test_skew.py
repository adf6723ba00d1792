"""The bench of uneven input: its worlds are as uneven as they say, and its lines say what the log said."""

import gzip
import io

import pandas as pd
import pytest
from bench import skew
from bench.measure import Measured
from bench.stage_log import StageFigures
from bench.whole_lake.shuffles import Shuffled


@pytest.fixture
def world(tmp_path, monkeypatch):
    """make(case) -> its events, 3,000 of them uneven, beside 500 ordinary ones."""
    monkeypatch.setattr(skew, "EVENTS", 500)
    monkeypatch.setattr(skew, "PEOPLE", 50)
    monkeypatch.setattr(skew, "BOT_ITEMS", 700)

    def make(case):
        skew.write(case, 3_000, 1, tmp_path / case)
        (path,) = (tmp_path / case / "in").iterdir()
        return pd.read_csv(path, dtype={"user": str, "item": str})

    return make


def test_each_world_is_uneven_in_its_own_way(world):
    events = world("bot")
    assert events.user.value_counts().iloc[0] == 3_000 and events[events.user == "program"].item.nunique() == 700
    events = world("everybody")
    assert events[events.item == "everybody"].user.nunique() == 3_050 == events.user.nunique()
    assert world("text").text.value_counts().to_dict() == {skew.SAID: 3_000}
    assert set(world("label").rating) == {5}


def test_the_packed_world_has_the_size_that_was_asked_for(tmp_path, monkeypatch):
    monkeypatch.setattr(skew, "CHUNK", 1_000)
    skew.write("gz", 0, 4, tmp_path / "gz")
    text = gzip.open(tmp_path / "gz" / "in" / "events.csv.gz", "rt").read()
    assert 4e6 < len(text) < 5e6 and set(pd.read_csv(io.StringIO(text)).rating) == {5}


def test_the_lines_show_the_longest_task_and_what_was_said(tmp_path):
    log = tmp_path / "log"
    log.write_text("[1/9] prepare\n      warning: 1 person has more\n      prepare finished in 2.0 s\n")
    shuffled = Shuffled(spilled=3_000_000)
    shuffled.tasks[4] += [1.0, 1.0, 7.0]
    shuffled.tasks[5] += [2.0]
    stage = StageFigures("prepare", seconds=9.0, peak_bytes=2_000_000_000)
    lines = list(skew.report(Measured(9.0, 0, [stage], 0.0), {"prepare": shuffled}, log))
    assert lines[1].split() == ["prepare", "9.0", "7.0", "1.0", "2.00", "3.0"]
    assert lines[2:] == ["  log: warning: 1 person has more"]
