"""The lines of docs/python.md do what the page says."""

import re
from pathlib import Path

import pandas as pd

from ..benchmark.world import pairs

PAGE = Path(__file__).parents[2] / "docs" / "python.md"


def test_the_five_lines_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    [lines] = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    frame = pairs(people=24, length=8)
    named = {"u000": "ann", "u001": "bob"}
    frame = frame.assign(user_id=frame.user_id.replace(named), item_id=frame.item_id.replace({"i01": "film-1"}))
    said: dict = {"pairs": frame}
    exec(lines, said)
    assert said["lists"]["user_id"].tolist() == ["ann"] * 5 + ["bob"] * 5
    assert set(said["alike"]["item_id"]) == {"film-1"} and said["why"]["rank"] == 1
    pd.testing.assert_frame_equal(said["same"].recommend(["ann"]), said["model"].recommend(["ann"]))
