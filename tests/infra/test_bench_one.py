"""Runs beside the benchmark: differences, verdicts and tables of given figures, lakes that are kept, one whole run."""

import gzip
import json

import pytest
from bench.one import __main__ as one
from bench.one.tables import Found, comparison, every_model
from bench.one.worlds import DATA_SETS, DataSet

from ..benchmark.world import TASTES, pairs

RUN = {"fused": 0.22, "ease": 0.2, "popularity": 0.1}
PLACES = DataSet("places", "movielens", "places", 0.21, 1.15)


def found(**more) -> Found:
    given = {"data": PLACES, "run": RUN, "benchmark": RUN, "weights": {"ease": 0.75, "popularity": 0.002},
             "people": 1234, "oracle": 0.3, "seconds": 61.4}  # fmt: skip
    return Found(**{**given, **more})


def cells(lines: list[str]) -> list[list[str]]:
    return [[cell for cell in line.split("  ") if cell] for line in lines]


def test_a_row_says_what_was_found_and_what_is_wanted():
    head, row = ([cell.strip() for cell in line] for line in cells(comparison([found(again=31.6)])))
    assert dict(zip(head, row, strict=False)).keys() >= {"data set", "oracle", "furthest apart"}
    assert row == ["places", "61", "32", "1,234", "0.2200", "0.2200", ">= 0.210 hit", "ease 0.2000", "0.2000", "1.100",
                   ">= 1.150 MISSED", "0.0e+00 equal", "0.3000"]  # fmt: skip


@pytest.mark.parametrize(
    ("benchmark", "furthest", "said"),
    [
        ({**RUN, "ease": 0.2009}, "ease", "9.0e-04 equal"),
        ({**RUN, "fused": 0.2185}, "fused", "1.5e-03 fused MISSED"),
        ({"fused": 0.22, "ease": 0.2}, "popularity", "inf popularity MISSED"),
        ({**RUN, "als": 0.1}, "als", "inf als MISSED"),
    ],
)
def test_the_furthest_model_decides_and_one_that_only_one_side_has_is_no_rounding(benchmark, furthest, said):
    both = found(benchmark=benchmark, counted=True)
    assert both.furthest[1] == furthest and said in comparison([both])[1]
    assert "61 in stages" in comparison([both])[1]


def test_every_model_has_its_row_and_a_share_where_it_has_one():
    other = found(data=DATA_SETS[1], run={"fused": 0.4, "als": 0.3}, weights={"als": 1.0})
    head, *rows = cells(every_model([found(), other]))
    assert [cell.strip() for cell in head] == ["model", "places", "share", "lastfm", "share"]
    assert [[cell.strip() for cell in row] for row in rows] == [
        ["fused", "0.2200", "-", "0.4000", "-"], ["als", "-", "-", "0.3000", "1.00"],
        ["ease", "0.2000", "0.75", "-", "-"], ["popularity", "0.1000", "-", "-", "-"],
    ]  # fmt: skip


def test_a_folder_that_is_not_there_is_said_and_the_rest_goes_on(tmp_path, capsys):
    assert one.main(["--data", str(tmp_path), "--lakes", str(tmp_path / "lakes")]) == 0
    printed = capsys.readouterr().out
    assert all(f"{data.name}: left out, there is no" in printed for data in DATA_SETS)
    with pytest.raises(SystemExit):
        one.main(["--only", "nothing-like-it"])


@pytest.mark.parametrize(("more", "why"), [((), "--resume keeps"), (("--resume",), "holds no finished run")])
def test_a_named_folder_loses_no_lake(tmp_path, capsys, monkeypatch, more, why):
    monkeypatch.setattr(one, "runs_of", lambda lake: {})
    kept = tmp_path / "lakes" / "movielens" / "bronze"
    for folder in (tmp_path / "movielens-latest-small", kept):
        folder.mkdir(parents=True)
    called = ["--data", str(tmp_path), "--lakes", str(tmp_path / "lakes"), "--only", "movielens", *more]
    assert one.main(called) == 1
    assert why in capsys.readouterr().out and kept.is_dir()


@pytest.mark.commands
@pytest.mark.timeout(900)
def test_a_whole_run_equals_its_benchmark_and_runs_again_with_its_choice(tmp_path, capsys):
    """On a planted world in the form of MovieLens: people of four tastes, which are the genres."""
    folder = tmp_path / "movielens-latest-small"
    folder.mkdir()
    world = pairs(people=80)
    rows = [f"{1 + int(user[1:])},{1 + int(item[1:])},4.0,{1_000_000_000 + int(time)}"
            for user, item, time in world.itertuples(index=False)]  # fmt: skip
    with gzip.open(folder / "ratings.csv.gz", "wt") as ratings:
        ratings.write("\n".join(["userId,movieId,rating,timestamp", *rows]) + "\n")
    kinds = ("slow river", "cold moon", "loud city", "green hill")
    movies = [f"{1 + item},The {kinds[item // 15]} {item} (1999),Genre{item // 15}" for item in range(15 * TASTES)]
    (folder / "movies.csv").write_text("\n".join(["movieId,title,genres", *movies]) + "\n")
    called = ["--data", str(tmp_path), "--lakes", str(tmp_path / "lakes"), "--only", "movielens", "--resume"]
    assert one.main([*called, "--quick"]) == 0
    first = capsys.readouterr().out
    row = [line for line in first.splitlines() if line.startswith("movielens ") and " equal " in line]
    noted = json.loads((tmp_path / "lakes" / "movielens.json").read_text())
    assert row and set(noted) == {"first"}
    assert one.main([*called, "--again"]) == 0
    second = capsys.readouterr().out
    assert "is finished and kept" in second and " equal" in second and "run again-1:" in second
    again = json.loads((tmp_path / "lakes" / "movielens.json").read_text())
    assert again["first"] == noted["first"] and again["again-1"] > 0
