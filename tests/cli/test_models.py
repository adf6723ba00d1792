"""`interestlake models`: the registry alone, on files whose lacks are planted, and on a lake with a last run."""

import datetime as dt
import json

import pytest

from interestlake.cli.main import main
from interestlake.core.params.all import Recommend
from interestlake.core.schemas.all import ALL
from interestlake.models.model import Size
from interestlake.models.registry import BY_NAME, MODELS
from interestlake.recommending.listing import Data, Listed, as_table, data_of_lake, last_run, listing


def test_alone_it_lists_the_registry_and_no_cost(capsys):
    assert main(["models"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].split() == ["model", "granularity", "needs", "runs", "on", "fits"]
    assert [line.split()[0] for line in said[1:]] == [model.name for model in MODELS]
    assert max(map(len, said)) <= 120


@pytest.fixture
def files(tmp_path):
    """Train pairs without times of 30 people and 20 items, and titles of all items."""
    pairs = [f"u{person},i{(person + step) % 20}" for person in range(30) for step in range(5)]
    (tmp_path / "train.csv").write_text("\n".join(["user_id,item_id", *pairs]) + "\n")
    titles = [f"i{item},a title {item}," for item in range(20)]
    (tmp_path / "items.csv").write_text("\n".join(["item_id,title,text", *titles]) + "\n")
    return tmp_path


def test_on_files_it_says_what_a_fit_costs_and_what_the_data_lacks(files, capsys):
    assert main(["models", "--train", f"{files}/train.csv", "--items", f"{files}/items.csv", "--json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert list(rows) == [model.name for model in MODELS]
    assert {name for name, row in rows.items() if row["lacks"]} == {
        "trend", "social", "facts", "information", "fact_knn"
    }  # fmt: skip
    assert rows["trend"]["lacks"] == ["no times"] and rows["fact_knn"]["lacks"] == ["no shared facts"]
    size = Size(150, 31, 20, 20, 20, 30 * 5.0**2)  # one person more: the one of whom nothing is known
    cost = BY_NAME["ease"].cost(size)
    assert rows["ease"]["gigabytes"] == cost.bytes / 2**30 and rows["ease"]["seconds"] == cost.seconds
    assert rows["ease"]["runs_on"] == ["one machine", "Spark"] and rows["user_knn"]["runs_on"] == ["one machine"]
    assert {row["validation"] for row in rows.values()} == {None}


def test_it_starts_no_spark_for_files(files, monkeypatch, capsys):
    def never(*_):
        raise AssertionError("Spark was started")

    monkeypatch.setattr("interestlake.cli.dispatch.build_session", never)
    assert main(["models", "--train", f"{files}/train.csv"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "left out: words          no words" in lines and max(map(len, lines)) <= 120


@pytest.mark.parametrize(("given", "said"), [
    (["--items", __file__], "found no pairs; expected train pairs beside them; set it in --train"),
    (["--lake", "no/such/lake"], "found none there"),
    (["--train", "nowhere.csv"], "found nothing there"),
])  # fmt: skip
def test_a_wrong_call_is_one_message(caplog, given, said):
    assert main(["models", *given]) == 2
    assert said in caplog.records[-1].getMessage()


def test_a_catalogue_too_large_for_a_network_over_every_pair_is_said():
    rows = {row.name: row for row in listing(Data(Size(1_000_000, 100_000, 1_000), frozenset()), {})}
    assert rows["ncf"].lacks == ("more than 50,000,000 person x item pairs",)
    assert rows["lightgcn"].lacks == ()


def test_what_a_run_on_the_lake_would_leave_out_by_size_is_said():
    data, bounds = Data(Size(2_000, 100, 50), frozenset()), Recommend(max_pairs=1_000)
    rows = {row.name: row for row in listing(data, {}, bounds=bounds)}
    assert rows["user_knn"].lacks == ("more than recommend.max_pairs=1,000 pairs",) and rows["ease"].lacks == ()
    assert rows["words"].lacks == ("no words",)  # fitted on the items alone, whatever the pairs
    rows = {row.name: row for row in listing(data, {}, bounds=Recommend(max_fit_gigabytes=0.01))}
    assert rows["distribution"].lacks[-1] == "would hold more than recommend.max_fit_gigabytes=0.01"


def test_a_reason_of_the_last_run_stands_below_the_table():
    rows = [
        Listed("a", "text", (), ("one machine",), False, 3, 1.0, 2.0, validation=0.25, weight=0.5),
        Listed("bb", "text", (), ("one machine",), False, 3, 1.0, 2.0, left_out="too slow"),
    ]
    lines = as_table(rows).splitlines()
    assert lines[1].split() == ["a", "text", "-", "one", "machine", "3", "1.000", "2.0", "yes", "0.2500", "0.500"]
    assert lines[-1] == "left out: bb             too slow"


def schema_of(table: str) -> str:
    return ", ".join(f"{column.name} {column.type}" for column in ALL[table].columns)


def put(lake, name, rows, schema):
    lake.spark.createDataFrame(rows, schema).coalesce(1).write.format("delta").save(lake.path(name))


@pytest.fixture
def split_lake(lake):
    """4 people, 3 items, 6 train pairs with times, one test pair; a fact of an item; texts that nobody encoded."""
    when, pairs = dt.datetime(2024, 1, 1), [(0, 0), (0, 1), (1, 0), (1, 2), (2, 1), (3, 0), (3, 1)]
    put(lake, "silver.interactions",
        [(f"u{u}", f"i{i}", u, i, 1.0, 1, 1, when, when, "test" if (u, i) == (3, 1) else "train") for u, i in pairs],
        schema_of("silver.interactions"))  # fmt: skip
    put(lake, "silver.items", [(f"i{n}", n, f"t{n}", None, [], 1) for n in range(3)], schema_of("silver.items"))
    for name in ("silver.friends", "silver.documents"):
        put(lake, name, [], schema_of(name))
    facts = [("item/i0", "made_by", "somebody", "i0", *[None] * (len(ALL["silver.facts"].columns) - 4))]
    put(lake, "silver.facts", facts, schema_of("silver.facts"))
    return lake


def test_a_lake_is_counted_by_its_train_pairs(split_lake):
    data = data_of_lake(split_lake)
    assert (data.size.pairs, data.size.people, data.size.items) == (6, 4, 3)
    assert (data.size.chosen, data.size.repeated, data.size.together) == (3, 2, 2**2 + 2**2 + 1 + 1)
    assert data.brings == {"times", "sequences", "words", "content", "facts", "shared facts"}


def test_the_last_run_s_figures_stand_beside_the_models(split_lake, spark, monkeypatch, capsys):
    assert last_run(split_lake) == {}
    put(split_lake, "models.chosen", [
        ("r2", "ease", "behaviour", '{"l2": 30.0}', 0.2, 0.25, 8, None),
        ("r2", "sasrec", "sequence", "{}", None, None, 1, "one fit is estimated at 90 of 15 minutes"),
    ], schema_of("models.chosen"))  # fmt: skip
    monkeypatch.setattr(spark, "stop", lambda: None)
    assert main(["models", "--lake", split_lake.root]) == 0
    lines = capsys.readouterr().out.splitlines()
    [ease] = [line.split() for line in lines if line.startswith("ease ")]
    assert ease[-2:] == ["0.2000", "0.250"]
    assert any(line.startswith("left out: sasrec ") and line.endswith("of 15 minutes") for line in lines)
    assert max(map(len, lines)) <= 120
