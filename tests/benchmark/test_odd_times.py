"""Units of time in the files of `split` and `benchmark`: found, told, or refused by row."""

import pandas as pd
import pytest

from .calls import START, benchmark, errors, read, split, world


@pytest.mark.parametrize(("unit", "factor"), [("milli", 10**3), ("micro", 10**6), ("nano", 10**9)])
def test_a_unit_of_time_is_found_and_changes_nothing(unit, factor, split_files, tmp_path, caplog):
    frame = read(split_files, "train")
    frame.assign(timestamp=frame["timestamp"].astype("int64") * factor).to_csv(split_files / f"{unit}.csv", index=False)
    assert benchmark(split_files, tmp_path / "unit", "--models", "trend", train=f"{unit}.csv") == 0
    assert f"read as {unit}seconds, 2014-02-28 to 2014-02-28" in caplog.text
    assert benchmark(split_files, tmp_path / "plain", "--models", "trend") == 0
    one, other = (pd.read_parquet(tmp_path / name / "recommendations.parquet") for name in ("unit", "plain"))
    pd.testing.assert_frame_equal(one, other)


def timed(tmp_path, times) -> int:
    frame = world()
    values = [times[row % len(times)] for row in range(len(frame))]
    frame.assign(timestamp=values).to_csv(tmp_path / "in.csv", index=False)
    return split(tmp_path / "in.csv", tmp_path / "out")


@pytest.mark.parametrize(("times", "said"), [
    ((START, START * 1000), "seconds in 94 rows (line 2: 1393580000), milliseconds in 94 rows (line 3: 1393580000000)"),
    ((START, "2014-02-28", START), "'2014-02-28' as timestamp in line 3"),
    (("2014-02-28", START, "2014-02-28"), "'1393580000' as timestamp in line 3"),
    (("02/28/2014",), "'02/28/2014' as timestamp in line 2; expected seconds since 1970"),
    ((START, ""), "'' as timestamp in line 3"), ((START, "inf"), "'inf' as timestamp in line 3"),
    ((10**21,), "as timestamp in line 2"), (("28/02/2014 10:00", START), "as timestamp in line 2"),
])  # fmt: skip
def test_times_of_no_or_several_units_are_named_by_row(times, said, tmp_path, caplog):
    assert timed(tmp_path, times) == 2
    assert said in errors(caplog)[0] and not (tmp_path / "out").exists()


@pytest.mark.parametrize(("times", "said"), [
    ((5, 17, 9), "all times of"), ((2014,), "lie in January 1970"), ((START, 10**10), "beyond 2100, up to 2286-11-20"),
    ((20140228, 20140301), "20140228 are read as dates"), ((201402281015,), "read as dates"),
])  # fmt: skip
def test_times_that_hardly_anybody_means_are_told(times, said, tmp_path, caplog):
    assert timed(tmp_path, times) == 0 and said in caplog.text


@pytest.mark.parametrize("times", [(START,), (0, -1, START), ("2014-02-28T10:00:00Z", "2014-03-01 11:00:00+02:00")])
def test_times_that_are_plain_are_not_told(times, tmp_path, caplog):
    assert timed(tmp_path, times) == 0
    assert not [one for one in caplog.records if one.name == "interestlake"]


def test_dates_in_digits_are_in_order(tmp_path):
    times = [20140201, 20140315, 20131231]
    frame = pd.DataFrame({"user_id": ["a"] * 3, "item_id": ["x", "y", "z"], "timestamp": times})
    frame.to_csv(tmp_path / "in.csv", index=False)
    assert split(tmp_path / "in.csv", tmp_path) == 0
    assert read(tmp_path, "test")["item_id"].tolist() == ["y"]
