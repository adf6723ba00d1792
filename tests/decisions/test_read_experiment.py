"""Rows of files -> figures of an experiment: planted people by Spark, beside numpy, and the whole command."""

import json
import re
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest
import yaml

from interestlake.core.errors import BadInput
from interestlake.core.lake import Lake
from interestlake.evaluation.people_in_arms import arms_by_day, count_people, looks, people_of
from interestlake.sources.rows_of_file import Wanted, read_rows

ROWS = "user_id string, arm string, timestamp timestamp, value_0 double, before_0 double"


def at(day, hour=0):
    return datetime(2024, 5, day, hour, tzinfo=UTC)


@pytest.fixture(scope="module")
def rows(spark):
    return spark.createDataFrame([
        ("ann", "a", at(1), 1.0, 4.0), ("ann", "a", at(2), 2.0, 4.0), ("ann", "a", at(3), 4.0, None),
        ("bob", "a", at(1, 5), None, None),
        ("eve", "a", at(1), 1.0, 0.0), ("eve", "b", at(2), 9.0, 0.0),
        ("joe", "b", at(2), 5.0, 1.0),
        ("kim", "b", at(4), 7.0, 2.0),
    ], ROWS)  # fmt: skip


def test_people_by_hand(rows):
    people = rows.transform(people_of(1, 0))
    found = {row["user_id"]: (row["arm"], row["value_0"], row["before_0"], row["several"]) for row in people.collect()}
    assert found == {"ann": ("a", 7.0, 4.0, False), "bob": ("a", 0.0, 0.0, False), "eve": ("a", 10.0, 0.0, True),
                     "joe": ("b", 5.0, 1.0, False), "kim": ("b", 7.0, 2.0, False)}  # fmt: skip
    counted = count_people(people)
    assert (counted.people, counted.several, counted.open, counted.arms, counted.days) == (4, 1, 0, 2, 4)
    days = arms_by_day(people, 1, counted.days)
    assert {arm: list(parts) for arm, parts in days.items()} == {
        "a": [date(2024, 5, 1)], "b": [date(2024, 5, 2), date(2024, 5, 4)]}  # fmt: skip
    (of_a,) = days["a"][date(2024, 5, 1)]
    assert of_a.count == 2 and of_a.mean.tolist() == [3.5, 2.0] and of_a.scatter.tolist() == [[24.5, 14.0], [14.0, 8.0]]
    order, counts = looks([{day: parts[0].count for day, parts in days[arm].items()} for arm in ("a", "b")])
    assert order == [date(2024, 5, day) for day in (1, 2, 4)] and counts == [[2, 0], [2, 1], [2, 2]]


def test_a_window_counts_whole_windows_alone(rows):
    found = {row["user_id"]: (row["value_0"], row["open"]) for row in rows.transform(people_of(1, 2)).collect()}
    # the newest row is of the 4th, 00:00: windows from the 1st and 2nd are over, from the 4th not; ann's 3rd day is out
    assert found["ann"] == (3.0, False) and found["joe"] == (5.0, False) and found["kim"][1]


def test_too_many_arms_are_said_before_they_are_collected(spark):
    columns = ["CAST(id AS string) AS user_id", "CAST(id AS string) AS arm", "CAST(NULL AS timestamp) AS timestamp"]
    frame = spark.range(21).selectExpr(*columns, "1d AS value_0", "0d AS before_0")
    with pytest.raises(BadInput, match="arms: found 21 different ones; expected at most 20"):
        count_people(frame.transform(people_of(1, 0)))


def write(folder, people):
    folder.mkdir()
    people.iloc[:400].to_csv(folder / "one.csv", index=False)
    people.iloc[400:].to_csv(folder / "two.csv", index=False)
    with open(folder / "two.csv", "a", encoding="utf-8") as file:
        file.write(",new,3,1,2024-05-01\nx1,new,much,1,2024-05-01\nx2,new,1,1,soon\n")
    return folder


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """800 people, two of them in both arms; an effect of 1 on `spend`, that `spend_before` tells most of."""
    generator = np.random.default_rng(5)
    before = generator.gamma(2, 3, 800)
    arm = np.where(generator.random(800) < 0.5, "new", "control")
    spend = before + generator.normal(0, 1, 800) + (arm == "new")
    day = [f"2024-05-{1 + n % 20:02}" for n in range(800)]
    people = pd.DataFrame({"user_id": [f"u{n}" for n in range(800)], "arm": arm, "spend": spend, "spend.before": before,
                           "timestamp": day})  # fmt: skip
    both = people.iloc[:2].assign(arm=np.where(people["arm"].iloc[:2] == "new", "control", "new"))
    return people, write(tmp_path_factory.mktemp("world") / "rows", pd.concat([people, both]))


