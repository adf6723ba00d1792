"""What belongs to items is counted before it is gathered: the catalogue has to fit, the rest may be left out."""

import logging

import pandas as pd
import pytest

from interestlake.core.errors import BadInput
from interestlake.core.room import expect_room, gigabytes, has_room
from interestlake.interactions.item_room import VECTORS, with_room
from interestlake.recommending.blocks import Catalogue
from interestlake.recommending.gather import collect_named_facts

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


def test_facts_of_sentences_are_counted_before_they_are_collected(tables, spark, monkeypatch, caplog):
    """Two items of three categories in all and a fact each, one of a MiB of letters."""
    caplog.set_level(logging.WARNING, logger="interestlake")
    attributes = [("a", {"director": "D" * 2**20}), ("b", {"maker": "Yamaha"})]
    given = {
        "silver.items": tables["silver.items"],
        "bronze.items": spark.createDataFrame(attributes, "item_id string, attributes map<string,string>"),
    }
    catalogue = Catalogue.of(pd.DataFrame({"item_id": ["a", "b"], "item_index": [0, 1], "title": ["A", "B"]}))
    room = gigabytes(5, texts=3, letters=2**20 + 100)
    assert collect_named_facts(given, catalogue, [], [], room, LOG) is not None and caplog.text == ""
    monkeypatch.setattr(type(given["silver.items"]), "toPandas", lambda frame: pytest.fail("collected"))
    assert collect_named_facts(given, catalogue, [], [], room - gigabytes(1, letters=200), LOG) is None
    assert "5 facts of sentences left out" in caplog.text and "recommend.max_item_gigabytes=" in caplog.text


def test_room_is_rows_by_what_they_hold():
    assert gigabytes(2**20, texts=1, numbers=3) == 124 / 1024 and gigabytes(0, letters=2**30) == 1.0
    expect_room("rows", 1.0, 1.0, "a.b")
    assert has_room("rows", 1.0, 1.0, "a.b", LOG)
