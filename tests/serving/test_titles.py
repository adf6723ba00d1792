"""Titles as people type them: a slip finds its title, an exact one is the item."""

import unicodedata

import pytest

from interestlake.core.errors import BadInput
from interestlake.core.plain_lake import PlainLake
from interestlake.serving.named_item import find_item
from interestlake.serving.plain_who import PlainDirectory
from interestlake.serving.titles import names
from interestlake.serving.who import items_by_title, items_titled, near_titles

from ..delta_files import write_delta

TITLES = ["Toy Story (1995)", "Tootsy (1950)", "To Sir (1967)", "Troy (2004)", "Hamlet (1996)", "Hamlet (1948)",
          "Amélie (Le fabuleux destin) (2001)", "Seven (a.k.a. Se7en) (1995)", "Hamlet", "STRASSE", "(500)",
          ""]  # fmt: skip
COLUMNS = {"item_id": [f"i{n}" for n in range(len(TITLES))], "title": TITLES,
           "user_count": list(range(len(TITLES), 0, -1)), "categories": [["Film"]] * len(TITLES)}  # fmt: skip
APART = unicodedata.normalize("NFD", "amélie")
SLIPS = {"toy stroy": ["i0"], "Toy Stori": ["i0"], "tootsi": ["i1"], "Amelie": ["i6"], "q": [], "sevn": ["i7"]}
HELD = {APART: ["i6"], "AMÉLIE": ["i6"], "straße": ["i9"], "toy story": ["i0"], "Hamlet": ["i4", "i5", "i8"]}
EXACT = {"toy story": "i0", "Toy Story (1995)": "i0", APART: "i6", "Seven": "i7", "hamlet (1948)": "i5", "Hamlet": "i8"}


@pytest.fixture
def directory(tmp_path):
    write_delta(tmp_path / "silver" / "items", COLUMNS)
    write_delta(tmp_path / "silver" / "users", {"user_id": ["a"], "user_index": [0]})
    return PlainDirectory(PlainLake(str(tmp_path)))


def ids(rows):
    return [row["item_id"] for row in rows]


def test_what_a_title_may_be_called():
    assert names("Seven (a.k.a. Se7en) (1995)") == ["seven (a.k.a. se7en) (1995)", "seven (a.k.a. se7en)", "seven"]
    assert names("(500) Days") == ["(500) days", "days"] and names("Heat") == ["heat"] and names("") == []


def test_a_slip_finds_its_title_and_none_that_is_far(directory):
    assert {text: ids(directory.near_titles(text)) for text in SLIPS} == SLIPS
    assert {text: ids(directory.by_title(text, 9)) for text in HELD} == HELD


def test_an_exact_title_is_its_item(directory, tmp_path):
    lake = PlainLake(str(tmp_path))
    assert {text: find_item(lake, lambda: directory, text)["item_id"] for text in EXACT} == EXACT
    with pytest.raises(BadInput, match="none of that id or title; .* near it are i0 “Toy Story"):
        find_item(lake, lambda: directory, "toy stroy")


def test_several_of_one_title_are_named(tmp_path):
    same = {"item_id": ["a", "b"], "title": ["Solo (1990)", "Solo (2001)"], "user_count": [2, 1],
            "categories": [[], []]}  # fmt: skip
    write_delta(tmp_path / "silver" / "items", same)
    write_delta(tmp_path / "silver" / "users", {"user_id": ["a"], "user_index": [0]})
    lake = PlainLake(str(tmp_path))
    with pytest.raises(BadInput, match=r"several of that title; .* near it are a “Solo \(1990\)”, b"):
        find_item(lake, lambda: PlainDirectory(lake), "solo")


def test_spark_finds_the_same(spark, directory):
    columns = "item_id string, title string, user_count int, categories array<string>"
    items = spark.createDataFrame(list(zip(*COLUMNS.values(), strict=True)), columns)
    for text in SLIPS:
        assert ids(near_titles(items, text).collect()) == SLIPS[text], text
    for text in HELD:
        assert ids(items_by_title(items, text, 9).collect()) == HELD[text], text
    for text in EXACT:
        assert ids(items_titled(items, text, 9).collect()) == ids(directory.titled(text, 9)), text
