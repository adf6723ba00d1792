"""Parquet as pandas, Spark and others write it: what becomes of each type."""

import datetime as dt
import decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from interestlake.core.errors import BadInput

EVENTS = {"files": "*.parquet", "format": "parquet", "event_type": "rating",
          "columns": {"user_id": "u", "item_id": "i", "value": "v"}}  # fmt: skip
AT = dt.datetime(2014, 2, 28, 9, 33, 21, 123456)


@pytest.fixture
def put(tmp_path):
    """put("a", u=pa.array(...), ...) -> the folder in which that Parquet file now lies."""

    def make(name, **columns):
        (tmp_path / "input").mkdir(exist_ok=True)
        pq.write_table(pa.table(columns), tmp_path / "input" / f"{name}.parquet", version="2.6")
        return str(tmp_path / "input")

    return make


def test_integers_that_became_floating_numbers(put, mapped, rows_of):
    folder = put("a", u=pa.array([10000001.0, 1.5, None, float("nan")]), i=pa.array([7, 8, 9, 9], pa.float32()),
                 v=pa.array([decimal.Decimal("4.00"), decimal.Decimal("4.50"), None, None]))  # fmt: skip
    loaded = mapped(folder, events=EVENTS)
    assert rows_of(loaded.events, "user_id", "item_id", "value") == [("1.5", "8", 4.5), ("10000001", "7", 4.0)]
    assert rows_of(loaded.quarantine, "line", "reason") == [(n, "missing user id: expected text") for n in (3, 4)]


def test_a_column_of_another_type_in_the_second_file(put, mapped, rows_of):
    put("a", u=pa.array([1, 2]), i=pa.array(["x", "y"]), v=pa.array([1, 2], pa.int8()))
    put("b", v=pa.array([3.5]), u=pa.array([3.0]), i=pa.array(["z"]).dictionary_encode())
    folder = put("c", u=pa.array(["4"]), i=pa.array([b"w"]), v=pa.array(["4"]))
    loaded = mapped(folder, events=EVENTS)
    assert rows_of(loaded.events, "file", "line", "user_id", "item_id", "value") == [
        ("a.parquet", 1, "1", "x", 1.0), ("a.parquet", 2, "2", "y", 2.0), ("b.parquet", 1, "3", "z", 3.5),
        ("c.parquet", 1, "4", "w", 4.0),
    ]  # fmt: skip


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC"])
def test_times_of_every_unit(put, mapped, rows_of, unit, zone):
    at = AT.replace(microsecond={"s": 0, "ms": 123000}.get(unit, AT.microsecond))
    folder = put("a", u=["ann"], i=["1"], at=pa.array([at], pa.timestamp(unit, zone)))
    section = {**EVENTS, "event_type": "view", "time_unit": "iso",
               "columns": {"user_id": "u", "item_id": "i", "timestamp": "at"}}  # fmt: skip
    assert rows_of(mapped(folder, events=section).events, "event_ts") == [(at,)]


def test_a_type_that_is_not_read_is_named_with_its_column(put, mapped):
    folder = put("a", u=["ann"], i=["1"], v=[1], w=pa.array([1], pa.time64("ns")))
    with pytest.raises(BadInput, match=r"a\.parquet: found no schema that Spark reads \(.*w: time64\[ns\]\)"):
        mapped(folder, events=EVENTS)


def test_a_file_without_a_column_that_its_sibling_has(put, mapped):
    put("a", u=["ann"], i=["1"], v=[1])
    with pytest.raises(BadInput, match=r"file b\.parquet: found columns u, i; expected a column v"):
        mapped(put("b", u=["ann"], i=["1"]), events=EVENTS)