def test_the_command_reads_two_files_and_finds_what_was_planted(spark, call, world, capsys):
    people, folder = world
    given = (
        "read-experiment",
        "--input",
        folder,
        "--metrics",
        "spend",
        "--before",
        "spend=spend.before",
        "--run-id",
        "e1",
    )
    assert call(*given) == 0
    said = capsys.readouterr().out
    assert said.startswith("sample ratio holds: control ")
    assert "798 people; 2 in more than one arm left out; 3 rows set aside, see bronze.quarantine" in said
    assert "adjusted by spend.before (9" in said and re.search(r"new: better by (0\.9|1\.0|1\.1)", said)
    rows = {row["arm"]: row for row in Lake(spark, call.lake).read("gold.experiments").collect()}
    fair = people.iloc[2:]
    for name, row in rows.items():
        own = fair[fair["arm"] == name]["spend"]
        assert row["people"] == len(own) and row["mean"] == pytest.approx(own.mean(), rel=1e-12)
    assert rows["control"]["difference"] is None and rows["new"]["low"] < 1 < rows["new"]["high"]
    reasons = [row["reason"] for row in Lake(spark, call.lake).read("bronze.quarantine").orderBy("line").collect()]
    assert [reason.split(":")[0] for reason in reasons] == ["missing user_id", "spend not a number",
                                                           "timestamp not readable"]  # fmt: skip
    assert call(*given) == 0 and capsys.readouterr().out == said  # the same run id again


def test_a_split_that_does_not_hold_is_the_first_line_and_exit_code_3(call, world, capsys):
    people, folder = world
    given = (
        "read-experiment",
        "--input",
        folder,
        "--metrics",
        "spend",
        "--shares",
        "new=2,control=1",
        "--run-id",
        "e2",
    )
    for _ in range(2):
        assert call(*given) == 3
        assert capsys.readouterr().out.startswith("SAMPLE RATIO DOES NOT HOLD: control ")


def test_other_formats_other_names_and_no_times(spark, tmp_path, world):
    people, _ = world
    people = people.rename(columns={"user_id": "who", "arm": "group", "spend": "Umsatz"}).head(60)
    (tmp_path / "x").mkdir()
    with open(tmp_path / "x" / "rows.jsonl", "w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in people.drop(columns="timestamp").to_dict("records"))
    people.assign(timestamp=pd.to_datetime(people["timestamp"])).to_parquet(tmp_path / "rows.parquet")
    text = people.assign(Umsatz=[f"{x:.3f}".replace(".", ",") for x in people["Umsatz"]])
    text.to_csv(tmp_path / "rows.txt", sep=";", index=False, encoding="latin-1")
    wanted = Wanted(
        texts=("user_id", "arm"), numbers=("value_0",), times=("timestamp",), optional=("timestamp",),
        empty=("value_0",), named={"value_0": "spend"},
    )  # fmt: skip
    columns = {"user_id": "who", "arm": "group", "spend": "Umsatz"}
    dialect = {"delimiter": ";", "decimal": ",", "encoding": "latin-1"}
    for file, more in (
        ("rows.txt", {"format": "csv", **dialect}),
        ("rows.jsonl", {"format": "jsonl"}),
        ("rows.parquet", {"format": "parquet"}),
    ):
        mapping = tmp_path / "mapping.yml"
        mapping.write_text(yaml.safe_dump({"rows": {"files": file, "columns": columns, "time_unit": "iso", **more}}))
        settled, there = read_rows(spark, [str(tmp_path)], str(mapping), wanted, 0.0)
        found = settled.records.toPandas().sort_values("user_id")
        expected = people.sort_values("who")
        assert found["value_0"].to_numpy() == pytest.approx(expected["Umsatz"].to_numpy(), abs=1e-3), file
        assert list(found["arm"]) == list(expected["group"]) and ("timestamp" in there) == (file != "rows.jsonl")
        assert found["timestamp"].isna().all() == (file == "rows.jsonl")
        settled.held.unpersist()
    with pytest.raises(BadInput, match="expected files that end in .csv, .jsonl or .parquet, all alike"):
        read_rows(spark, [str(tmp_path)], None, wanted, 0.0)


@pytest.mark.parametrize(("options", "said"), [
    (("--metrics", "spent"), "expected a column spent"),
    (("--metrics", "spend", "--control", "old"), "arms: found control, new; expected the control 'old' and at"),
    (("--metrics", "spend", "--mapping", "nowhere.yml"), "mapping: found no file"),
    (("--metrics", "spend", "--window-days", "7", "--mapping", "m.yml"), "m.yml: 1 fault\n  rows.columns.users: "),
])  # fmt: skip
def test_bad_input_says_what_was_found_and_expected(call, world, tmp_path, monkeypatch, caplog, options, said):
    (tmp_path / "m.yml").write_text("rows: {files: '*.csv', format: csv, columns: {users: user_id}}\n")
    options = [str(tmp_path / option) if option == "m.yml" else option for option in options]
    assert call("read-experiment", "--input", world[1], *options) == 2
    assert said in caplog.text
