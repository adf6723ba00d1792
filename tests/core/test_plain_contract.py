"""A lake whose tables somebody altered: what reads its files says which column, and a newer column may be missing."""

import pyarrow as pa
import pytest

from interestlake.cli.main import main
from interestlake.core.errors import BadInput
from interestlake.core.plain_lake import PlainLake

from ..delta_files import write_delta

USERS = {"user_id": ["a" * 32, "b" * 32], "user_index": pa.array([0, 1], pa.int32()),
         "item_count": pa.array([3, 1], pa.int32()), "first_ts": pa.array([None, None], pa.timestamp("us", "UTC")),
         "last_ts": pa.array([None, None], pa.timestamp("us", "UTC"))}  # fmt: skip
ITEMS = {"item_id": ["i", "j"], "item_index": pa.array([0, 1], pa.int32()), "title": ["Alien", "Heat"],
         "description": ["", ""], "categories": [["Horror"], []],
         "user_count": pa.array([2, 1], pa.int32())}  # fmt: skip


def made(folder, **items) -> str:
    """A lake of two people and two items; items: columns that are other than they should be, None = missing."""
    columns = {name: items.get(name, values) for name, values in ITEMS.items()}
    tables = {"silver/users": USERS, "silver/items": {name: v for name, v in columns.items() if v is not None},
              "ops/runs": {"run_id": ["r"], "source": ["table"]}}  # fmt: skip
    for name, table in tables.items():
        write_delta(folder / "lake" / name, table)
    return str(folder / "lake")


def test_a_lake_as_it_should_be_is_answered(tmp_path, capsys):
    assert main(["who", "--lake", made(tmp_path)]) == 0
    assert "Alien" in capsys.readouterr().out


@pytest.mark.parametrize(("altered", "found"), [
    ({"title": None}, "no column title; expected title of type string"),
    ({"title": pa.array([1, 2], pa.int64())}, "title of type int64; expected title of type string"),
    ({"user_count": ["2", "1"]}, "user_count of type string; expected user_count of type int"),
    ({"user_count": None}, "no column user_count"),
    ({"user_count": [2.0, 1.0]}, "user_count of type double; expected user_count of type int"),
    ({"item_id": None}, "no column item_id"),
    ({"categories": ["Horror", ""]}, "categories of type string; expected categories of type array<string>"),
    ({"categories": None}, "no column categories"),
])  # fmt: skip
def test_an_altered_table_is_one_message_of_three_parts(altered, found, tmp_path, caplog):
    lake = made(tmp_path, **altered)
    assert main(["who", "--lake", lake]) == 2
    [told] = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert told.startswith(f"error: table silver.items: found {found}") and f"set it in --lake {lake}" in told


def test_another_width_is_the_same_number(tmp_path, capsys):
    assert main(["who", "--lake", made(tmp_path, user_count=pa.array([2, 1], pa.int64()))]) == 0
    assert "Alien" in capsys.readouterr().out


def test_a_column_by_which_rows_are_sought_is_looked_at_and_one_that_may_be_null_may_be_missing(tmp_path):
    lake = PlainLake(made(tmp_path, description=None, item_id=None))
    assert [row["description"] for row in lake.of("silver.items", ["title", "description"])] == [None, None]
    with pytest.raises(BadInput, match="found no column item_id; expected item_id of type string"):
        lake.of("silver.items", ["title"], {"item_id": ["i"]})
