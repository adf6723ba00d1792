"""What belongs to items is counted before it is gathered: the catalogue has to fit, the rest may be left out."""

import logging

import pytest

from interestlake.core.errors import BadInput
from interestlake.core.room import expect_room, gigabytes, has_room
from interestlake.interactions.item_room import VECTORS, with_room

LOG = logging.getLogger("interestlake")


@pytest.fixture(scope="module")
def tables(spark):
    """Two items with three categories, 300 facts, 200 links, 100 interests of items, a vector of 4 numbers."""
    return {
        "silver.items": spark.createDataFrame(
            [("a", "A", None, ["x", "y"]), ("b", None, "b" * 10, ["x"])],
            "item_id string, title string, description string, categories array<string>"),
        "silver.facts": spark.range(300), "silver.friends": spark.range(200), "silver.item_interests": spark.range(100),
        VECTORS: spark.createDataFrame([("h", [1.0] * 4)], "text_hash string, vector array<float>"),
    }  # fmt: skip


def sizes(tables):
    return {name: rows.count() for name, rows in tables.items() if name != "silver.items"}


def test_what_has_room_stays(tables, caplog):
    caplog.set_level(logging.WARNING, logger="interestlake")
    assert sizes(with_room(tables, 1.0, LOG)) == sizes(tables) and caplog.text == ""


def test_what_has_none_is_left_out_with_a_line_that_names_the_bound(tables, caplog):
    caplog.set_level(logging.WARNING, logger="interestlake")
    left = sizes(with_room(tables, gigabytes(150, texts=2, numbers=3), LOG))
    assert left == {"silver.facts": 0, "silver.friends": 0, "silver.item_interests": 100, VECTORS: 1}
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 2 and all("recommend.max_item_gigabytes=" in line for line in lines)
    assert "300 facts left out" in lines[0] and "200 friend links left out" in lines[1]


def test_a_catalogue_without_room_is_refused(tables):
    with pytest.raises(BadInput, match=r"catalogue of 2 items.*set it in recommend\.max_item_gigabytes"):
        with_room(tables, 1e-7, LOG)


def test_room_is_rows_by_what_they_hold():
    assert gigabytes(2**20, texts=1, numbers=3) == 124 / 1024 and gigabytes(0, letters=2**30) == 1.0
    expect_room("rows", 1.0, 1.0, "a.b")
    assert has_room("rows", 1.0, 1.0, "a.b", LOG)
